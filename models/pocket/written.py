"""Reads the sentences that we wrote for training (sentences/*.txt) and the values that fill them (words/*.txt).

    # control_home action=light_on          the header: a tool, and its closed word if it has one
    turn on the {room: kitchen} {device: lamp}
    wake me up at {when: @hour}             @hour: any line of words/hour.txt

A line of compound.txt has two sentences, each behind its header in brackets, with " && " where "and" would stand.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.pocket.annotated import Example
from models.pocket.frames import CLOSED, FRAMES, TOOLS, Frame
from models.pocket.words import Span, normalise

_FOLDER = Path(__file__).parent
_SPAN = re.compile(r"\{(\w+):\s*([^{}]+?)\s*\}")
_HALF = re.compile(r"\[([^\]]+)\]\s*(.+)")
_COMPOUND = " && "


class BadSentence(ValueError):
    """A line of ours that does not follow the format; the message says which."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a sentence, and the argument that they are."""

    text: str
    """The words, or @ and the name of a list."""
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence of ours, which may have lists in it."""

    frame: Frame
    pieces: tuple[Piece, ...]

    @property
    def is_pattern(self) -> bool:
        """Whether lists fill it, so that it is a different sentence each time."""
        return any(piece.text.startswith("@") for piece in self.pieces)

    def example(self, lists: Mapping[str, Sequence[str]], dice: random.Random) -> Example:
        """Fill the sentence in."""
        words: list[str] = []
        spans, slots = [], []
        for piece in self.pieces:
            is_list = piece.text.startswith("@")
            added = normalise(dice.choice(lists[piece.text[1:]]) if is_list else piece.text)
            if piece.argument and added:
                spans.append(Span(len(words), len(words) + len(added), piece.argument))
                slots.append(piece.text if is_list else f"{self.frame.tool}.{piece.argument}")
            words += added
        return Example(tuple(words), self.frame, tuple(spans), tuple(slots))


def read_lists() -> dict[str, tuple[str, ...]]:
    """Give the values of each list by its name."""
    return {path.stem: tuple(_lines(path)) for path in sorted((_FOLDER / "words").glob("*.txt"))}


def read_written(lists: Mapping[str, Sequence[str]]) -> tuple[Written, ...]:
    """Give all sentences but the compound ones. Raises BadSentence."""
    found = []
    for path in sorted((_FOLDER / "sentences").glob("*.txt")):
        frame = None
        for line in _lines(path) if path.stem != "compound" else ():
            if line.startswith("#"):
                frame = _frame(line[1:], path)
            elif frame is None:
                raise BadSentence(f"{path.name}: {line!r} stands before any header")
            else:
                found.append(_written(line, frame, lists, path))
    return tuple(found)


def read_compounds(lists: Mapping[str, Sequence[str]]) -> tuple[tuple[Written, Written], ...]:
    """Give the pairs of sentences that are said as one. Raises BadSentence."""
    path = _FOLDER / "sentences" / "compound.txt"
    pairs = []
    for line in _lines(path):
        if line.startswith("#"):
            continue
        halves = [_HALF.fullmatch(half.strip()) for half in line.split(_COMPOUND)]
        if len(halves) != 2 or not halves[0] or not halves[1]:
            raise BadSentence(f"{path.name}: {line!r} is not [tool] sentence && [tool] sentence")
        first, second = (_written(half[2], _frame(half[1], path), lists, path) for half in halves if half)
        pairs.append((first, second))
    return tuple(pairs)


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]


def _frame(header: str, path: Path) -> Frame:
    tool, _, closed = header.strip().partition(" ")
    word = closed.partition("=")[2].strip()
    frame = next((frame for frame in FRAMES if (frame.tool, frame.word) == (tool, word)), None)
    if frame is None:
        raise BadSentence(f"{path.name}: there is no {header.strip()!r}")
    return frame


def _written(line: str, frame: Frame, lists: Mapping[str, Sequence[str]], path: Path) -> Written:
    pieces, end = [], 0
    for span in _SPAN.finditer(line):
        argument, text = span[1], span[2]
        if argument not in TOOLS[frame.tool] or (frame.tool, argument) in CLOSED:
            raise BadSentence(f"{path.name}: {line!r}: {frame.tool} takes no {argument} here")
        if text.startswith("@") and not lists.get(text[1:]):
            raise BadSentence(f"{path.name}: {line!r}: there is no words/{text[1:]}.txt")
        pieces += [Piece(line[end : span.start()]), Piece(text, argument)]
        end = span.end()
    pieces.append(Piece(line[end:]))
    if any(mark in piece.text for piece in pieces for mark in "{}"):
        raise BadSentence(f"{path.name}: {line!r} has a brace too many")
    return Written(frame, tuple(piece for piece in pieces if piece.text.strip()))
