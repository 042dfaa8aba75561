"""Turns arguments and results of errands, which may be any JSON, into the slots of sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from edge.language_words import Words

LONGEST_SLOT = 300
"""Characters of one slot that are spoken; some 20 seconds."""
MADE_FROM: Mapping[str, frozenset[str]] = {
    "when": frozenset({"start", "due", "all_day"}),
    "digits": frozenset({"phone"}),
}
"""Slots that say other values in words."""


def plain(text: str) -> str:
    """Give the text as one line that a voice can read."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def slots_of(values: Mapping[str, Any], now: datetime, words: Words) -> dict[str, str]:
    """Give a slot for each value that can be said, and those of MADE_FROM. Values that make no sense are left out."""
    slots = {name: said for name, value in values.items() if (said := _said(value, words))}
    # With both, "when" could not tell which of them it says.
    when = None if "start" in values and "due" in values else values.get("start", values.get("due"))
    if (moment := _moment(when, now)) is not None:
        all_day = values.get("all_day") is True
        day_alone = words.relative_day(moment.date(), now.date())
        slots["when"] = day_alone if all_day else words.relative_moment(moment, now)
        slots["time"] = words.event_time(None if all_day else moment)
    if (day := _day(values.get("day"))) is not None:
        slots["day"] = words.relative_day(day, now.date())
    phone = values.get("phone")
    if isinstance(phone, str) and (digits := "".join(plain(phone).split())):
        slots["digits"] = words.digits(digits)
    return slots


def item_slots(item: Any, now: datetime, words: Words) -> dict[str, str]:
    """Give the slots of one thing of a list: a record, or just a text."""
    return slots_of(item if isinstance(item, Mapping) else {"text": item}, now, words)


def _said(value: Any, words: Words) -> str:
    match value:
        case bool():
            return ""
        case str():
            return plain(value)
        case int():
            return words.number(value)
        case _:
            return ""


def _moment(value: Any, now: datetime) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        # A time without an offset is local to the phone, and so to the wearer; a bare date parses as its midnight.
        return moment.astimezone(now.tzinfo) if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    except (ValueError, OverflowError):
        return None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
