"""Words of an utterance, and the pieces of it that are arguments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]

MOST_WORDS = 40
"""Longer utterances are cut: people dictate messages of some twenty words."""
_JOINS = frozenset(
    [
        "at",
        "on",
        "in",
        "the",
        "for",
        "of",
        "this",
        "and",
        "between",
        "until",
        "till",
        "around",
        "by",
        "every",
        "before",
        "after",
        "from",
        "to",
        "a",
        "my",
        "o'clock",
    ]
)
_LONGEST_JOIN = 3
_MOST_VALUES = 2
_SENTENCE_MARKS = re.compile(r"[.,!?;:\"]+(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of an utterance, from `start` up to and without `end`, that belong to one argument."""

    start: int
    end: int
    argument: str


def normalise(text: str) -> Words:
    """Give the words as a recogniser writes them: lower case, no punctuation, no marks of ours."""
    text = text.lower().replace("_", " ").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    text = re.sub(r"[<>]", " ", text)
    return tuple(_SENTENCE_MARKS.sub(" ", text).replace('"', " ").split())


def joined(words: Sequence[str], spans: Sequence[Span]) -> tuple[Span, ...]:
    """Join neighbouring spans of one argument that only small words part: "tomorrow" at "nine" is one time."""
    latest: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda one: one.start):
        same = latest.setdefault(span.argument, [])
        between = words[same[-1].end : span.start] if same else ()
        if same and len(between) <= _LONGEST_JOIN and all(word in _JOINS for word in between):
            same[-1] = Span(same[-1].start, span.end, span.argument)
        else:
            same.append(span)
    return tuple(sorted((span for same in latest.values() for span in same), key=lambda one: one.start))


def values_of(words: Sequence[str], spans: Sequence[Span]) -> tuple[tuple[str, str], ...]:
    """Give argument and value of each span after joining; of one argument the first two."""
    values: list[tuple[str, str]] = []
    for span in joined(words, spans):
        if sum(name == span.argument for name, _ in values) < _MOST_VALUES:
            values.append((span.argument, " ".join(words[span.start : span.end])))
    return tuple(values)


def spans_of(labels: Sequence[str]) -> tuple[Span, ...]:
    """Give the runs of equal labels; words without a label belong to none."""
    spans, start = [], 0
    for place in range(1, len(labels) + 1):
        if place == len(labels) or labels[place] != labels[start]:
            if labels[start]:
                spans.append(Span(start, place, labels[start]))
            start = place
    return tuple(spans)
