"""Says clock times, dates, years and weekdays in English."""

from __future__ import annotations

import datetime
import re

from models.spoken_numbers import cardinal, decade, ordinal, year
from models.spoken_rules import Rule, always

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH = (
    r"(?P<month>Jan(?:uary|\b\.?)|Feb(?:ruary|\b\.?)|Mar(?:ch|\b\.?)|Apr(?:il|\b\.?)|May|June?|July?|Aug(?:ust|\b\.?)"
    r"|Sep(?:tember|t?\b\.?)|Oct(?:ober|\b\.?)|Nov(?:ember|\b\.?)|Dec(?:ember|\b\.?))"
)
_WEEKDAY = r"(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_TO = r" ?[-\u2013\u2014] ?"
_SECOND_DAY = rf"(?:{_TO}(?P<last>[0-9]{{1,2}})(?:st|nd|rd|th)?)?"
_YEAR = r"(?P<year>1[1-9][0-9]{2}|20[0-9]{2})"
_ANY_YEAR = r"(?:,? (?P<year>[12][0-9]{3})\b)?"
_HALF = r"(?P<half>[AaPp])(?:\.[Mm]\b\.?|[Mm]\b)"
_CLOCK = r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])"
_COUNTED = r"(?! (?!(?:is|was|has|as|this|its|his|us|always|perhaps)\b)[a-z]+s\b)"
"""Not before a plural: "in 2030 steps" counts."""


def _time(match: re.Match[str]) -> str:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    half = f" {match['half'].lower()} m" if match["half"] else ""
    seconds = f" and {cardinal(second)} second{'s' if second > 1 else ''}" if second else ""
    if minute:
        words = f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}{half}"
    elif hour or half:
        words = cardinal(hour) + (half or (" o'clock" if hour <= 12 else " hundred"))
    else:
        words = "midnight"
    return words + seconds


def _hour(match: re.Match[str]) -> str:
    first = f"{cardinal(int(match['from']))} to " if match["from"] else ""
    return f"{first}{cardinal(int(match['hour']))} {match['half'].lower()} m"


def _timestamp(match: re.Match[str]) -> str:
    date = _valid(match["year"], match["number"], match["day"])
    if date is None:
        return match[0].replace("-", " ").replace("/", " ")
    words = f"{_MONTHS[date.month - 1]} {ordinal(date.day)}, {year(date.year)}"
    return f"{words} at {match['clock']}" if match["clock"] else words


def _month_first(match: re.Match[str]) -> str:
    """Read 11/23/2026 as Americans do, and 23/11/2026 as it can only be meant."""
    date = _valid(match["year"], match["one"], match["two"]) or _valid(match["year"], match["two"], match["one"])
    if date is None:
        return match[0].replace("/", " ")
    return f"{_MONTHS[date.month - 1]} {ordinal(date.day)}, {year(date.year)}"


def _day_dotted(match: re.Match[str]) -> str:
    date = _valid(match["year"], match["number"], match["day"])
    return f"the {ordinal(date.day)} of {_MONTHS[date.month - 1]}, {year(date.year)}" if date else match[0]


def _short_date(match: re.Match[str]) -> str:
    month, day = int(match["one"]), int(match["two"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return match[0]
    return f"{match['before']} {_MONTHS[month - 1]} {ordinal(day)}"


def _valid(year_digits: str, month: str, day: str) -> datetime.date | None:
    try:
        return datetime.date(int(year_digits), int(month), int(day))
    except ValueError:
        return None


def _date(match: re.Match[str]) -> str:
    month = next(name for name in _MONTHS if name.startswith(match["month"][:3]))
    days = [int(day) for day in (match["day"], match["last"]) if day]
    if not all(1 <= day <= 31 for day in days):
        return match[0].replace(match["day"], cardinal(int(match["day"])))
    suffix = f", {year(int(match['year']))}" if match["year"] else ""
    if match.start("day") < match.start("month"):
        return " to ".join(f"the {ordinal(day)}" for day in days) + f" of {month}{suffix}"
    return f"{month} " + " to ".join(map(ordinal, days)) + suffix


def _month_year(match: re.Match[str]) -> str:
    month = next(name for name in _MONTHS if name.startswith(match["month"][:3]))
    return f"{month} {year(int(match['year']))}"


def _years(match: re.Match[str]) -> str:
    words = f"{match['before']} {year(int(match['year']))}"
    if not match["last"]:
        return words
    last = match["last"] if len(match["last"]) == 4 else match["year"][:2] + match["last"]
    link = match["link"].strip()
    return f"{words} {link if link.isalpha() else 'to'} {year(int(last))}"


def _year_range(match: re.Match[str]) -> str:
    return f"{year(int(match['year']))} to {year(int(match['last']))}"


def _decade(match: re.Match[str]) -> str:
    return f"{match['before'] or ''}{decade(int(match['number']))}"


def _weekdays(match: re.Match[str]) -> str:
    return f"{_full_weekday(match['one'])} to {_full_weekday(match['two'])}"


def _weekday(match: re.Match[str]) -> str:
    return _full_weekday(match["one"])


def _full_weekday(short: str) -> str:
    return next(name for name in _WEEKDAYS if name.startswith(short[:3]))


TIMES: tuple[Rule, ...] = (
    # A date and a time as machines write them; the zone is not said.
    (
        re.compile(
            r"(?<![0-9/-])(?P<year>[12][0-9]{3})(?P<gap>[-/])(?P<number>[0-9]{2})(?P=gap)(?P<day>[0-9]{2})(?![0-9/-])"
            r"(?:[T ](?P<clock>(?:[01][0-9]|2[0-3]):[0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?"
            r"(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
        ),
        _timestamp,
    ),
    (re.compile(r"(?<![0-9/])(?P<one>[0-9]{1,2})/(?P<two>[0-9]{1,2})/(?P<year>[12][0-9]{3})(?![0-9/])"), _month_first),
    (
        re.compile(r"(?<![0-9.])(?P<day>[0-9]{1,2})\.(?P<number>[0-9]{1,2})\.(?P<year>[12][0-9]{3})(?![0-9]|\.[0-9])"),
        _day_dotted,
    ),
    (
        re.compile(
            r"\b(?P<before>[Oo]n|[Bb]y|[Ss]ince|[Uu]ntil|[Bb]efore|[Aa]fter|[Ff]rom|to)"
            r" (?P<one>[0-9]{1,2})/(?P<two>[0-9]{1,2})(?![0-9/])"
        ),
        _short_date,
    ),
    # Weekdays are words of their own ("sun", "wed"), so the short ones count only in a range or before a date.
    (re.compile(rf"\b(?P<one>{_WEEKDAY})\.?{_TO}(?P<two>{_WEEKDAY})\b"), _weekdays),
    (re.compile(rf"\b(?P<one>{_WEEKDAY})\b\.?(?=,? (?:[0-9]|{_MONTH}))"), _weekday),
    (re.compile(rf"(?<=[0-9]:[0-5][0-9]){_TO}(?=[0-9]{{1,2}}(?::[0-9]| ?[AaPp]\.?[Mm]\b))"), always(" to ")),
    (re.compile(rf"(?:(?<=[0-9 ][AaPp][Mm])|(?<=[AaPp]\.[Mm]\.)){_TO}(?=[0-9])"), always(" to ")),
    (re.compile(rf"(?<![0-9:.]){_CLOCK}(?::(?P<second>[0-5][0-9]))?(?![0-9:])(?: ?{_HALF})?"), _time),
    (re.compile(rf"(?<![0-9:.,])(?:(?P<from>1[0-2]|[1-9]){_TO})?(?P<hour>1[0-2]|[1-9]) ?{_HALF}"), _hour),
    (re.compile(rf"\b{_MONTH} {_DAY}{_SECOND_DAY}\b{_ANY_YEAR}"), _date),
    (re.compile(rf"(?<![0-9.,]){_DAY}{_SECOND_DAY} (?:of )?{_MONTH}(?![a-z]){_ANY_YEAR}"), _date),
    (re.compile(rf"\b{_MONTH},? {_YEAR}\b(?![.,][0-9])"), _month_year),
    (
        re.compile(
            rf"\b(?P<before>[Ii]n|[Ss]ince|[Yy]ear|[Uu]ntil|[Bb]y|[Ff]rom|[Bb]etween|[Aa]fter|[Bb]efore|of|early|late)"
            rf" {_YEAR}(?:(?P<link>{_TO}| to | and | or )"
            r"(?P<last>1[1-9][0-9]{2}|20[0-9]{2}|[0-9]{2}(?![.:0-9])))?"
            rf"\b(?![.,:][0-9]|%| ?[A-Za-z]{{1,3}}/| (?:k?m|kg|g|%|°))(?!-[0-9]){_COUNTED}"
        ),
        _years,
    ),
    (re.compile(rf"(?<![0-9.,-]){_YEAR}[-\u2013](?P<last>1[1-9][0-9]{{2}}|20[0-9]{{2}})(?![0-9-])"), _year_range),
    (re.compile(r"\b(?P<before>)(?P<number>1[1-9][0-9]0|20[0-9]0)'?s\b"), _decade),
    (re.compile(r"(?P<before>\b[Tt]he )['\u2019]?(?P<number>[2-9]0)'?s\b"), _decade),
    (re.compile(r"(?<!\w)(?P<before>)['\u2019](?P<number>[2-9]0)s\b"), _decade),
)
"""In order: what is more than a number comes before numbers."""
