"""Gathers everything that the pocket model learns from, with how often each is drawn."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import msgspec

from models.pocket.annotated import Example, Row, example_of, read_rows
from models.pocket.frames import FRAMES, NOTHING, SEVERAL, SPLIT
from models.pocket.words import MOST_WORDS, Span, Words, normalise
from models.pocket.written import Written, read_compounds, read_lists, read_written

_WEIGHT = {"nlu": 4.0, "snips": 1.0, "clinc": 0.7, "hass": 0.5, "written": 2.5, "pattern": 1.5, "heard": 1.5}
_PER_SNIPS_INTENT = 700
"""Seven intents with 2,000 rows each of much the same form would drown the others."""
_FILLS = 6
"""How often each pattern with lists is filled."""
_COMPOUNDS, _SALADS = 2500, 700
_JOINTS = ("and", "and", "and then", "then", "and also", "also", "and after that", "plus", "and please")
_NO_PART = frozenset(
    {"ask", NOTHING, SEVERAL, "confirm", "deny", "stop", "repeat", "either", "thanks", "help"}
    # "Tell anna to buy milk and call me": nobody can say where a dictated text ends.
    | {"take_note", "send_message", "translate"}
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """An example, and how often it is drawn against others."""

    example: Example
    weight: float


class Heard(msgspec.Struct, frozen=True):
    """A sentence that was spoken by a synthesizer and what a recogniser made of it (see noise.py)."""

    text: str
    heard: str


def gather(data: Path, heard: Path | None, seed: int) -> list[Lesson]:
    """Give all lessons; `data` is the folder of public sets, `heard` the pairs that noise.py wrote."""
    dice = random.Random(seed)
    lessons = [Lesson(example, _WEIGHT["nlu"]) for example in _examples(data / "nlu_train.jsonl")]
    lessons += [Lesson(one, _WEIGHT["heard"]) for one in _as_heard(data, heard, lessons)]
    lessons += [Lesson(example, _WEIGHT["snips"]) for example in _snips(data / "snips_train.jsonl", dice)]
    lessons += [Lesson(example, _WEIGHT["clinc"]) for example in _examples(data / "clinc_train.jsonl", exam=False)]
    lessons += [Lesson(example, _WEIGHT["hass"]) for example in _examples(data / "hass_sentences.jsonl")]
    lessons += _ours(dice)
    parts = [one.example for one in lessons if one.example.frame.tool not in _NO_PART]
    parts = [one for one in parts if len(one.words) <= 12 and "and" not in one.words]
    pairs = (dice.sample(parts, 2) for _ in range(_COMPOUNDS))
    lessons += [Lesson(_compound(first, second, dice), 1.0) for first, second in pairs]
    vocabulary = [word for one in lessons for word in one.example.words]
    lessons += [Lesson(_salad(vocabulary, dice), 1.0) for _ in range(_SALADS)]
    return [one for one in lessons if len(one.example.words) <= MOST_WORDS]


def is_exam(row: Row) -> bool:
    """Say whether a row of CLINC is kept for measuring: one of five, chosen by its letters."""
    return row.source.startswith("clinc") and sum(row.text.encode()) % 5 == 0


def _examples(path: Path, *, exam: bool | None = None) -> Iterator[Example]:
    for row in read_rows(path):
        if row.language == "en" and (exam is None or is_exam(row) == exam):
            example = example_of(row)
            if example is not None:
                yield example


def _snips(path: Path, dice: random.Random) -> Iterator[Example]:
    by_intent: dict[str, list[Example]] = defaultdict(list)
    for row in read_rows(path):
        example = example_of(row)
        asks = ("find", "search", "look", "show", "can you find", "can you get", "can you look", "please")
        # "Play the movie ..." is a search only in that data set.
        if example and (row.intent != "SearchCreativeWork" or row.text.lower().startswith(asks)):
            by_intent[row.intent].append(example)
    for examples in by_intent.values():
        yield from dice.sample(examples, min(len(examples), _PER_SNIPS_INTENT))


def _ours(dice: random.Random) -> Iterator[Lesson]:
    lists = read_lists()
    for written in read_written(lists):
        if written.is_pattern:
            for _ in range(_FILLS):
                yield Lesson(written.example(lists, dice), _WEIGHT["pattern"] / 2)
        else:
            yield Lesson(written.example(lists, dice), _WEIGHT["written"])
    for first, second in read_compounds(lists):
        yield from (Lesson(_pair(first, second, lists, dice), 1.5) for _ in range(2))


def _pair(first: Written, second: Written, lists: dict[str, tuple[str, ...]], dice: random.Random) -> Example:
    return _compound(first.example(lists, dice), second.example(lists, dice), dice)


def _compound(first: Example, second: Example, dice: random.Random) -> Example:
    """Two commands as one utterance: what is learned is that there are two, and where they part."""
    joint = tuple(dice.choice(_JOINTS).split())
    start = len(first.words)
    words = (*first.words, *joint, *second.words)
    frame = next(frame for frame in FRAMES if frame.tool == SEVERAL)
    return Example(words, frame, (Span(start, start + len(joint), SPLIT),), (SPLIT,))


def _salad(vocabulary: list[str], dice: random.Random) -> Example:
    """Words that mean nothing together, as a recogniser makes of a cough or of talk in the street."""
    words = tuple(dice.choice(vocabulary) for _ in range(dice.choice((1, 2, 2, 3, 3, 4, 5, 6, 8, 10))))
    return Example(words, next(frame for frame in FRAMES if frame.tool == NOTHING))


def _as_heard(data: Path, heard: Path | None, lessons: list[Lesson]) -> Iterator[Example]:
    """Give examples with the words that a recogniser heard; a value that it misheard is learned as heard."""
    if heard is None or not heard.exists():
        return
    known = {one.example.words: one.example for one in lessons}
    for line in heard.read_bytes().splitlines():
        pair = msgspec.json.decode(line, type=Heard)
        example = known.get(normalise(pair.text))
        if example is not None:
            moved = moved_to(example, normalise(pair.heard))
            if moved is not None:
                yield moved


def moved_to(example: Example, heard: Words) -> Example | None:
    """Give the example with other words, spans moved to where they now are; none when hardly a word is left."""
    matcher = SequenceMatcher(None, example.words, heard, autojunk=False)
    place: dict[int, tuple[int, int]] = {}
    kept = 0
    for kind, a, b, c, d in matcher.get_opcodes():
        kept += (b - a) if kind == "equal" else 0
        for word in range(a, b):
            place[word] = (c + word - a, c + word - a + 1) if kind == "equal" else (c, d)
    if kept < max(1, len(example.words) // 3):
        return None
    spans, slots = list[Span](), list[str]()
    for span, slot in zip(example.spans, example.slots, strict=True):
        start = min(place[word][0] for word in range(span.start, span.end))
        end = max(place[word][1] for word in range(span.start, span.end))
        if start < end and (not spans or start >= spans[-1].end):
            spans.append(Span(start, end, span.argument))
            slots.append(slot)
    return Example(heard, example.frame, tuple(spans), tuple(slots), example.tool_only)
