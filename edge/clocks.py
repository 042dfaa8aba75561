"""Timers, alarms and reminders: which are set, which are due, which ended while the wearable was off."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from edge.time_words import duration

_LOGGER = logging.getLogger(__name__)

MOST = 50
"""Timers and alarms at once; nobody who means it sets more."""
MISSED_AFTER = 2.0
"""Seconds before the start of the program at which an end counts as missed, not as late by a moment."""


@dataclass(frozen=True, slots=True)
class Timer:
    """Ends a length of time after it was set."""

    id: int
    name: str
    """What the wearer called it; may be empty."""
    length: float
    at: float
    """When it ends, seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Rings at a time of the wall clock."""

    id: int
    at: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Is told at a time of the wall clock. The phone's list has it too, but it rings here, phone or no phone."""

    id: int
    what: str
    at: float
    """Seconds since the epoch."""


Entry = Timer | Alarm | Reminder


@dataclass(frozen=True, slots=True)
class Due:
    """Has to be announced, and acknowledged when it was."""

    entry: Entry
    missed: bool
    """It ended before this program started."""


class NotKept(Exception):
    """The store could not write; the change did not happen."""


class TooMany(Exception):
    """There is no room for another timer or alarm."""


class ClockStore(Protocol):
    """Keeps entries over a restart. A write that returns has reached the disk; else it raises NotKept."""

    def load(self) -> Sequence[Entry]:
        """Give everything that is kept."""
        ...

    def save(self, entries: Sequence[Entry]) -> None:
        """Keep these, all or none, in place of those with the same ids."""
        ...

    def remove(self, entry_id: int) -> None:
        """Forget it."""
        ...


class Clocks:
    """The timers and alarms. Every change is on the disk before it is true here."""

    def __init__(self, store: ClockStore, now: float) -> None:
        self._store = store
        self._started = now
        self._entries = {entry.id: entry for entry in store.load()}
        self._set_now: set[int] = set()
        """Timers of this run, which count lengths of time and so follow a step of the wall clock."""
        self._given: set[int] = set()
        """Handed out by `due`, not yet acknowledged."""

    def set_timer(self, length: float, name: str, now: float) -> Timer:
        """Set a timer. Raises NotKept, TooMany."""
        timer = Timer(self._free_id(), name, length, now + length)
        self._keep(timer)
        self._set_now.add(timer.id)
        return timer

    def set_alarm(self, at: float) -> Alarm:
        """Set an alarm. Raises NotKept, TooMany."""
        alarm = Alarm(self._free_id(), at)
        self._keep(alarm)
        return alarm

    def set_reminder(self, what: str, at: float) -> Reminder:
        """Set a reminder, or give the one that is there for the same and then. Raises NotKept, TooMany."""
        for entry in self._entries.values():
            if isinstance(entry, Reminder) and (entry.what, entry.at) == (what, at):
                return entry
        reminder = Reminder(self._free_id(), what, at)
        self._keep(reminder)
        return reminder

    def forget_reminders(self, what: str) -> None:
        """Forget the reminders of this. Raises NotKept."""
        for entry in self._soonest():
            if isinstance(entry, Reminder) and entry.what.casefold() == what.casefold():
                self.cancel(entry.id)

    def timers(self, now: float) -> tuple[Timer, ...]:
        """Give the timers that still run, soonest first."""
        return tuple(entry for entry in self._soonest() if isinstance(entry, Timer) and entry.at > now)

    def alarms(self, now: float) -> tuple[Alarm, ...]:
        """Give the alarms to come, soonest first."""
        return tuple(entry for entry in self._soonest() if isinstance(entry, Alarm) and entry.at > now)

    def cancel(self, entry_id: int) -> None:
        """Forget one. Raises NotKept."""
        self._store.remove(entry_id)
        self._drop(entry_id)

    def due(self, now: float) -> tuple[Due, ...]:
        """Give what has ended and was not given yet, oldest first."""
        ended = [entry for entry in self._soonest() if entry.at <= now and entry.id not in self._given]
        self._given.update(entry.id for entry in ended)
        return tuple(Due(entry, missed=entry.at < self._started - MISSED_AFTER) for entry in ended)

    def next_due(self) -> float | None:
        """Give the time of the next end, in the past if `due` has something to give now."""
        return min((entry.at for entry in self._entries.values() if entry.id not in self._given), default=None)

    def acknowledge(self, entry_id: int) -> None:
        """Say that the wearer was told: it will never ring again."""
        try:
            self._store.remove(entry_id)
        except NotKept:
            # It rang; a full disk must not stop the next one. It may be told once more after a restart.
            _LOGGER.warning("could not forget clock entry %s", entry_id)
        self._drop(entry_id)

    def give_back(self, entry_id: int) -> None:
        """Say that the announcement was cut short: `due` gives it again."""
        self._given.discard(entry_id)

    def wall_jumped(self, by: float) -> None:
        """Follow a step of the wall clock, of so many seconds. Raises NotKept.

        A board without a clock of its own gets the time from the network well after it starts. Timers of this run
        move along, since they count a length of time; alarms, and timers from before the start, were set in true time.
        """
        moved = [
            replace(entry, at=entry.at + by)
            for entry in self._entries.values()
            if isinstance(entry, Timer) and entry.id in self._set_now
        ]
        self._store.save(moved)
        self._entries.update((entry.id, entry) for entry in moved)

    def _keep(self, entry: Entry) -> None:
        if len(self._entries) >= MOST:
            raise TooMany
        self._store.save([entry])
        self._entries[entry.id] = entry

    def _free_id(self) -> int:
        return max(self._entries, default=0) + 1

    def _drop(self, entry_id: int) -> None:
        self._entries.pop(entry_id, None)
        self._set_now.discard(entry_id)
        self._given.discard(entry_id)

    def _soonest(self) -> list[Entry]:
        return sorted(self._entries.values(), key=lambda entry: (entry.at, entry.id))


def called(timers: Iterable[Timer], said: str, say: Callable[[float], str] = duration) -> tuple[Timer, ...]:
    """Give the timers that the words may mean, by name or by length as `say` says it: "pasta", "ten minutes"."""
    wanted = _plain(said)
    return tuple(timer for timer in timers if wanted and (wanted in (_plain(timer.name), _plain(say(timer.length)))))


def _plain(words: str) -> str:
    kept = [word.removesuffix("s") for word in words.casefold().split() if word not in ("the", "my", "timer", "timers")]
    return " ".join(kept)
