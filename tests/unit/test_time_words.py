from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from edge.time_words import (
    clock_time,
    duration,
    full_date,
    joined,
    number,
    ordinal,
    relative_day,
    relative_moment,
    remaining,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (20, "twenty"),
        (42, "forty two"),
        (100, "one hundred"),
        (-3, "minus three"),
        (365, "three hundred and sixty five"),
        (2026, "2026"),
    ],
)
def test_numbers(value: int, said: str) -> None:
    assert number(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(1, "first"), (2, "second"), (4, "fourth"), (12, "twelfth"), (20, "twentieth"), (31, "thirty first")],
)
def test_ordinals(value: int, said: str) -> None:
    assert ordinal(value) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (60, "one minute"),
        (90, "one minute and thirty seconds"),
        (3600, "one hour"),
        (0, "no time"),
        (93784, "one day, two hours, three minutes and four seconds"),
    ],
)
def test_durations(seconds: int, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "one second"), (61.4, "one minute and one second"), (3629, "one hour")]
)
def test_what_is_left_is_no_finer_than_useful(seconds: float, said: str) -> None:
    assert remaining(seconds) == said


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 0, "midnight"),
        (0, 30, "twelve thirty at night"),
        (5, 5, "five oh five in the morning"),
        (12, 0, "noon"),
        (12, 15, "twelve fifteen in the afternoon"),
        (18, 0, "six in the evening"),
        (21, 0, "nine at night"),
    ],
)
def test_times_of_day(hour: int, minute: int, said: str) -> None:
    assert clock_time(NOW.replace(hour=hour, minute=minute)) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 21), "yesterday"),
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 23), "tomorrow"),
        (date(2026, 11, 28), "on Saturday"),
        (date(2026, 11, 29), "on Sunday, the twenty ninth of November"),
        (date(2027, 2, 1), "on Monday, the first of February"),
        (date(2027, 11, 22), "on Monday, the twenty second of November 2027"),
        (date(2025, 12, 31), "on Wednesday, the thirty first of December 2025"),
    ],
)
def test_days_as_seen_from_today(day: date, said: str) -> None:
    assert relative_day(day, NOW.date()) == said


def test_moments() -> None:
    assert relative_moment(NOW + timedelta(hours=13), NOW) == "tomorrow at nine in the morning"
    assert relative_moment(NOW + timedelta(hours=4), NOW) == "tonight at midnight"
    assert relative_moment(NOW + timedelta(hours=28, minutes=10), NOW) == "tomorrow night at twelve ten"
    assert relative_moment(NOW - timedelta(hours=20), NOW) == "today at midnight"
    assert (
        relative_moment(datetime.fromisoformat("2026-11-23T08:00:00+00:00"), NOW) == "tomorrow at nine in the morning"
    )


def test_dates_and_lists() -> None:
    assert full_date(NOW.date()) == "Sunday, the twenty second of November"
    assert [joined([]), joined(["a"]), joined(["a", "b", "c"])] == ["", "a", "a, b and c"]
