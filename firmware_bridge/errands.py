"""The errand: its record and the table of its states.

States are those of MCP Tasks (specification 2025-11-25, basic/utilities/tasks) plus `queued`, our own, for an
errand that has not reached the companion yet. Both sides use this one table; neither can leave it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where an errand stands."""

    QUEUED = "queued"
    WORKING = "working"
    INPUT_REQUIRED = "input_required"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


TERMINAL = frozenset({State.COMPLETED, State.FAILED, State.CANCELLED})

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.WORKING, State.FAILED, State.CANCELLED, State.COMPLETED}),
    State.WORKING: frozenset({State.INPUT_REQUIRED, *TERMINAL}),
    State.INPUT_REQUIRED: frozenset({State.WORKING, State.FAILED, State.CANCELLED}),
    State.COMPLETED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}
"""From each state, the states that may follow. QUEUED -> COMPLETED is real on the wearable: the
companion may have finished while the link was down."""


class IllegalTransition(Exception):
    """A step that the table does not hold."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One durable task record; the journals of both sides hold it."""

    id: str
    """16 bytes as 32 hex digits, made once by the wearable: the idempotency key."""
    tool: str
    arguments: Mapping[str, Any]
    asked_at: float
    """Seconds since the epoch, by the wearable's clock."""
    state: State = State.QUEUED
    result: Mapping[str, Any] | None = None
    """What the tool gave, when completed."""
    reason: str | None = None
    """Why it failed or was cancelled, as a code that the phrases know: see `edge/phrases`."""
    consent: str | None = None
    """SHA-256 of tool and arguments that the wearer said yes to; none where no yes was needed."""
    attempts: int = 0
    """How often a tool was started for it (companion)."""
    announced: bool = False
    """Whether the wearer was told its end (wearable)."""

    @property
    def ended(self) -> bool:
        """Say whether the state is terminal."""
        return self.state in TERMINAL

    def step(self, state: State, *, result: Mapping[str, Any] | None = None, reason: str | None = None) -> Errand:
        """Give the record after a transition; the same state again changes nothing.

        Raises IllegalTransition, and so a terminal record never changes.
        """
        if state is self.state:
            return self
        if state not in TRANSITIONS[self.state]:
            raise IllegalTransition(f"errand {self.id}: {self.state} -> {state}")
        return replace(self, state=state, result=result, reason=reason)
