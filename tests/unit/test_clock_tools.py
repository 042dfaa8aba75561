from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from edge.clocks import MOST, Clocks
from edge.phrasebook import Phrases
from edge.tools import BadArguments, ClockTools
from tests.wearable_fakes import SUNDAY_EVENING, FakeTime, MemoryClockStore


class Kitchen:
    """Clock tools with a clock that can be moved and a disk that can be filled."""

    def __init__(self) -> None:
        self.time = FakeTime()
        self.store = MemoryClockStore()
        self.clocks = Clocks(self.store, SUNDAY_EVENING.timestamp())
        self.tools = ClockTools(self.time.now, self.clocks, Phrases(self.time.now))

    def wait(self, **length: float) -> None:
        """Let time pass."""
        self.time.moment += timedelta(**length)


def test_time_and_date_are_told() -> None:
    tools = Kitchen().tools
    assert tools.tell_time().say == "It is eight in the evening."
    assert tools.tell_date().say == "It is Sunday, the twenty second of November."


def test_a_timer_is_set_watched_and_cancelled() -> None:
    kitchen = Kitchen()
    assert kitchen.tools.set_timer(minutes=8, name=" pasta ").say == "Your pasta timer for eight minutes is set."
    assert kitchen.tools.set_timer(hours=1, minutes=30).say == "Your timer for one hour and thirty minutes is set."
    kitchen.wait(minutes=2, seconds=30)
    assert kitchen.tools.timer_status().say == (
        "You have two timers: the pasta timer has five minutes and thirty seconds left "
        "and the timer for one hour and thirty minutes has one hour and twenty eight minutes left."
    )
    assert kitchen.tools.cancel_timer("pasta").say == "I cancelled the pasta timer."
    assert kitchen.tools.cancel_timer().say == "I cancelled the timer for one hour and thirty minutes."
    assert kitchen.tools.timer_status().say == "No timer is running."
    assert kitchen.tools.cancel_timer().say == "No timer is running."


def test_which_of_several_timers_is_asked() -> None:
    kitchen = Kitchen()
    kitchen.tools.set_timer(minutes=8, name="pasta")
    kitchen.tools.set_timer(minutes=3, name="eggs")
    with pytest.raises(BadArguments) as caught:
        kitchen.tools.cancel_timer()
    assert caught.value.say == "You have two timers: the eggs timer and the pasta timer. Which one?"
    with pytest.raises(BadArguments) as caught:
        kitchen.tools.cancel_timer("rice")
    assert caught.value.say == "I know no such timer. There is the eggs timer and the pasta timer."
    assert kitchen.tools.cancel_timer("eight minute").say == "I cancelled the pasta timer."
    kitchen.tools.set_timer(minutes=1)
    assert (
        kitchen.tools.cancel_timer("all").say == "I cancelled two timers: the timer for one minute and the eggs timer."
    )


@pytest.mark.parametrize(
    ("hours", "minutes", "seconds"), [(0, 0, 0), (-1, 90, 0), (0, 0, -5), (169, 0, 0), (10**30, 0, 0)]
)
def test_a_timer_needs_a_sensible_length(hours: int, minutes: int, seconds: int) -> None:
    with pytest.raises(BadArguments):
        Kitchen().tools.set_timer(hours, minutes, seconds)


def test_an_alarm_is_set_listed_and_cancelled() -> None:
    kitchen = Kitchen()
    assert kitchen.tools.list_alarms().say == "You have no alarm."
    assert (
        kitchen.tools.set_alarm(6, day="tomorrow").say == "Your alarm is set. It rings tomorrow at six in the morning."
    )
    assert kitchen.tools.list_alarms().say == "You have an alarm tomorrow at six in the morning."
    assert kitchen.tools.set_alarm(9).say == "Your alarm is set. It rings today at nine at night."
    assert kitchen.tools.list_alarms().say == (
        "You have two alarms: today at nine at night and tomorrow at six in the morning."
    )
    assert kitchen.tools.cancel_alarm().say == "I cancelled your alarm today at nine at night. One more is still set."
    assert kitchen.tools.cancel_alarm().say == "I cancelled your alarm tomorrow at six in the morning."
    assert kitchen.tools.cancel_alarm().say == "You have no alarm."


def test_an_alarm_is_cancelled_by_its_time() -> None:
    kitchen = Kitchen()
    kitchen.tools.set_alarm(7, part="morning", day="tomorrow")
    kitchen.tools.set_alarm(9, part="morning", day="tomorrow")
    kitchen.tools.set_alarm(7, part="morning", day="wednesday")
    assert kitchen.tools.cancel_alarm(hour=9).say == (
        "I cancelled your alarm tomorrow at nine in the morning. There are still two more."
    )
    assert kitchen.tools.cancel_alarm(day="wednesday").say == (
        "I cancelled your alarm on Wednesday at seven in the morning. One more is still set."
    )
    assert kitchen.tools.cancel_alarm(day="tomorrow", part="morning").say == (
        "I cancelled your alarm tomorrow at seven in the morning."
    )


def test_an_alarm_after_midnight_belongs_to_the_night_before() -> None:
    kitchen = Kitchen()
    kitchen.tools.set_alarm(1, part="night", day="saturday")
    assert kitchen.tools.cancel_alarm(day="saturday", part="night").say.startswith("I cancelled your alarm on Sunday")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ({"hour": 8}, "I see no such alarm. You have two: tomorrow at seven in the morning and tomorrow at nine"),
        ({"day": "friday"}, "I see no such alarm."),
        ({"day": "tomorrow", "part": "evening"}, "I see no such alarm."),
        ({"day": "tomorrow"}, "You have two alarms like that: tomorrow at seven in the morning and tomorrow at nine"),
        ({"hour": 25}, "There is no such time. When?"),
    ],
)
def test_an_alarm_that_is_not_meant_is_not_cancelled(words: dict[str, Any], answer: str) -> None:
    kitchen = Kitchen()
    kitchen.tools.set_alarm(7, part="morning")
    kitchen.tools.set_alarm(9, part="morning")
    with pytest.raises(BadArguments) as caught:
        kitchen.tools.cancel_alarm(**words)
    assert caught.value.say.startswith(answer)
    assert len(kitchen.clocks.alarms(0.0)) == 2


def test_an_alarm_that_cannot_be_is_a_question() -> None:
    with pytest.raises(BadArguments) as caught:
        Kitchen().tools.set_alarm(7, part="morning", day="today")
    assert caught.value.say == "That time has passed. When?"


def test_nothing_is_claimed_that_the_disk_did_not_take() -> None:
    kitchen = Kitchen()
    kitchen.tools.set_timer(minutes=1)
    kitchen.store.full = True
    for said in (kitchen.tools.set_timer(minutes=1), kitchen.tools.set_alarm(7), kitchen.tools.cancel_timer()):
        assert said.say == "I could not write that to my memory, so nothing has changed."
    kitchen.store.full = False
    for _ in range(MOST - 1):
        kitchen.tools.set_timer(minutes=1)
    assert kitchen.tools.set_timer(minutes=1).say == "I have no room for another one."
