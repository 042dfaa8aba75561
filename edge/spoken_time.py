"""Says every time of day, day and count the way people say it in English, as tables from words to values.

Written as plain tables, not as grammar: a table is one walk down hassil's trie however many phrases it holds,
and a test can read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edge.when import Day, Part

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WEEKDAYS: tuple[Day, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OFFSETS = {5: "five", 10: "ten", 20: "twenty", 25: "twenty five"}
"""Minutes that people say before "past" and "to", besides the quarter and the half."""


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time as it was said; 1 to 12 are open between morning and evening unless `part` says which."""

    hour: int
    minute: int = 0
    part: Part = ""


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time, or a piece of one, as it was said."""

    hours: int = 0
    minutes: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class LoosePart:
    """A part of the day whose meaning hangs on the hour: 晚上 with nine is the evening, with one the night."""

    usual: Part
    late: Part
    """With twelve and with one to four."""

    def at(self, hour: int | None) -> Part:
        """Give what it means with this hour."""
        return self.late if hour is not None and (hour == 12 or 0 < hour < 5) else self.usual


@dataclass(frozen=True, slots=True)
class DayPart:
    """A day as it was said, or a part of one, or both."""

    day: Day = ""
    part: Part | LoosePart = ""


def number_words(number: int) -> str:
    """Say a number from 0 to 999: "one hundred and five"."""
    if number < 20:
        return (*_ONES, *_TEENS)[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] if ones == 0 else f"{_TENS[tens - 2]} {_ONES[ones]}"
    hundreds, rest = divmod(number, 100)
    return f"{_ONES[hundreds]} hundred" + (f" and {number_words(rest)}" if rest else "")


def counts(first: int, last: int) -> dict[str, int]:
    """Give each number's spoken forms and its digits."""
    table = {}
    for number in range(first, last + 1):
        words = number_words(number)
        for form in (words, words.replace(" and ", " "), words.replace("one hundred", "a hundred"), str(number)):
            table[form] = number
    return table


def times() -> dict[str, TimeOfDay]:
    """Give every way of saying every minute of the day."""
    table = {
        "noon": TimeOfDay(12, part="pm"),
        "midday": TimeOfDay(12, part="pm"),
        "midnight": TimeOfDay(12, part="night"),  # the one that ends the day: "tonight at midnight"
    }
    for hour in range(1, 24):
        for words, minute in _by_hour(hour):
            table[words] = TimeOfDay(hour, minute)
    for hour in range(1, 13):
        for words, minute in _past(hour):
            table[words] = TimeOfDay(hour, minute)
        for words, minute in _to(hour):
            table[words] = TimeOfDay((hour - 2) % 12 + 1, minute)
    for hour in range(24):
        for minute in range(60):
            table[f"{hour} {minute:02}"] = table[f"{hour:02} {minute:02}"] = TimeOfDay(hour, minute)
        if hour:
            table[f"{hour}"] = TimeOfDay(hour)
    return table


def _by_hour(hour: int) -> Iterator[tuple[str, int]]:
    name = number_words(hour)
    yield name, 0
    if hour <= 12:
        yield f"{name} o'clock", 0
    for minute in range(1, 60):
        if minute >= 10:
            yield f"{name} {number_words(minute)}", minute
        else:
            yield f"{name} oh {number_words(minute)}", minute
            yield f"{name} zero {number_words(minute)}", minute


def _past(hour: int) -> Iterator[tuple[str, int]]:
    name = number_words(hour)
    yield f"half past {name}", 30
    yield f"half {name}", 30
    for past in ("past", "after"):
        yield f"quarter {past} {name}", 15
        yield f"a quarter {past} {name}", 15
        for minute, words in _OFFSETS.items():
            yield f"{words} {past} {name}", minute
            yield f"{words} minutes {past} {name}", minute


def _to(hour: int) -> Iterator[tuple[str, int]]:
    name = number_words(hour)
    for to in ("to", "till", "before"):
        yield f"quarter {to} {name}", 45
        yield f"a quarter {to} {name}", 45
        for minute, words in _OFFSETS.items():
            yield f"{words} {to} {name}", 60 - minute
            yield f"{words} minutes {to} {name}", 60 - minute


def days() -> dict[str, DayPart]:
    """Give the days by name; "tonight" is a day and a part."""
    named: tuple[Day, ...] = ("today", "tomorrow", *_WEEKDAYS)
    return {"tonight": DayPart("today", "night"), **{name: DayPart(name) for name in named}}
