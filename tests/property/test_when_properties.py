from __future__ import annotations

from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.clocks import Alarm
from edge.time_words import clock_time, relative_moment
from edge.when import WEEKDAYS, Day, NoSuchTime, Part, day_of, resolve, resolve_loosely
from edge.which_alarm import meant

# Zones with half-hour steps, a southern summer, a change at midnight, a day that never was, and none of it.
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia", "UTC"]
DAYS = st.sampled_from(get_args(Day))
PARTS = st.sampled_from(get_args(Part))


@st.composite
def nows(draw: st.DrawFn) -> datetime:
    """Give local times, clock changes included."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    stamp = draw(st.integers(946_684_800, 2_208_988_800))
    return datetime.fromtimestamp(stamp, zone)


@settings(deadline=None)
@given(DAYS, st.integers(-2, 26), st.integers(-2, 61), PARTS, nows(), st.booleans())
def test_a_moment_is_ahead_and_within_the_days_that_were_named(
    day: Day, hour: int, minute: int, part: Part, now: datetime, waking: bool
) -> None:
    try:
        moment = resolve(day, hour, minute, part, now, waking=waking)
    except NoSuchTime:
        # Days other than today are all ahead: only the numbers can be wrong.
        assert day == "today" or not 0 < hour <= 12 or not 0 <= minute < 60
        return
    assert moment.tzinfo is now.tzinfo
    ahead = moment.timestamp() - now.timestamp()
    assert ahead > 0
    named = {"": 1, "today": 1, "tomorrow": 2, "day after tomorrow": 3}
    days = named.get(day, 15 if day.startswith("next ") else 8)
    # A night ends after the day that names it; clock changes add a day in Apia at most.
    assert ahead <= (days * 24 + 6 + 26) * 3600


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(0, 59), nows())
def test_an_hour_alone_is_the_next_one_that_the_clock_face_shows(hour: int, minute: int, now: datetime) -> None:
    moment = resolve("", hour, minute, "", now)
    begin = now.timestamp() // 60 * 60
    walk = [datetime.fromtimestamp(begin + 60 * step, now.tzinfo) for step in range(1, 14 * 60)]
    if {shown.utcoffset() for shown in walk} == {now.utcoffset()}:
        assert moment == next(shown for shown in walk if (shown.hour % 12, shown.minute) == (hour % 12, minute))


@settings(deadline=None)
@given(nows(), st.integers(0, 23), st.integers(0, 59))
def test_a_time_that_we_say_is_understood_as_the_same_time(now: datetime, hour: int, minute: int) -> None:
    said = clock_time(now.replace(hour=hour, minute=minute))
    parts: dict[str, Part] = {"morning": "morning", "afternoon": "afternoon", "evening": "evening", "night": "night"}
    named = next((part for word, part in parts.items() if word in said.split()), None)
    if named is None:
        assert said in ("noon", "midnight")
        return
    moment = resolve("", hour % 12 or 12, minute, named, now)
    assert (moment.hour, moment.minute) == (hour, minute) or moment.utcoffset() != now.utcoffset()


@settings(deadline=None)
@given(DAYS, st.none() | st.integers(0, 24), PARTS, nows())
def test_what_was_half_said_is_a_moment_ahead_or_a_question(
    day: Day, hour: int | None, part: Part, now: datetime
) -> None:
    try:
        moment = resolve_loosely(day, hour, 0, part, now)
    except NoSuchTime:
        assert day == "today" or hour in (0, 24) or (hour or 0) > 12
        return
    assert (moment is None) == (day == "" and hour is None and part == "")
    if moment is not None:
        assert moment.timestamp() > now.timestamp()
        assert relative_moment(moment, now)
    assert 0 <= (day_of(day, now) - now.date()).days <= (13 if day.startswith("next ") else 6)


@given(st.sampled_from(WEEKDAYS), nows())
def test_a_day_of_next_week_is_in_the_week_after_this(day: Day, now: datetime) -> None:
    following: Day = f"next {day}"  # type: ignore[assignment]  # mypy does not join literals
    found = day_of(following, now)
    assert found.isocalendar()[:2] == (now.date() + timedelta(days=7)).isocalendar()[:2]
    assert WEEKDAYS[found.weekday()] == day


@settings(deadline=None)
@given(DAYS, st.integers(0, 24), st.integers(0, 59), PARTS, nows(), st.lists(st.integers(1, 14 * 86_400), max_size=4))
def test_the_words_that_set_an_alarm_mean_it_and_no_other(
    day: Day, hour: int, minute: int, part: Part, now: datetime, others: list[int]
) -> None:
    try:
        at = resolve(day, hour, minute, part, now, waking=True).timestamp()
    except NoSuchTime:
        return
    alarms = [Alarm(1, at), *(Alarm(2 + n, now.timestamp() + away) for n, away in enumerate(others))]
    assert {alarm.at for alarm in meant(alarms, day, hour, minute, part, now)} == {at}


@settings(deadline=None)
@given(DAYS, PARTS, nows(), st.lists(st.integers(1, 6 * 86_400), max_size=4))
def test_words_without_an_hour_mean_alarms_of_that_day(day: Day, part: Part, now: datetime, away: list[int]) -> None:
    alarms = [Alarm(n, now.timestamp() + seconds) for n, seconds in enumerate(away)]
    found = meant(alarms, day, None, 0, part, now)
    assert set(found) <= set(alarms)
    if day == part == "":
        assert found == tuple(alarms)
