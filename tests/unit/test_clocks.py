from __future__ import annotations

import pytest

from edge.clocks import MOST, Alarm, Clocks, Due, NotKept, Timer, TooMany, called
from tests.wearable_fakes import MemoryClockStore


def test_a_timer_ends_once() -> None:
    clocks = Clocks(MemoryClockStore(), 0.0)
    tea = clocks.set_timer(300, "tea", 10.0)
    assert clocks.next_due() == 310.0
    assert clocks.due(309.9) == ()
    assert clocks.due(310.0) == (Due(tea, missed=False),)
    assert clocks.due(311.0) == ()
    assert clocks.next_due() is None
    clocks.acknowledge(tea.id)
    assert clocks.timers(0.0) == ()


def test_what_was_not_acknowledged_is_told_after_a_restart_and_only_then() -> None:
    store = MemoryClockStore()
    before = Clocks(store, 0.0)
    told = before.set_timer(10, "told", 0.0)
    untold = before.set_alarm(20.0)
    before.due(30.0)
    before.acknowledge(told.id)
    after = Clocks(store, 100.0)
    assert after.due(100.0) == (Due(untold, missed=True),)
    after.acknowledge(untold.id)
    assert Clocks(store, 200.0).due(200.0) == ()


def test_what_ended_while_it_was_off_is_missed_and_what_ends_now_is_not() -> None:
    store = MemoryClockStore()
    Clocks(store, 0.0).set_timer(50, "", 0.0)
    Clocks(store, 0.0).set_alarm(101.0)
    due = Clocks(store, 100.0).due(102.0)
    assert [one.missed for one in due] == [True, False]


def test_a_cut_announcement_is_due_again() -> None:
    clocks = Clocks(MemoryClockStore(), 0.0)
    timer = clocks.set_timer(1, "", 0.0)
    clocks.due(2.0)
    clocks.give_back(timer.id)
    assert clocks.next_due() == 1.0
    assert clocks.due(3.0) == (Due(timer, missed=False),)


def test_cancelled_is_gone_from_the_store_too() -> None:
    store = MemoryClockStore()
    clocks = Clocks(store, 0.0)
    clocks.cancel(clocks.set_alarm(5.0).id)
    assert clocks.alarms(0.0) == ()
    assert store.load() == []


def test_timers_and_alarms_are_listed_soonest_first() -> None:
    clocks = Clocks(MemoryClockStore(), 0.0)
    late, soon = clocks.set_timer(20, "late", 0.0), clocks.set_timer(10, "soon", 0.0)
    alarm = clocks.set_alarm(15.0)
    assert clocks.timers(0.0) == (soon, late)
    assert clocks.timers(10.0) == (late,)
    assert clocks.alarms(0.0) == (alarm,)


def test_nothing_is_set_that_the_disk_does_not_hold() -> None:
    store = MemoryClockStore(full=True)
    clocks = Clocks(store, 0.0)
    with pytest.raises(NotKept):
        clocks.set_timer(10, "", 0.0)
    assert clocks.next_due() is None
    store.full = False
    timer = clocks.set_timer(10, "", 0.0)
    store.full = True
    with pytest.raises(NotKept):
        clocks.cancel(timer.id)
    assert clocks.timers(0.0) == (timer,)


def test_a_full_disk_does_not_make_a_told_timer_ring_again() -> None:
    store = MemoryClockStore()
    clocks = Clocks(store, 0.0)
    timer = clocks.set_timer(1, "", 0.0)
    clocks.due(2.0)
    store.full = True
    clocks.acknowledge(timer.id)
    assert clocks.due(3.0) == ()


def test_there_is_a_most() -> None:
    clocks = Clocks(MemoryClockStore(), 0.0)
    for _ in range(MOST):
        clocks.set_timer(10, "", 0.0)
    with pytest.raises(TooMany):
        clocks.set_alarm(5.0)


def test_a_step_of_the_wall_clock_moves_timers_of_this_run_and_no_alarms() -> None:
    store = MemoryClockStore()
    old = Clocks(store, 0.0).set_timer(5000, "old", 0.0)
    clocks = Clocks(store, 100.0)
    new, alarm = clocks.set_timer(60, "new", 100.0), clocks.set_alarm(9000.0)
    clocks.wall_jumped(3600.0)
    assert clocks.timers(3700.0) == (Timer(new.id, "new", 60, 3760.0), old)
    assert clocks.alarms(0.0) == (alarm,)
    assert {entry.at for entry in store.load()} == {5000.0, 3760.0, 9000.0}


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("pasta", ["pasta"]),
        ("the Pasta timer", ["pasta"]),
        ("ten minute", [""]),
        ("ten minutes", [""]),
        ("rice", []),
        ("timer", []),
        ("", []),
    ],
)
def test_a_timer_is_called_by_its_name_or_its_length(said: str, names: list[str]) -> None:
    timers = [Timer(1, "pasta", 480, 480.0), Timer(2, "", 600, 600.0)]
    assert [timer.name for timer in called(timers, said)] == names


def test_alarms_are_no_timers() -> None:
    clocks = Clocks(MemoryClockStore({1: Alarm(1, 5.0)}), 0.0)
    assert clocks.timers(0.0) == ()
    assert clocks.set_timer(1, "", 0.0).id == 2
