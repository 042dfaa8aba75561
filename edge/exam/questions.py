"""Questions with known answers to measure understanding with, and what was answered to them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from edge.corpus import labelled
from edge.frame_tools import frame_tool
from models.pocket.annotated import Example, Row, example_of, read_rows
from models.pocket.frames import ASK, NOTHING, SEVERAL, TOOLS, Call
from models.pocket.lessons import is_exam

_OURS = 1000
"""Sentences of our own templates: seconds, and half a point of accuracy is seen."""
_SEED = 1
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Question:
    """A sentence and the call that it means."""

    text: str
    domain: str
    """What it is about: "calendar"."""
    right: Call
    knows_arguments: bool = True
    """Whether `right` has its arguments, or is known for its tool alone."""

    @property
    def asks_nothing(self) -> bool:
        """Whether any effect would be a mistake."""
        return self.right.tool in (ASK, NOTHING)


@dataclass(frozen=True, slots=True)
class Exam:
    """Questions of one source."""

    source: str
    questions: tuple[Question, ...]
    unknown: tuple[tuple[str, int], ...] = ()
    """Intents that the table does not know, and how many rows have each."""
    notes: tuple[str, ...] = ()
    """What a reader of the numbers must know."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine made of a sentence."""

    calls: tuple[Call, ...]
    """In the order they were said; none when it made nothing of it."""
    confidence: float
    batches: int = 0
    """Evaluations of a network."""
    tokens: int = 0
    """That it read; none is ever generated."""

    @property
    def call(self) -> Call:
        """The one call; that of a sentence of several parts, or of none, equals no single one."""
        match self.calls:
            case (call,):
                return call
            case ():
                return Call("")
        return Call(SEVERAL)


def read_exam(path: Path) -> Exam:
    """Read annotated rows; of CLINC only those held out of training. Raises ValueError, and OSError."""
    rows = [row for row in read_rows(path) if row.language == "en"]
    if not rows:
        raise ValueError(f"{path} has no rows")
    held_out = [row for row in rows if is_exam(row) or not _is_clinc(row)]
    notes = [f"the {len(rows) - len(held_out)} CLINC rows that train the model are left out"]
    return _exam(path.name, held_out, notes if len(held_out) < len(rows) else [])


def out_of_scope(exam: Exam) -> Exam:
    """Keep the questions where nothing is to be done."""
    kept = tuple(one for one in exam.questions if one.asks_nothing)
    return Exam(f"{exam.source}, where nothing was asked", kept)


def our_exam(people: Sequence[str], lists: Sequence[str]) -> Exam:
    """Make questions out of our own sentence templates, the same each time; the right tool is the template's."""
    questions = (
        Question(one.text, frame_tool(one.tool), Call(frame_tool(one.tool)), knows_arguments=False)
        for one in labelled("en", people, lists, _OURS, _SEED)
    )
    return Exam(
        "sentences of Earrand's own templates",
        tuple(one for one in questions if one.right.tool in TOOLS),
        notes=(
            "These sentences are not independent: the fast path is made of the same templates, and the model learned"
            " from sentences like them. Give --data a file of sentences by other people.",
        ),
    )


def sample(items: Sequence[_Item], size: int | None) -> tuple[_Item, ...]:
    """Take so many by chance, the same each time, in their order; all without a size."""
    if size is None or size >= len(items):
        return tuple(items)
    return tuple(items[place] for place in sorted(random.Random(_SEED).sample(range(len(items)), size)))


def _exam(source: str, rows: Iterable[Row], notes: Sequence[str]) -> Exam:
    questions, unknown = [], Counter[str]()
    for row in rows:
        example = example_of(row)
        if example is None:
            unknown[row.intent] += 1
        else:
            questions.append(_question(row, example))
    return Exam(source, tuple(questions), tuple(unknown.most_common()), tuple(notes))


def _question(row: Row, example: Example) -> Question:
    # Intents are named like "calendar_set" where arguments are annotated; elsewhere each has a name of its own.
    domain = example.frame.tool if example.tool_only else row.intent.partition("_")[0]
    return Question(" ".join(example.words), domain, example.call, not example.tool_only)


def _is_clinc(row: Row) -> bool:
    return row.source.startswith("clinc")
