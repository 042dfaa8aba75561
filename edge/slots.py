"""Turns what a template caught into a tool's arguments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from edge.phone_number import phone_number
from edge.spoken_time import DayPart, Length, LoosePart, TimeOfDay

_NAMES = frozenset({"name", "to", "sender"})
_NEEDED = {"set_alarm": "hour"}
_PIECES = {
    "title": ("title_start", "title", "title_end"),
    "when": ("when", "when_part", "when_at", "when_end"),
    "item": ("item", "item_start", "item_with", "item_end"),
    "begin": ("begin", "begin_part"),
    "end": ("end", "end_part"),
}
"""Arguments that templates catch in pieces: "meeting with" and "tom"; "tomorrow" and "at 9"."""


@dataclass(frozen=True, slots=True)
class Caught:
    """One slot of a template and what filled it."""

    slot: str
    """An argument of the tool, or a piece of one; dropped if it begins with an underscore."""
    value: object
    free: bool = False
    """Whether it was free text, not a value from a list."""


def arguments_of(tool: str, caught: Iterable[Caught]) -> dict[str, str | int] | None:
    """Give the arguments for the tool, or None when the pieces contradict each other or do not suffice."""
    arguments: dict[str, str | int] = {}
    phone: list[str] = []
    caught = list(caught)
    hour = next((one.value.hour for one in caught if isinstance(one.value, TimeOfDay)), None)
    for one in caught:
        if isinstance(one.value, LoosePart | DayPart):
            one = _with_hour(one, hour)
        if one.slot == "phone":
            phone.append(str(one.value))
        elif not one.slot.startswith("_") and not _add(arguments, one):
            return None
    if phone:
        number = phone_number(" ".join(phone))
        if number is None:
            return None
        arguments["phone"] = number
    if tool in _NEEDED and _NEEDED[tool] not in arguments:
        return None
    return _joined(arguments)


def _with_hour(one: Caught, hour: int | None) -> Caught:
    match one.value:
        case LoosePart() as part:
            return replace(one, value=part.at(hour))
        case DayPart(day, LoosePart() as part):
            return replace(one, value=DayPart(day, part.at(hour)))
        case _:
            return one


def _add(arguments: dict[str, str | int], one: Caught) -> bool:
    """Add one slot's value; False when it contradicts what is there already."""
    match one.value:
        case TimeOfDay(hour, minute, part) if one.slot == "when_at":
            arguments["when_at"] = f"at {hour}{f':{minute:02}' if minute else ''}{f' {part}' if part else ''}"
        case TimeOfDay(hour, minute, part) if one.slot in ("begin", "end"):
            arguments[one.slot] = f"{hour}:{minute:02}{f' {part}' if part else ''}"
        case TimeOfDay(hour, minute, part):
            if "hour" in arguments:
                return False
            arguments |= {"hour": hour, "minute": minute} if minute else {"hour": hour}
            _add_part(arguments, part)
        case DayPart(day, str() as part):
            if day and "day" in arguments:
                return False
            if day:
                arguments["day"] = day
            _add_part(arguments, part)
        case Length(hours, minutes, seconds):
            for slot, number in (("hours", hours), ("minutes", minutes), ("seconds", seconds)):
                if number:
                    _add_number(arguments, slot, number)
        case int(number):
            _add_number(arguments, one.slot, number)
        case str(text):
            return _add_text(arguments, one, text)
    return True


def _add_number(arguments: dict[str, str | int], slot: str, number: int) -> None:
    if slot == "level":
        arguments["percent"] = number * 10
    else:
        # "Two and a half" comes in two pieces.
        arguments[slot] = int(arguments.get(slot, 0)) + number


def _add_text(arguments: dict[str, str | int], one: Caught, text: str) -> bool:
    match one.slot:
        case "part":
            _add_part(arguments, text)
        case "this_part":
            arguments["day"] = "today"
            _add_part(arguments, text)
        case "whose":
            # "What is the atomic number" asks for nobody's.
            arguments["name"] = text.removesuffix("'s")
            return text.endswith("'s")
        case slot:
            arguments[slot] = text.removesuffix("'s") if one.free and slot in _NAMES else text
    return True


def _add_part(arguments: dict[str, str | int], part: str) -> None:
    """Keep the more exact of two: "tomorrow morning at nine am" is am."""
    if part and arguments.get("part") not in ("am", "pm"):
        arguments["part"] = part


def _joined(arguments: dict[str, str | int]) -> dict[str, str | int]:
    """Join the arguments that came in pieces."""
    for argument, slots in _PIECES.items():
        pieces = [str(arguments.pop(slot)) for slot in slots if slot in arguments]
        if pieces:
            arguments[argument] = " ".join(pieces)
    return arguments
