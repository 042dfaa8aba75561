"""What is to be said, and what it tells the wearer about."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from edge.clocks import Due
from edge.consent import Question
from firmware_bridge.errands import Errand


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, a question or an announcement."""

    sentences: tuple[str, ...] | AsyncIterator[str]
    kind: Literal["answer", "announcement", "question"] = "answer"
    earcon: bytes = b""
    """PCM played before the words."""
    errands: tuple[Errand, ...] = ()
    """The errands whose ends this tells, or counts."""
    ring: Due | None = None
    """The timer, alarm or reminder that this tells."""
    question: Question | None = None
    """The question that this asks."""


Say = Callable[[Reply], Awaitable[None]]
"""Says something and comes back when it was heard."""
