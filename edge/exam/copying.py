"""Measures whether messages and list items of unseen words are copied exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge.exam.engines import Engine
from models.pocket.copying import KINDS, Case, copying_cases
from models.pocket.frames import Call

_CASES, _SEED = 500, 1
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Miss:
    """A value that was not copied."""

    text: str
    value: str
    given: str
    """The call that was made instead."""


@dataclass(frozen=True, slots=True)
class Copied:
    """How many values were copied exactly, all in percent."""

    cases: int
    copied: float
    messages: float
    items: float
    by_kind: Mapping[str, float]
    """By where the words come from: invented, everyday, mixed."""
    misses: list[Miss]
    """The first few."""


def copied(engine: Engine, told: Callable[[float], None], count: int = _CASES) -> Copied:
    """Let an engine understand the cases; `told` hears how much of that is done, up to 1."""
    right: list[tuple[Case, bool]] = []
    misses = []
    for number, case in enumerate(copying_cases(count, _SEED), 1):
        answer = engine.answer([case.text])
        right.append((case, case.is_copied(answer.call)))
        if not right[-1][1]:
            misses.append(Miss(case.text, case.value, "; ".join(map(_written, answer.calls))))
        told(number / count)
    return Copied(
        count,
        _percent([is_right for _, is_right in right]),
        _percent([is_right for case, is_right in right if case.argument == "text"]),
        _percent([is_right for case, is_right in right if case.argument == "item"]),
        {kind: _percent([is_right for case, is_right in right if case.kind == kind]) for kind in KINDS},
        misses[:_SHOWN],
    )


def _written(call: Call) -> str:
    return f"{call.tool} " + ", ".join(f"{name}: {value}" for name, value in call.arguments)


def _percent(right: list[bool]) -> float:
    return 100 * sum(right) / max(1, len(right))
