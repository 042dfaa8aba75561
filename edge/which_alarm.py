"""Finds the alarms that words mean: "the one at seven", "tomorrow's"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from edge.clocks import Alarm
from edge.when import WEEKDAYS, Day, Part, day_of, resolve

_MORNING_BEGINS = 6
"""What rings earlier may belong to the night before."""


def meant(
    alarms: Sequence[Alarm], day: Day, hour: int | None, minute: int, part: Part, now: datetime
) -> tuple[Alarm, ...]:
    """Give those that the words fit; the one that the same words would set comes before all others.

    Raises NoSuchTime for a time that is none, or that has passed.
    """
    if hour is not None:
        exactly = resolve(day, hour, minute, part, now, waking=True).timestamp()
        if found := tuple(alarm for alarm in alarms if alarm.at == exactly):
            return found
    return tuple(
        alarm
        for alarm in alarms
        if (rings := now.fromtimestamp(alarm.at, now.tzinfo))
        and _on(day, rings, now)
        and _at(hour, minute, rings)
        and _in(part, rings.hour)
    )


def _on(day: Day, rings: datetime, now: datetime) -> bool:
    days = {rings.date()}
    if rings.hour < _MORNING_BEGINS:
        days.add(rings.date() - timedelta(days=1))
    if day in WEEKDAYS:
        return any(WEEKDAYS[one.weekday()] == day for one in days)
    return day == "" or day_of(day, now) in days


def _at(hour: int | None, minute: int, rings: datetime) -> bool:
    if hour is None:
        return True
    same = rings.hour == hour % 24 if hour > 12 or hour == 0 else rings.hour % 12 == hour % 12
    return same and rings.minute == minute


def _in(part: Part, hour: int) -> bool:
    match part:
        case "am" | "morning":
            return hour < 12
        case "pm" | "afternoon":
            return hour >= 12
        case "evening":
            return hour >= 12 or hour == 0
        case "night":
            return hour >= 18 or hour < _MORNING_BEGINS
        case _:
            return True
