"""Says titles, postal addresses and abbreviations, and the numbers that only name a thing, in English."""

from __future__ import annotations

import re

from models.spoken_numbers import cardinal, digits, grouped, is_roman, number_words, ordinal, roman
from models.spoken_rules import Rule, always

_STREETS = {
    "St": "Street", "Rd": "Road", "Ave": "Avenue", "Blvd": "Boulevard", "Dr": "Drive", "Ln": "Lane", "Ct": "Court",
    "Pl": "Place", "Sq": "Square", "Hwy": "Highway", "Pkwy": "Parkway",
}  # fmt: skip
_TITLES = {"Dr": "Doctor", "Mr": "Mister", "Mrs": "Missus", "Prof": "Professor", "St": "Saint", "Mt": "Mount"}
_SHORT = {
    "e.g.": "for example", "i.e.": "that is", "vs.": "versus", "etc.": "et cetera", "approx.": "approximately",
    "a.k.a.": "also known as", "Jr.": "Junior", "Sr.": "Senior",
}  # fmt: skip
_WAYS = {
    "N": "North", "S": "South", "E": "East", "W": "West", "NE": "Northeast", "NW": "Northwest", "SE": "Southeast",
    "SW": "Southwest",
}  # fmt: skip
_PARTS = {"Apt": "apartment", "Ste": "suite", "Rm": "room", "Bldg": "building"}
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DC|DE|FL|GA|HI|IA|ID|IL|IN|KS|KY|LA|MA|MD|ME|MI|MN|MO|MS|MT|NC|ND|NE|NH|NJ|NM|NV|NY|OH|OK|OR"
    "|PA|RI|SC|SD|TN|TX|UT|VA|VT|WA|WI|WV|WY"
)
_RULERS = (
    "Alexander|Benedict|Catherine|Charles|Edward|Elizabeth|Ferdinand|Francis|Frederick|George|Henry|Ivan|James|Leo|Louis"
    "|Napoleon|Nicholas|Paul|Peter|Philip|Pius|Richard|Wilhelm|William"
)
_NUMBERED = "World War|Act|Appendix|Book|Chapter|Episode|Part|Phase|Scene|Section|Stage|Super Bowl|Type|Volume"
_ROMAN = r"(?P<number>[IVX]{2,7})\b"
"""One letter alone is a letter more often than a number."""
_ROOMS = "room|flight|suite|apartment|highway|route|bus|tram|gate|platform|interstate"
_CODES = "code|pin|passcode|password|extension|zip|number"
_KIND = rf"(?P<kind>{'|'.join(_STREETS)})\b(?P<stop>\.)?"
_ANY_KIND = rf"(?P<kind>{'|'.join([*_STREETS, *_STREETS.values()])})\b(?P<stop>\.)?"
_NO_STREET = r"(?!(?:The|March|April|May|June|July|August)\b)"
_NAME = r"[A-Z][a-z]+"
_NTH = r"[0-9]{1,3}(?:st|nd|rd|th)"
_WHOLE = r"(?![0-9]|[.,:/-][0-9])"
"""Not the first part of a longer number."""


def _stop(match: re.Match[str]) -> str:
    """Give back a full stop that ends the text as well as the abbreviation."""
    return "." if match["stop"] and not match.string[match.end() :].strip() else ""


def _address(match: re.Match[str]) -> str:
    letter = f" {match['letter']}" if match["letter"] else ""
    way = f"{_WAYS[match['way']]} " if match["way"] else ""
    return f"{grouped(match['house'])}{letter} {way}{match['name']} {_full(match['kind'])}{_stop(match)}"


def _full(kind: str) -> str:
    return _STREETS.get(kind, kind)


def _street(match: re.Match[str]) -> str:
    return f"{match['name']} {_STREETS[match['kind']]}{_stop(match)}"


def _title(match: re.Match[str]) -> str:
    return _TITLES[match["title"]]


def _abbreviation(match: re.Match[str]) -> str:
    return _SHORT[match["short"] + "."] + _stop(match)


def _part(match: re.Match[str]) -> str:
    return " ".join(part for part in (_PARTS[match["part"]], grouped(match["number"]), match["letter"]) if part)


def _room(match: re.Match[str]) -> str:
    return f"{match['what']} {grouped(match['number'])}"


def _code(match: re.Match[str]) -> str:
    return f"{match['what']} {digits(match['number'])}"


def _telephone(match: re.Match[str]) -> str:
    groups = (digits(group) for group in re.findall("[0-9]+", match[0]))
    return ("plus " if match[0].startswith("+") else "") + ", ".join(groups)


def _long(match: re.Match[str]) -> str:
    return match[0] if match[0].endswith("000") else digits(match[0])


def _flight(match: re.Match[str]) -> str:
    return f"{' '.join(match['letters'])} {grouped(match['number'])}"


def _ruler(match: re.Match[str]) -> str:
    return f"{match['name']} the {ordinal(roman(match['number']))}" if is_roman(match["number"]) else match[0]


def _numbered(match: re.Match[str]) -> str:
    return f"{match['what']} {cardinal(roman(match['number']))}" if is_roman(match["number"]) else match[0]


def _century(match: re.Match[str]) -> str:
    return f"{ordinal(roman(match['number']))} century" if is_roman(match["number"]) else match[0]


def _ordinal(match: re.Match[str]) -> str:
    return ordinal(int(match["number"])) if len(match["number"]) <= 16 else digits(match["number"])


def _version(match: re.Match[str]) -> str:
    return " point ".join(number_words(number) for number in match[0].split("."))


MARKS: tuple[Rule, ...] = (
    (re.compile(r"\[([^\[\]\n]{1,200})\]\(https?://[^()\s]{1,500}\)"), lambda match: match[1]),
    (re.compile(r"^[ \t]*(?:(?:#{1,6}|[*\u2022-])[ \t]+)+", re.MULTILINE), always("")),
    (re.compile(r"\*\*|`|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)"), always("")),
)
"""Markdown, which language models write; nobody says its signs."""

NAMES: tuple[Rule, ...] = (
    (
        re.compile(
            rf"\b(?P<house>[0-9]{{1,5}})(?P<letter>[A-Z])? (?:(?P<way>{'|'.join(_WAYS)})\.? )?"
            rf"(?P<name>(?:{_NAME}|{_NTH})(?: {_NAME}){{0,2}}?) {_ANY_KIND}"
        ),
        _address,
    ),
    # "Elm Dr." but not "Ask Dr. Smith": a title has a name behind it.
    (re.compile(rf"\b{_NO_STREET}(?P<name>{_NAME}|{_NTH}) {_KIND}(?! [A-Z])"), _street),
    (re.compile(rf"\b(?P<title>{'|'.join(_TITLES)})\b\.?(?= [A-Z])"), _title),
    (re.compile(r"\b(?P<title>Dr|Mr|Mrs)\.(?= )"), _title),
    (
        re.compile(rf"(?<![\w.])(?P<short>{'|'.join(re.escape(short[:-1]) for short in _SHORT)})(?P<stop>\.)"),
        _abbreviation,
    ),
    (re.compile(rf"\b(?P<part>{'|'.join(_PARTS)})\b\.? ?(?P<number>[0-9]{{1,4}})(?P<letter>[A-Z])?\b"), _part),
    (re.compile(rf"\b(?P<what>{_STATES}) (?P<number>[0-9]{{5}}(?:-[0-9]{{4}})?)\b"), _code),
    (re.compile(rf"\b(?P<what>(?i:{_ROOMS})) (?P<number>[0-9]{{3,4}}){_WHOLE}"), _room),
    (re.compile(rf"\b(?P<what>(?i:{_CODES})(?: is|:)?) (?P<number>[0-9]{{3,12}}){_WHOLE}"), _code),
    (
        re.compile(
            r"\b(?P<what>(?i:call|dial|phone|ring|text)) (?P<number>[0-9]{3,6})"
            r"(?=[.!?,;]?$|[.!?,;] | (?:now|for|if|immediately|and|or|at|from|on)\b)"
        ),
        _code,
    ),
    # Telephone numbers: with a plus, with an area code in front, or in groups as people write them.
    (
        re.compile(
            r"\+[0-9](?:[ ().-]{0,2}[0-9]){6,14}|\([0-9]{3}\) ?[0-9]{3}-[0-9]{4}"
            r"|(?<![0-9.,-])[0-9]{3}([-. ])[0-9]{3}\1[0-9]{4}(?![0-9])|(?<![0-9.,-])[0-9]{3}-[0-9]{4}(?![0-9-])"
            r"|(?<![0-9.,-])0[0-9]{2,5}[ /-][0-9]{4,}|(?<![0-9.,-])[0-9]+(?:-[0-9]+){2,}(?![0-9])"
        ),
        _telephone,
    ),
    (re.compile(r"(?<![0-9.,])[0-9]{10,}(?![.,]?[0-9])"), _long),
    (re.compile(r"\b(?P<letters>[A-Z]{1,2})(?P<number>[0-9]{3,4})\b(?![.,:/-][0-9])"), _flight),
    (re.compile(r"(?:\bNo\.|#|\u2116) ?(?=[0-9])"), always("number ")),
    (re.compile(r"\b[vV]\.?(?=[0-9])"), always("version ")),
    (re.compile(r"\bca\. ?(?=[0-9])"), always("about ")),
    (re.compile(r"\bp\. ?(?=[0-9])"), always("page ")),
    (re.compile(r"\b24/7\b"), always("twenty-four seven")),
    (re.compile(r"(?<=\w) ?& ?(?=\w)"), always(" and ")),
    (re.compile(r"(?<=\s)@(?=\s)"), always("at")),
    (re.compile(r"\bWorld War I\b"), always("World War one")),
    (re.compile(rf"\b(?P<what>{_NUMBERED}) {_ROMAN}"), _numbered),
    (re.compile(rf"\b(?P<name>{_RULERS}) {_ROMAN}"), _ruler),
    (re.compile(r"\b(?P<number>[IVX]{1,7})(?:th)? century\b"), _century),
)

NUMBERS: tuple[Rule, ...] = (
    (re.compile(r"(?<![0-9.,])(?P<number>[0-9]+)(?:st|nd|rd|th)\b"), _ordinal),
    (re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+){2,}"), _version),
)
"""Before measures and bare numbers."""
