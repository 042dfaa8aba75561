"""Regular grammars as values: what a model may write, before any engine's own notation.

Everything that a model may answer is regular, because the schemas of tools have a depth. One tree is printed for
llguidance and for Python's `re` (`models.grammar_regex`) and for llama.cpp (`models.gbnf`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

MOST_REPETITIONS = 1000
"""Both engines refuse a few thousand, and each one costs memory."""
_LAST = 0x10FFFF
_SURROGATES = (0xD800, 0xDFFF)


@dataclass(frozen=True, slots=True)
class Text:
    """Exactly these characters."""

    text: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """One character of these ranges of code points, both ends included."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """One after the other."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one."""

    options: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """As often as `least` to `most` times; without end when `most` is None."""

    inner: Rule
    least: int
    most: int | None

    def __post_init__(self) -> None:
        """Refuse what llama.cpp would not survive: "a"{2,1} takes all memory (seen with llama-cpp-python 0.3.36)."""
        most = self.least if self.most is None else self.most
        if not 0 <= self.least <= most <= MOST_REPETITIONS:
            raise ValueError(f"{self.least} to {self.most} repetitions")


Rule: TypeAlias = Text | OneOf | Chain | Choice | Repeat


def chain(*parts: Rule | str) -> Rule:
    """Put one after the other; a string stands for itself."""
    rules = tuple(Text(part) if isinstance(part, str) else part for part in parts)
    return rules[0] if len(rules) == 1 else Chain(rules)


def either(*options: Rule | str) -> Rule:
    """Take any one, at least one given."""
    rules = tuple(Text(option) if isinstance(option, str) else option for option in options)
    if not rules:
        raise ValueError("a choice between nothing")
    return rules[0] if len(rules) == 1 else Choice(rules)


def maybe(*parts: Rule | str) -> Rule:
    """Take it or leave it."""
    return Repeat(chain(*parts), 0, 1)


def span(first: str, last: str) -> Rule:
    """Take one character of a range."""
    return OneOf(((ord(first), ord(last)),))


def any_but(*ranges: tuple[int, int]) -> OneOf:
    """Take one character outside of these ranges. Lone surrogates, which are no text, are always outside."""
    left, start = [], 0
    for first, last in sorted((*ranges, _SURROGATES)):
        if first > start:
            left.append((start, first - 1))
        start = max(start, last + 1)
    if start <= _LAST:
        left.append((start, _LAST))
    return OneOf(tuple(left))
