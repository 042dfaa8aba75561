"""Understands an utterance with the pocket model: one batch to choose the frame, one to label its words.

The prompt is the utterance and a mark; after it the frames are compared with each other, and nothing else. The
utterance is then read again behind its frame, and each of its words is given the likeliest label that the frame
allows. Nothing is generated: whatever the weights are, the answer is a call of the table in frames.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.engine import EngineFailed
from models.llama_session import LlamaSession, SessionOptions
from models.pocket.confidence import Confidence
from models.pocket.frames import (
    ASK,
    FRAMES,
    LABELS,
    NOTHING,
    SEVERAL,
    SPLIT,
    TOOLS,
    Call,
    Effort,
    Frame,
    Understanding,
    call_of,
    labels_of,
)
from models.pocket.labelling import best_path, without_holes
from models.pocket.linear import logs
from models.pocket.marks import ASKED, BEGIN, FRAME_TOKENS, KNOWN, LABEL_TOKENS, MEANS
from models.pocket.votes import Votes
from models.pocket.words import MOST_WORDS, Words, normalise, spans_of

FOLDER = Path(__file__).parent
MODEL = FOLDER / "pocket.gguf"
"""The weights that ship."""
VOTES = FOLDER / "votes.npz"
CONFIDENCE = FOLDER / "confidence.json"

_TOOL_VOTES = 2.0
"""How much the linear vote for the tool counts beside the network's. These three were chosen on both dev sets."""
_LABEL_VOTES = 0.6
"""The share of the linear classifier in the label of a word."""
_FOLLOWS = 0.4
"""How much it counts which label follows which."""
_WHOLE = frozenset({"text", "item"})
"""Arguments that are one piece of the utterance."""
_CONTEXT_TOKENS = 256
_MOST_TOKENS = 120
"""Tokens an utterance may have, so that two readings of it fit into the context; what comes after is not read."""
_ALONE = 0.9
"""So sure must the network be that words mean nothing, which no vote confirms."""
_PERHAPS_SEVERAL, _SURE_PARTS = 0.01, 0.95
_LIKELY_SEVERAL, _LIKELY_PARTS = 0.4, 0.8
"""From which probability on an utterance is read as two commands, and how sure each of them must then be."""
_TOOL_OF = np.array([list(TOOLS).index(frame.tool) for frame in FRAMES])
_SEVERAL, _NOTHING = (list(TOOLS).index(tool) for tool in (SEVERAL, NOTHING))
_ANSWERS = frozenset(("confirm", "deny", "either", "repeat", "stop", "thanks", "help", ASK))
"""What is no part of a compound command, but a way to begin one."""
_COMPOUND = next(frame for frame in FRAMES if frame.tool == SEVERAL)


class _Interrupted(Exception):
    """`interrupt` was called."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    """An understanding without what it cost."""

    calls: tuple[Call, ...]
    texts: tuple[str, ...]
    confidence: float
    values: float


class PocketModel:
    """The model that ships. Owned by one thread, but for `interrupt`."""

    def __init__(self, model: Path = MODEL, votes: Path = VOTES, confidence: Path = CONFIDENCE) -> None:
        """Load, which takes some 20 ms. Raises EngineMissing or EngineFailed."""
        # One thread: two are slower for a model this small as soon as anything else runs.
        options = SessionOptions(threads=1, context_tokens=_CONTEXT_TOKENS, batch_tokens=_CONTEXT_TOKENS)
        self._session = LlamaSession(model, options)
        self._batches = 0
        self._votes = Votes.load(votes)
        self._confidence = Confidence.load(confidence)
        self._begin, self._means, self._asked, self._known = self._numbers((BEGIN, MEANS, ASKED, KNOWN), model)
        frames, labels = self._numbers(FRAME_TOKENS, model), self._numbers(LABEL_TOKENS, model)
        if not (_in_a_row(frames) and _in_a_row(labels)):
            raise EngineFailed(f"{model} was trained for other tools: take the one of this version")
        self._frames = slice(frames[0], frames[-1] + 1)
        self._labels = slice(labels[0], labels[-1] + 1)

    @property
    def name(self) -> str:
        """The model's name, as its file gives it."""
        return self._session.metadata("general.name") or "pocket"

    def understand(self, text: str, *, asked: bool = False, known: Sequence[str] = ()) -> Understanding | None:
        """Give the likeliest meaning; None without words, and when interrupted.

        `asked` says that a question of ours is open; `known` are names of the owner's people and lists.
        """
        self._session.resume()
        self._batches = self._session.evaluated_tokens = 0
        words = normalise(text)[:MOST_WORDS]
        if not words:
            return None
        try:
            meant = self._understand(words, asked, [normalise(name) for name in known])
        except _Interrupted:
            return None
        effort = Effort(self._batches, self._session.evaluated_tokens)
        return Understanding(meant.calls, meant.texts, meant.confidence, meant.values, effort)

    def interrupt(self) -> None:
        """End the current `understand`. Safe from any thread."""
        self._session.interrupt()

    def _understand(self, words: Words, asked: bool, known: Sequence[Words], *, is_part: bool = False) -> _Meaning:
        pieces = self._pieces(words)
        words = words[: len(pieces)]
        prompt = self._prompt(words, pieces, asked, known)
        frames = _shares(self._scores(prompt, [len(prompt) - 1], self._frames)[0])
        tools = np.bincount(_TOOL_OF, frames, len(TOOLS)).astype(np.float64)
        if not is_part and tools[_SEVERAL] >= _PERHAPS_SEVERAL:
            parted = self._in_parts(prompt, words, pieces, asked, known)
            if parted.confidence >= (_LIKELY_PARTS if tools[_SEVERAL] >= _LIKELY_SEVERAL else _SURE_PARTS):
                return parted
        if tools[_NOTHING] < _ALONE or is_part:
            joint = np.log(tools + 1e-12) + _TOOL_VOTES * self._votes.tool_logs(words)
            joint[[_SEVERAL, _NOTHING]] = -np.inf
            tools = _shares(joint)
        tool = int(tools.argmax())
        frame = FRAMES[int(np.where(tool == _TOOL_OF, frames, -1.0).argmax())]
        confidence = self._confidence.of(float(tools[tool]))
        text = " ".join(words)
        if len(labels_of(frame.tool)) == 1:
            return _Meaning((call_of(frame, words, ()),), (text,), confidence, 1.0)
        labels, values = self._label(prompt, words, pieces, frame)
        return _Meaning((call_of(frame, words, spans_of(labels)),), (text,), confidence, values)

    def _in_parts(
        self, prompt: list[int], words: Words, pieces: list[list[int]], asked: bool, known: Sequence[Words]
    ) -> _Meaning:
        """Understand the parts of a compound command one by one; without confidence when it has no two of them."""
        labels, _ = self._label(prompt, words, pieces, _COMPOUND)
        parts = [words[span.start : span.end] for span in spans_of(["" if one == SPLIT else "part" for one in labels])]
        if len(parts) < 2 or min(map(len, parts)) < 2:
            return _Meaning((), (), 0.0, 0.0)
        meant = [self._understand(part, asked, known, is_part=True) for part in parts]
        calls = tuple(call for one in meant for call in one.calls)
        if any(call.tool in _ANSWERS for call in calls):  # "go ahead and put milk on the list"
            return _Meaning((), (), 0.0, 0.0)
        texts = tuple(text for one in meant for text in one.texts)
        return _Meaning(calls, texts, min(one.confidence for one in meant), min(one.values for one in meant))

    def _label(self, prompt: list[int], words: Words, pieces: list[list[int]], frame: Frame) -> tuple[list[str], float]:
        """Give the label of each word, and the probability of the least certain one."""
        tokens = [*prompt, self._frames.start + FRAMES.index(frame)]
        places = []
        for piece in pieces:
            tokens += piece
            places.append(len(tokens) - 1)
        scores = self._scores(tokens, places, self._labels)
        allowed = [LABELS.index(label) for label in labels_of(frame.tool)]
        votes = logs(self._votes.label_scores(words, frame.tool)[:, allowed])
        joint = (1 - _LABEL_VOTES) * logs(scores[:, allowed]) + _LABEL_VOTES * votes
        follows = self._votes.follows_under(frame.tool)[[*allowed, -1]][:, allowed]
        path = best_path(joint, _FOLLOWS * follows.astype(np.float64))
        certainty = np.exp(logs(joint))[range(len(path)), path].min()
        return without_holes([LABELS[allowed[label]] for label in path], _WHOLE), float(certainty)

    def _scores(self, tokens: list[int], places: list[int], candidates: slice) -> NDArray[np.float32]:
        self._batches += 1
        scores = self._session.scores(tokens, places, candidates)
        if scores is None:
            raise _Interrupted
        return scores

    def _prompt(self, words: Words, pieces: list[list[int]], asked: bool, known: Sequence[Words]) -> list[int]:
        marked = {at for name in known for at in range(len(words)) if name and words[at : at + len(name)] == name}
        prompt = [self._begin, self._asked] if asked else [self._begin]
        for at, piece in enumerate(pieces):
            prompt += [self._known, *piece] if at in marked else piece
        return [*prompt, self._means]

    def _pieces(self, words: Words) -> list[list[int]]:
        """Cut each word into tokens; words that do not fit are left out."""
        pieces: list[list[int]] = []
        room = _MOST_TOKENS
        for word in words:
            piece = self._session.continuation(f" {word}".encode())
            room -= len(piece)
            if room < 0 and pieces:
                break
            pieces.append(piece[:_MOST_TOKENS])
        return pieces

    def _numbers(self, names: Sequence[str], path: Path) -> list[int]:
        numbers = {name: number for number, (name, _) in self._session.marks().items()}
        try:
            return [numbers[name] for name in names]
        except KeyError as exc:
            raise EngineFailed(f"{path} has no token {exc}: it is no pocket model of this version") from exc


def _in_a_row(numbers: list[int]) -> bool:
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _shares(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Give probabilities (softmax)."""
    return np.exp(logs(scores))
