"""What may be done about a tool whose outcome is not known, and which tools need the wearer's yes: tables, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

ERRAND_ID = "earrand/errand_id"
"""Key in the `_meta` of an MCP call: the errand's id, by which a tool knows that it has done this before."""
MAX_ATTEMPTS = 4
"""So that a tool which kills the companion does not kill it for ever."""


class Effect(Enum):
    """What a second run of the same errand would do."""

    READS = "reads"
    """Nothing in either run."""
    BY_ID = "by_id"
    """Nothing more than the first: the tool knows the errand by its id."""
    UNKNOWN = "unknown"
    """Perhaps the same thing again; so there is no second run."""


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """What the runner needs to know of a tool."""

    effect: Effect
    needs_consent: bool
    timeout_s: float = 30.0


_READS = ToolFacts(Effect.READS, needs_consent=False)
_BY_ID = ToolFacts(Effect.BY_ID, needs_consent=False)

BUILTIN: Mapping[str, ToolFacts] = {
    "calendar.add_event": _BY_ID,
    "calendar.list_events": _READS,
    "calendar.remove_event": _BY_ID,
    "reminders.add_reminder": _BY_ID,
    "reminders.list_reminders": _READS,
    "reminders.finish_reminder": _BY_ID,
    "contacts.find_contact": _READS,
    "contacts.add_contact": _BY_ID,
    # Other people see it. Safe by id even through a delivery service: see companion/servers/messages.py.
    "messages.send_message": ToolFacts(Effect.BY_ID, needs_consent=True),
    "messages.read_messages": _READS,
    "messages.wait_for_reply": ToolFacts(Effect.READS, needs_consent=False, timeout_s=3600.0),
    "notes.take_note": _BY_ID,
    "notes.read_notes": _READS,
    "notes.add_to_list": _BY_ID,
    "notes.remove_from_list": _BY_ID,
    "notes.read_list": _READS,
}
"""The tools of companion/servers; a configured server that takes the place of a built-in one is not in it."""


def foreign(read_only: bool, believed: bool) -> ToolFacts:
    """Give the facts of a tool that is not ours: the worst, unless it says that it reads and the owner believes it."""
    return _READS if read_only and believed else ToolFacts(Effect.UNKNOWN, needs_consent=True, timeout_s=60.0)


def may_run_again(facts: ToolFacts, attempts: int) -> bool:
    """Say whether a tool whose last attempt ended without an answer may be started once more."""
    return facts.effect is not Effect.UNKNOWN and attempts < MAX_ATTEMPTS


def reason_of(code: str, facts: ToolFacts, *, doubt: bool) -> str:
    """Give the reason that an errand fails with, for the code that its last attempt failed with.

    `doubt` says that an earlier attempt ended without an answer and may have had its effect.
    """
    if code == "timed_out" and facts.effect is Effect.READS:
        return "timed_out"
    if code in ("interrupted", "unknown_outcome") and facts.effect is Effect.READS:
        return "tool_failed"
    if code in ("timed_out", "interrupted"):
        return "unknown_outcome"
    if code in ("unavailable", "no_such_tool") and doubt and facts.effect is not Effect.READS:
        return "unknown_outcome"
    return code
