"""Compares calls with those that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.pocket.frames import Call

_MOST_CONFIDENT = 0.8


@dataclass(frozen=True, slots=True)
class Marks:
    """How good calls were, all in percent."""

    rows: int
    tool: float
    exact: float
    """Tool and all arguments as they should be."""
    argument_f1: float
    """Of (tool, argument, value), counted over all rows."""
    confident_tool: float
    """The right tools among the 80% of the rows with the highest confidence."""


def marks(right: Sequence[Call], given: Sequence[Call], confidence: Sequence[float]) -> Marks:
    """Compare calls row by row. Raises ValueError when there are none."""
    if not right:
        raise ValueError("there is nothing to measure")
    pairs = list(zip(right, given, strict=True))
    tools = [a.tool == b.tool for a, b in pairs]
    exact = [same(a, b) for a, b in pairs]
    both = sum(len(_facts(a) & _facts(b)) for a, b in pairs)
    all_facts = sum(len(_facts(a)) + len(_facts(b)) for a, b in pairs)
    order = sorted(range(len(pairs)), key=lambda row: -confidence[row])
    confident = order[: max(1, int(len(order) * _MOST_CONFIDENT))]
    return Marks(
        len(pairs),
        100 * sum(tools) / len(pairs),
        100 * sum(exact) / len(pairs),
        100 * 2 * both / max(1, all_facts),
        100 * sum(tools[row] for row in confident) / len(confident),
    )


def same(a: Call, b: Call) -> bool:
    """Say whether two calls have one tool and the same arguments, in whatever order."""
    return a.tool == b.tool and sorted(a.arguments) == sorted(b.arguments)


def _facts(call: Call) -> set[tuple[str, str, str]]:
    return {(call.tool, name, value) for name, value in call.arguments}
