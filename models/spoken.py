"""Writes numbers, times, dates, amounts and telephone numbers as words, so that every voice says them alike (English).

The words for numbers come from CLDR, through unicode-rbnf. What is written is never asked about: any text gives a text,
and no digit is left in it.
"""

from __future__ import annotations

import datetime
import functools
import re
import unicodedata
from collections.abc import Callable

from unicode_rbnf import FormatPurpose, RbnfEngine

_LARGEST = 10**15
"""Numbers from here on are read digit by digit: nobody understands quadrillions."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MONTH = r"(?P<month>Jan(?:uary|\b\.?)|Feb(?:ruary|\b\.?)|Mar(?:ch|\b\.?)|Apr(?:il|\b\.?)|May|June?|July?|Aug(?:ust|\b\.?)|Sep(?:tember|t?\b\.?)|Oct(?:ober|\b\.?)|Nov(?:ember|\b\.?)|Dec(?:ember|\b\.?))"  # fmt: skip  # noqa: E501
_UNITS = {
    "km/h": "kilometer* per hour", "mph": "mile* per hour", "m/s": "meter* per second", "kWh": "kilowatt hour*",
    "mAh": "milliampere hour*", "km": "kilometer*", "cm": "centimeter*", "mm": "millimeter*", "m": "meter*",
    "kg": "kilogram*", "mg": "milligram*", "g": "gram*", "ml": "milliliter*", "l": "liter*", "L": "liter*",
    "°C": "degree* Celsius", "°F": "degree* Fahrenheit", "°": "degree*", "GB": "gigabyte*", "MB": "megabyte*",
    "kB": "kilobyte*", "kW": "kilowatt*", "W": "watt*", "V": "volt*", "h": "hour*", "min": "minute*", "s": "second*",
    "ms": "millisecond*", "%": "percent", "$": "dollar*", "€": "euro*", "£": "pound*",
}  # fmt: skip
"""The star becomes an s after every number but one."""
_COINS = {"$": "cent*", "€": "cent*", "£": "p"}
_FRACTIONS = {"½": "a half", "¼": "a quarter", "¾": "three quarters"}
_Say = Callable[[re.Match[str]], str]
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_HALF = r"(?P<half>[AaPp])(?:\.[Mm]\b\.?|[Mm]\b)"
_CLOCK = r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])"


def spoken(text: str) -> str:
    """Give the text with words for all that is written in digits."""
    text = _plain_digits(text)
    for pattern, say in _RULES:
        text = pattern.sub(functools.partial(_apart, say), text)
    return text


def number_words(number: str) -> str:
    """Say a number written as "1,234", "007" or "3.14"."""
    whole, _, part = number.replace(",", "").partition(".")
    if (len(whole) > 1 and whole.startswith("0")) or int(whole[:20] or "0") >= _LARGEST:
        words = _digits(whole)
    else:
        words = _words(int(whole))
    return f"{words} point {_digits(part)}" if part else words


@functools.cache
def _english() -> RbnfEngine:
    return RbnfEngine.for_language("en")  # Reads an XML file: 70 ms, once.


def _words(number: int, purpose: FormatPurpose = FormatPurpose.CARDINAL) -> str:
    return _english().format_number(number, purpose).text


def _digits(digits: str) -> str:
    return " ".join(_words(int(digit)) for digit in digits if digit.isdigit())


def _plain_digits(text: str) -> str:
    """Write the digits of all scripts as 0 to 9, and fractions and exponents as words."""
    characters: list[str] = []
    for character in text:
        if character in _FRACTIONS:
            after_number = bool(characters) and characters[-1][-1:].isdigit()
            characters.append((" and " if after_number else "") + _FRACTIONS[character])
        elif character in "²³":
            characters.append(" squared" if character == "²" else " cubed")
        elif character.isdigit() and not character.isascii():
            gap = "" if character.isdecimal() else " "
            characters.append(f"{gap}{unicodedata.digit(character)}")
        else:
            characters.append(character)
    return "".join(characters)


def _apart(say: _Say, match: re.Match[str]) -> str:
    """Say a match, apart from letters that touched its digits: "mp3", "B2B"."""
    words = say(match)
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return f"{' ' if before.isalnum() else ''}{words}{' ' if after.isalnum() else ''}"


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match["hour"]), int(match["minute"])
    half = f" {match['half'].lower()} m" if match["half"] else ""
    if minute == 0:
        return _words(hour) + (half or " o'clock") if hour or half else "midnight"
    return f"{_words(hour)} {'oh ' if minute < 10 else ''}{_words(minute)}{half}"


def _hour(match: re.Match[str]) -> str:
    return f"{_words(int(match['hour']))} {match['half'].lower()} m"


def _timestamp(match: re.Match[str]) -> str:
    try:
        date = datetime.date(int(match["year"]), int(match["number"]), int(match["day"]))
    except ValueError:
        return match[0].replace("-", " ")
    day = _words(date.day, FormatPurpose.ORDINAL)
    words = f"{_MONTHS[date.month - 1]} {day}, {_words(date.year, FormatPurpose.YEAR)}"
    return f"{words} at {match['clock']}" if match["clock"] else words


def _date(match: re.Match[str]) -> str:
    month = next(name for name in _MONTHS if name.startswith(match["month"][:3]))
    day = int(match["day"])
    if not 1 <= day <= 31:
        return match[0].replace(match["day"], _words(day))
    ordinal = _words(day, FormatPurpose.ORDINAL)
    year = f", {_words(int(match['year']), FormatPurpose.YEAR)}" if match["year"] else ""
    day_first = match.start("day") < match.start("month")
    return f"the {ordinal} of {month}{year}" if day_first else f"{month} {ordinal}{year}"


def _year(match: re.Match[str]) -> str:
    return f"{match['before']} {_words(int(match['year']), FormatPurpose.YEAR)}"


def _amount(match: re.Match[str]) -> str:
    number, unit = match["number"], match["unit"]
    whole, _, part = number.partition(".")
    if unit in _COINS and len(part) == 2:
        coins = f" and {_counted(part.lstrip('0') or '0', _COINS[unit])}" if int(part) else ""
        return _counted(whole, _UNITS[unit]) + coins
    return _counted(number, _UNITS[unit])


def _counted(number: str, unit: str) -> str:
    return f"{number_words(number)} {unit.replace('*', '' if number == '1' else 's')}"


def _telephone(match: re.Match[str]) -> str:
    groups = (_digits(group) for group in re.findall("[0-9]+", match[0]))
    return ("plus " if match[0].startswith("+") else "") + ", ".join(groups)


def _ordinal(match: re.Match[str]) -> str:
    number = int(match["number"][:16])
    return _words(number, FormatPurpose.ORDINAL) if number < _LARGEST else _digits(match["number"])


def _version(match: re.Match[str]) -> str:
    return " point ".join(number_words(number) for number in match[0].split("."))


def _signed(match: re.Match[str]) -> str:
    return ("minus " if match["sign"] else "") + number_words(match["number"])


_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_RULES: tuple[tuple[re.Pattern[str], _Say], ...] = (
    # A date and a time as machines write them; the zone is not said.
    (
        re.compile(
            r"(?<![0-9-])(?P<year>[12][0-9]{3})-(?P<number>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9-])"
            r"(?:[T ](?P<clock>(?:[01][0-9]|2[0-3]):[0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?"
            r"(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
        ),
        _timestamp,
    ),
    (re.compile(rf"(?<![0-9:.]){_CLOCK}(?::[0-5][0-9])?(?![0-9:])(?: ?{_HALF})?"), _time),
    (re.compile(rf"(?<![0-9:.,])(?P<hour>1[0-2]|[1-9]) ?{_HALF}"), _hour),
    (re.compile(rf"\b{_MONTH} {_DAY}\b(?:,? (?P<year>[12][0-9]{{3}})\b)?"), _date),
    (re.compile(rf"(?<![0-9.,]){_DAY} (?:of )?{_MONTH}(?![a-z])(?:,? (?P<year>[12][0-9]{{3}})\b)?"), _date),
    # Telephone numbers: with a plus, with an area code in front, or in groups as people write them.
    (
        re.compile(
            r"\+[0-9](?:[ ().-]{0,2}[0-9]){6,14}|\([0-9]{3}\) ?[0-9]{3}-[0-9]{4}"
            r"|(?<![0-9.,-])[0-9]{3}([-. ])[0-9]{3}\1[0-9]{4}(?![0-9])|(?<![0-9.,-])[0-9]{3}-[0-9]{4}(?![0-9-])"
            r"|(?<![0-9.,-])0[0-9]{2,5}[ /-][0-9]{4,}"
        ),
        _telephone,
    ),
    (re.compile(rf"(?P<unit>[$€£]) ?(?P<number>{_NUMBER})"), _amount),
    (re.compile(rf"(?<![0-9.,])(?P<number>{_NUMBER}) ?(?P<unit>{_UNIT})(?![A-Za-z0-9])"), _amount),
    (
        re.compile(r"\b(?P<before>[Ii]n|[Ss]ince|[Yy]ear|[Uu]ntil) (?P<year>1[1-9][0-9]{2}|20[0-9]{2})\b(?![.,][0-9])"),
        _year,
    ),
    (re.compile(r"(?<![0-9.,])(?P<number>[0-9]+)(?:st|nd|rd|th)\b"), _ordinal),
    (re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+){2,}"), _version),
    (re.compile(r"(?<=[0-9]) ?[\u2013-] ?(?=[0-9])"), lambda _: "to"),
    (re.compile(rf"(?<![\w])(?P<sign>[-\u2212])?(?P<number>{_NUMBER})"), _signed),
    (re.compile(_NUMBER), lambda match: number_words(match[0])),
)
"""In order: what is more than a number comes before numbers."""
