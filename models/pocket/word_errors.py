"""Counts the words that a recogniser got wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Count the words to replace, leave out and put in between: Levenshtein's distance."""
    costs = list(range(len(heard) + 1))
    for place, word in enumerate(said, 1):
        above, costs = costs, [place]
        for at, other in enumerate(heard):
            costs.append(min(above[at] + (word != other), above[at + 1] + 1, costs[-1] + 1))
    return costs[-1]


def word_error_rate(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> float:
    """Give the wrong words for each word said, over pairs of what was said and what was heard; 0 for no words."""
    wrong = total = 0
    for said, heard in pairs:
        wrong, total = wrong + word_errors(said, heard), total + len(said)
    return wrong / total if total else 0.0
