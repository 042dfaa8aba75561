"""Turns a day, an hour and a part of the day, as people say them, into one moment.

The rules, in the order in which they apply:

1. Hours 13 to 24, and 0, mean one thing. 24 is the midnight that ends the day.
2. A part of the day fixes hours 1 to 12. "Night" runs past midnight: one at night on Saturday is Sunday, 01:00.
3. With no part and no day, the next time that a 12-hour clock shows it: "at nine", said at 20:00, is 21:00.
4. With no part, "today" is the next such time before the day is over; if there is none, that time has passed.
5. With no part, another day: 7 to 12 are in the morning or noon, 1 to 6 in the afternoon. For an alarm, which
   wakes people, the morning begins at 4.
6. A weekday is the next one that fits, today included; "next monday" is that of the next week, which begins on Monday.
7. A local time that a clock change skips is moved on by the length of the gap (as RFC 5545 does); one that occurs
   twice is the first that is still to come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

Day = Literal[
    "",
    "today",
    "tomorrow",
    "day after tomorrow",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "next monday",
    "next tuesday",
    "next wednesday",
    "next thursday",
    "next friday",
    "next saturday",
    "next sunday",
]
"""A day as people say it; empty means the next one that fits."""
Part = Literal["", "am", "pm", "morning", "afternoon", "evening", "night"]
"""The part of the day that an hour was said with."""
Now = Callable[[], datetime]
"""Gives the local time, aware, in a zone that knows its clock changes."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AHEAD: Mapping[Day, int] = {"tomorrow": 1, "day after tomorrow": 2}
FIRST_HOUR = 7
"""From this hour on, an hour without a part is meant in the morning."""
FIRST_WAKING_HOUR = 4
"""The same for alarms."""
_USUAL: dict[Part, tuple[int, Part]] = {
    "am": (9, "am"),
    "morning": (9, "am"),
    "pm": (3, "pm"),
    "afternoon": (3, "pm"),
    "evening": (7, "pm"),
    "night": (9, "pm"),
}
"""The hour that stands for a part of the day, where no hour was said."""


class NoSuchTime(Exception):
    """What was said is no time, or one that has passed."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
        """The phrase that says it: "when.no_such_time" or "when.passed"."""


def resolve(day: Day, hour: int, minute: int, part: Part, now: datetime, *, waking: bool = False) -> datetime:
    """Give the moment that is meant, always after `now`. Raises NoSuchTime."""
    readings = _readings(hour, minute, part)
    if day == "":
        return _next(_moments(now, (-1, 0, 1, 2), readings, minute), now)
    if day == "today":
        # At 00:30, two o'clock "tonight" belongs to the night that began yesterday.
        begun = tuple(reading for reading in readings if reading >= 24)
        return _next([*_moments(now, (-1,), begun, minute), *_moments(now, (0,), readings, minute)], now)
    likely = readings if len(readings) == 1 else (_likely(hour, waking),)
    away = _days_to(day, now)
    ahead = (away, away + 7) if day in WEEKDAYS else (away,)
    return _next(_moments(now, ahead, likely, minute), now)


def resolve_loosely(day: Day, hour: int | None, minute: int, part: Part, now: datetime) -> datetime | None:
    """Give a moment even without an hour: "tomorrow", "in the evening"; None when nothing at all was said."""
    if hour is not None:
        return resolve(day, hour, minute, part, now)
    if part:
        usual_hour, usual_part = _USUAL[part]
        return resolve(day, usual_hour, 0, usual_part, now)
    if day == "today":
        return _next(_moments(now, (0,), (9, 15, 19, 21), 0), now)
    return resolve(day, 9, 0, "am", now) if day else None


def day_of(day: Day, now: datetime) -> date:
    """Give the date of a day; no day is today."""
    if day in ("", "today"):
        return now.date()
    return now.date() + timedelta(days=_days_to(day, now))


def start_of(day: date, zone: tzinfo | None) -> datetime:
    """Give the first moment of a date."""
    return _at(day, 0, 0, _known(zone))[0]


def _readings(hour: int, minute: int, part: Part) -> tuple[int, ...]:
    """Give what the hour can mean, counted from the midnight that begins the day; 24 and more is the night after."""
    wrong_half = part in ("am", "morning") if hour > 12 else hour == 0 and part in ("pm", "afternoon")
    if not 0 <= hour <= 24 or not 0 <= minute <= 59 or wrong_half or (hour == 24 and minute):
        raise NoSuchTime("when.no_such_time")
    if hour == 0 or hour > 12:
        return (hour,)
    twelfth = hour % 12
    match part:
        case "am" | "morning":
            return (twelfth,)
        case "pm" | "afternoon":
            return (12 + twelfth,)
        case "evening":
            return (24 if hour == 12 else 12 + hour,)
        case "night":
            return (12 + hour if 6 <= hour <= 11 else 24 + twelfth,)
        case _:
            return (twelfth, 12 + twelfth)


def _likely(hour: int, waking: bool) -> int:
    first = FIRST_WAKING_HOUR if waking else FIRST_HOUR
    return hour if hour >= first else 12 + hour


def _days_to(day: Day, now: datetime) -> int:
    """Give how far a day is ahead, the first one of its name."""
    if day in _AHEAD:
        return _AHEAD[day]
    if day in WEEKDAYS:
        return (WEEKDAYS.index(day) - now.weekday()) % 7
    return 7 - now.weekday() + WEEKDAYS.index(day.removeprefix("next "))


def _moments(now: datetime, days: Iterable[int], hours: tuple[int, ...], minute: int) -> list[datetime]:
    zone = _known(now.tzinfo)
    return [
        moment for ahead in days for hour in hours for moment in _at(now.date() + timedelta(ahead), hour, minute, zone)
    ]


def _at(day: date, hour: int, minute: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """Give both moments at which the local clock shows this; they are the same but for clock changes."""
    wall = datetime.combine(day, time()) + timedelta(hours=hour, minutes=minute)
    # fold=0 takes a skipped time at the offset before the change, which moves it on by the gap.
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return first.astimezone(zone), max(first, second).astimezone(zone)


def _next(moments: Iterable[datetime], now: datetime) -> datetime:
    # Two times of one zone are compared by their wall clocks, which is wrong around clock changes: compare instants.
    ahead = [moment for moment in moments if moment.timestamp() > now.timestamp()]
    if not ahead:
        raise NoSuchTime("when.passed")
    return min(ahead, key=datetime.timestamp)


def _known(zone: tzinfo | None) -> tzinfo:
    if zone is None:
        raise ValueError("the time now needs a zone")
    return zone
