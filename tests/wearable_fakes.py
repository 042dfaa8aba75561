"""Small real stand-ins for what the tools of the wearable are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from edge.battery import Charge
from edge.clocks import Entry, NotKept
from firmware_bridge.errands import Errand, State

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY_EVENING = datetime(2026, 11, 22, 20, 0, tzinfo=BERLIN)


@dataclass
class FakeTime:
    """A clock that stands until it is moved."""

    moment: datetime = SUNDAY_EVENING

    def now(self) -> datetime:
        return self.moment


@dataclass
class MemoryClockStore:
    """Keeps entries in memory; `full` makes every write fail."""

    kept: dict[int, Entry] = field(default_factory=dict)
    full: bool = False

    def load(self) -> Sequence[Entry]:
        return list(self.kept.values())

    def save(self, entries: Sequence[Entry]) -> None:
        self._write()
        self.kept.update((entry.id, entry) for entry in entries)

    def remove(self, entry_id: int) -> None:
        self._write()
        self.kept.pop(entry_id, None)

    def _write(self) -> None:
        if self.full:
            raise NotKept("disk full")


@dataclass
class FakeMixer:
    """A mixer with steps, as real ones have; None when there is none."""

    percent: int | None = 50
    grain: int = 1

    def volume(self) -> int | None:
        return self.percent

    def set_volume(self, percent: int) -> None:
        self.percent = percent // self.grain * self.grain


@dataclass
class FakeVoice:
    """Knows what it said last and whether it was hushed."""

    said: str = ""
    hushed: bool = False

    def last_said(self) -> str:
        return self.said

    def hush(self) -> None:
        self.hushed = True


@dataclass
class FakeBattery:
    """A battery with a fixed charge."""

    state: Charge | None = None

    def charge(self) -> Charge | None:
        return self.state


@dataclass
class FakeDesk:
    """Errands in a list; `cancel` steps the one that fits to a given state."""

    errands: list[Errand] = field(default_factory=list)
    here: bool = True
    cancelled_becomes: State = State.WORKING

    def running(self) -> Sequence[Errand]:
        return self.errands

    def cancel(self, which: str) -> Errand | None:
        fitting = [errand for errand in self.errands if which in errand.tool]
        if not fitting:
            return None
        return replace(fitting[-1], state=self.cancelled_becomes)

    def connected(self) -> bool:
        return self.here

    def hang_up(self) -> None:
        self.here = False


@dataclass
class FakePhones:
    """Phones by name."""

    names: list[str] = field(default_factory=list)

    def open(self) -> str:
        return "123456"

    def forget(self, name: str) -> list[str]:
        gone, self.names = self.names, []
        return gone
