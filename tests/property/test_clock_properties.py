from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from edge.clocks import Clocks, Entry, NotKept, TooMany
from tests.wearable_fakes import MemoryClockStore


class AnyDay(RuleBasedStateMachine):
    """Sets, cancels, waits, restarts and fills the disk, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryClockStore()
        self.now = 0.0
        self.clocks = Clocks(self.store, self.now)
        self.given: list[Entry] = []
        self.waiting: dict[int, Entry] = {}
        """Set, and neither cancelled nor told."""

    @rule(length=st.integers(1, 50), alarm=st.booleans())
    def something_is_set(self, length: int, alarm: bool) -> None:
        try:
            entry: Entry = (
                self.clocks.set_alarm(self.now + length) if alarm else self.clocks.set_timer(length, "", self.now)
            )
        except (NotKept, TooMany):
            return
        assert entry.id not in self.waiting
        self.waiting[entry.id] = entry

    @rule(which=st.integers(1, 8))
    def something_is_cancelled(self, which: int) -> None:
        if self.given and which == self.given[0].id:
            return
        try:
            self.clocks.cancel(which)
        except NotKept:
            return
        self.waiting.pop(which, None)
        self.given = [entry for entry in self.given if entry.id != which]

    @rule(step=st.integers(0, 40))
    def time_passes(self, step: int) -> None:
        self.now += step
        next_due = self.clocks.next_due()
        due = self.clocks.due(self.now)
        assert bool(due) == (next_due is not None and next_due <= self.now)
        for one in due:
            assert one.entry not in self.given
            assert self.waiting[one.entry.id] == one.entry
            assert one.entry.at <= self.now
            self.given.append(one.entry)

    @rule()
    def the_oldest_is_told(self) -> None:
        if not self.given or self.store.full:
            return
        told = self.given.pop(0)
        self.clocks.acknowledge(told.id)
        del self.waiting[told.id]

    @rule(off=st.integers(0, 40))
    def the_battery_is_pulled(self, off: int) -> None:
        self.now += off
        self.clocks = Clocks(self.store, self.now)
        self.given = []

    @rule(full=st.booleans())
    def the_disk_fills_or_empties(self, full: bool) -> None:
        self.store.full = full

    @invariant()
    def what_was_set_is_kept(self) -> None:
        assert {entry.id: entry for entry in self.store.load()} == self.waiting

    @invariant()
    def what_is_listed_is_ahead(self) -> None:
        ahead = {entry.id for entry in self.waiting.values() if entry.at > self.now}
        listed: list[Entry] = [*self.clocks.timers(self.now), *self.clocks.alarms(self.now)]
        assert {entry.id for entry in listed} == ahead


AnyDay.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=30)
TestNothingSetIsLostAndNothingToldRingsAgain = AnyDay.TestCase
