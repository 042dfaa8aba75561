"""Says numbers, lengths of time, times and days in English words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

_SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_SMALL += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
    "twenty": "twentieth",
    "thirty": "thirtieth",
}
_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


def number(value: int) -> str:
    """Say a whole number; from a thousand on in digits, which every voice reads well."""
    if value < 0:
        return f"minus {number(-value)}"
    if value < 20:
        return _SMALL[value]
    if value < 100:
        return _TENS[value // 10] + (f" {_SMALL[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{_SMALL[value // 100]} hundred" + (f" and {number(value % 100)}" if value % 100 else "")
    return str(value)


def ordinal(value: int) -> str:
    """Say which day of a month."""
    *before, last = number(value).split()
    return " ".join([*before, _ORDINALS.get(last, f"{last}th")])


def duration(seconds: float) -> str:
    """Say a length of time: "one hour and five minutes"."""
    left = max(0, round(seconds))
    parts = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{number(count)} {unit}{'' if count == 1 else 's'}")
    return joined(parts) if parts else "no time"


def remaining(seconds: float) -> str:
    """Say what is left, no finer than is useful: seconds only under ten minutes."""
    grain = 1 if seconds < 600 else 60
    return duration(max(1, round(seconds / grain) * grain))


def joined(parts: list[str]) -> str:
    """Join with commas and a last "and"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def clock_time(moment: datetime) -> str:
    """Say a time of day: "nine thirty in the morning", "noon"."""
    if moment.minute == 0 and moment.hour in (0, 12):
        return "noon" if moment.hour else "midnight"
    return f"{_face(moment)} {_part(moment.hour)}"


def event_time(moment: datetime | None) -> str:
    """Say when on its day something is: "at noon"; None is "all day"."""
    return "all day" if moment is None else f"at {clock_time(moment)}"


def full_date(day: date) -> str:
    """Say a date with its weekday: "Friday, the second of April"."""
    return f"{day:%A}, the {ordinal(day.day)} of {day:%B}"


def relative_day(day: date, today: date) -> str:
    """Say a day as seen from today: "tomorrow", "on Wednesday", "on Friday, the second of April"."""
    away = (day - today).days
    if -1 <= away <= 1:
        return ("today", "tomorrow", "yesterday")[away]
    if 1 < away < 7:
        return f"on {day:%A}"
    year = "" if day.year == today.year or 0 < away < 180 else f" {day.year}"
    return f"on {full_date(day)}{year}"


def relative_moment(moment: datetime, now: datetime) -> str:
    """Say day and time: "tomorrow at nine in the morning", "tonight at midnight"."""
    local = moment.astimezone(now.tzinfo)
    if local.hour == 0 and local.date() > now.date():
        # "Tomorrow at midnight" is heard as the end of tomorrow; the night that the hour belongs to is plain.
        return f"{_night(local.date() - timedelta(days=1), now.date())} at {_face(local)}"
    return f"{relative_day(local.date(), now.date())} at {clock_time(local)}"


def _night(begins: date, today: date) -> str:
    return "tonight" if begins == today else f"{relative_day(begins, today)} night"


def _face(moment: datetime) -> str:
    if moment.hour == 0 and moment.minute == 0:
        return "midnight"
    hour = number(moment.hour % 12 or 12)
    if moment.minute == 0:
        return hour
    return f"{hour} {'oh ' if moment.minute < 10 else ''}{number(moment.minute)}"


def _part(hour: int) -> str:
    if hour == 0 or hour >= 21:
        return "at night"
    if hour < 12:
        return "in the morning"
    return "in the afternoon" if hour < 18 else "in the evening"
