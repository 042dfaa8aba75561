from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from edge.when import Day, NoSuchTime, Part, day_of, resolve, resolve_loosely, start_of

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    """Give a local time of November 2026; the 22nd is a Sunday."""
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "part", "now", "meant"),
    [
        # With no part and no day: the next time that the clock face shows it.
        ("", 9, 0, "", "22 20:00", "22 21:00"),
        ("", 9, 0, "", "22 22:00", "23 09:00"),
        ("", 9, 0, "", "22 09:00", "22 21:00"),
        ("", 12, 30, "", "22 08:00", "22 12:30"),
        ("", 12, 0, "", "22 13:00", "23 00:00"),
        # Hours 13 to 24 and 0 mean one thing.
        ("", 21, 15, "", "22 22:00", "23 21:15"),
        ("tomorrow", 0, 0, "", "22 22:00", "23 00:00"),
        ("tomorrow", 24, 0, "", "22 22:00", "24 00:00"),
        # Days further off; the next week begins on Monday, also on a Sunday.
        ("day after tomorrow", 9, 0, "", "22 20:00", "24 09:00"),
        ("next monday", 9, 0, "", "22 20:00", "23 09:00"),
        ("next monday", 9, 0, "", "23 08:00", "30 09:00"),
        ("next friday", 3, 0, "", "16 08:00", "27 15:00"),
        # A part fixes the hour.
        ("", 9, 0, "morning", "22 20:00", "23 09:00"),
        ("", 9, 0, "pm", "22 20:00", "22 21:00"),
        ("tomorrow", 12, 0, "am", "22 20:00", "23 00:00"),
        ("tomorrow", 12, 0, "pm", "22 20:00", "23 12:00"),
        ("tomorrow", 7, 0, "evening", "22 20:00", "23 19:00"),
        ("tomorrow", 9, 0, "night", "22 20:00", "23 21:00"),
        # The night of a day runs past its midnight.
        ("today", 12, 0, "night", "22 20:00", "23 00:00"),
        ("saturday", 1, 0, "night", "22 20:00", "29 01:00"),
        ("today", 2, 0, "night", "22 20:00", "23 02:00"),
        ("today", 2, 0, "night", "22 00:30", "22 02:00"),
        ("", 2, 0, "night", "22 00:30", "22 02:00"),
        # Today: what is still ahead of it.
        ("today", 9, 0, "", "22 08:00", "22 09:00"),
        ("today", 9, 0, "", "22 10:00", "22 21:00"),
        # Another day: the likely half.
        ("tomorrow", 9, 0, "", "22 20:00", "23 09:00"),
        ("tomorrow", 7, 0, "", "22 20:00", "23 07:00"),
        ("tomorrow", 3, 0, "", "22 20:00", "23 15:00"),
        ("tomorrow", 12, 0, "", "22 20:00", "23 12:00"),
        # A weekday: the next one that fits, today included.
        ("monday", 9, 0, "", "22 20:00", "23 09:00"),
        ("sunday", 9, 0, "", "22 08:00", "22 09:00"),
        ("sunday", 9, 0, "", "22 10:00", "29 09:00"),
    ],
)
def test_a_time_means_what_people_mean(day: Day, hour: int, minute: int, part: Part, now: str, meant: str) -> None:
    assert resolve(day, hour, minute, part, at(now)) == at(meant)


def test_an_alarm_for_tomorrow_at_six_wakes_in_the_morning() -> None:
    assert resolve("tomorrow", 6, 0, "", at("22 20:00"), waking=True) == at("23 06:00")
    assert resolve("tomorrow", 6, 0, "", at("22 20:00")) == at("23 18:00")
    assert resolve("tomorrow", 3, 0, "", at("22 20:00"), waking=True) == at("23 15:00")


@pytest.mark.parametrize(("hour", "part"), [(9, "morning"), (9, ""), (14, "")])
def test_a_time_that_has_passed_today_is_no_time(hour: int, part: Part) -> None:
    with pytest.raises(NoSuchTime) as caught:
        resolve("today", hour, 0, part, at("22 23:00"))
    assert caught.value.key == "when.passed"


@pytest.mark.parametrize(
    ("hour", "minute", "part"),
    [(25, 0, ""), (-1, 0, ""), (9, 60, ""), (9, -1, ""), (24, 1, ""), (15, 0, "am"), (0, 0, "pm")],
)
def test_what_no_clock_shows_is_no_time(hour: int, minute: int, part: Part) -> None:
    with pytest.raises(NoSuchTime) as caught:
        resolve("", hour, minute, part, at("22 20:00"))
    assert caught.value.key == "when.no_such_time"


def test_a_time_that_the_clock_change_skips_moves_on_by_the_gap() -> None:
    now = datetime(2026, 3, 28, 20, tzinfo=BERLIN)
    assert resolve("tomorrow", 2, 30, "am", now).isoformat() == "2026-03-29T03:30:00+02:00"


def test_a_time_that_comes_twice_is_the_first_and_then_the_second() -> None:
    now = datetime(2026, 10, 24, 20, tzinfo=BERLIN)
    first = resolve("tomorrow", 2, 30, "am", now)
    assert first.isoformat() == "2026-10-25T02:30:00+02:00"
    assert resolve("", 2, 30, "am", first).isoformat() == "2026-10-25T02:30:00+01:00"


def test_the_hours_to_a_time_across_the_clock_change_are_counted_in_real_time() -> None:
    now = datetime(2026, 3, 7, 20, tzinfo=NEW_YORK)
    nine = resolve("tomorrow", 9, 0, "am", now)
    assert nine.timestamp() - now.timestamp() == 12 * 3600


@pytest.mark.parametrize(
    ("day", "part", "now", "meant"),
    [
        ("tomorrow", "", "22 20:00", "23 09:00"),
        ("tomorrow", "morning", "22 20:00", "23 09:00"),
        ("tomorrow", "afternoon", "22 20:00", "23 15:00"),
        ("", "evening", "22 10:00", "22 19:00"),
        ("", "evening", "22 20:00", "23 19:00"),
        ("today", "", "22 10:00", "22 15:00"),
        ("today", "night", "22 10:00", "22 21:00"),
        ("sunday", "", "22 10:00", "29 09:00"),
    ],
)
def test_a_day_or_a_part_is_enough(day: Day, part: Part, now: str, meant: str) -> None:
    assert resolve_loosely(day, None, 0, part, at(now)) == at(meant)


def test_nothing_said_is_no_time_and_an_hour_is_resolved() -> None:
    assert resolve_loosely("", None, 0, "", at("22 20:00")) is None
    assert resolve_loosely("", 9, 0, "", at("22 20:00")) == at("22 21:00")
    with pytest.raises(NoSuchTime):
        resolve_loosely("today", None, 0, "", at("22 22:00"))


def test_days_are_dates() -> None:
    now = at("22 20:00")
    assert [day_of(day, now).day for day in ("", "today", "tomorrow", "sunday", "monday", "saturday")] == [
        *(22, 22, 23, 22, 23, 28)
    ]


def test_a_day_begins_at_midnight_or_when_the_clock_lets_it() -> None:
    assert start_of(date(2026, 11, 22), BERLIN) == at("22 00:00")
    # Santiago's clocks go from 23:59 to 01:00.
    assert start_of(date(2026, 9, 6), ZoneInfo("America/Santiago")).isoformat() == "2026-09-06T01:00:00-03:00"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        resolve("", 9, 0, "", datetime(2026, 11, 22))
    assert resolve("", 9, 0, "", datetime(2026, 11, 22, tzinfo=UTC)).tzinfo is UTC
