"""Converts between units as people ask for it: "how many inches in a foot", "five miles in kilometers".

What is asked is an amount (numbers with their units: "six feet two inches") and a unit to tell it in. The word between
them says which is which, and a number if the word does not: "inches in a foot" has it after, "a foot in inches" before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from edge.chinese_sums import HAN, conversion_in_english
from edge.spoken_number import read_number
from edge.units import CURRENCIES, Unit, units

LARGEST = 10**15
"""Amounts and answers from here on are refused: nobody can follow so many digits by ear."""
_LONGEST = 600
"""Letters of a question."""
_BETWEEN = ("in", "into", "to", "as", "is", "are", "equals", "equal", "make", "makes")
_LEAD_IN = """what what's is are how many much convert change turn calculate tell me please can could you do does give
the equal equals hey and so okay there go fit i get which of number for"""
_LEAD_OUT = "is are there equal equals make makes please be i get do have has"
_UNITS = units()
_LONGEST_NAME = max(len(name.split()) for name in _UNITS)
_UNSAID = {"foot": "inches"}
"""The unit of a last number that was said with none: "five foot eleven"."""


class NotConverted(Exception):
    """The words ask for no conversion, or for one that cannot be done."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
        """The phrase that says why: "convert.not_understood", "convert.money", "convert.kinds", "convert.too_large"."""


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount, and the same in another unit."""

    amount: tuple[tuple[Fraction, Unit], ...]
    """As it was said: six feet, two inches."""
    answer: Fraction
    unit: Unit
    """Of the answer."""


@dataclass(frozen=True, slots=True)
class _Amount:
    """So much of something; each unit's name may still mean several."""

    parts: tuple[tuple[Fraction, tuple[Unit, ...]], ...]
    counted: bool
    """Whether a number or an article was said."""


def convert(question: str) -> Converted:
    """Answer the question. Raises NotConverted."""
    words = _words(conversion_in_english(question) if HAN.search(question) else question)
    for at, word in enumerate(words):
        if word in _BETWEEN:
            before, after = _trimmed(words[:at]), _trimmed(words[at + 1 :])
            if (found := _understood(before, after)) is not None:
                return _converted(*found)
            if _is_money(before) and _is_money(after):
                raise NotConverted("convert.money")
    raise NotConverted("convert.not_understood")


def asks_to_convert(text: str) -> bool:
    """Say whether the text asks for a conversion, one that can be done or not."""
    try:
        convert(text)
    except NotConverted as exc:
        return exc.key != "convert.not_understood"
    return True


def _words(question: str) -> list[str]:
    if len(question) > _LONGEST:
        return []
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", question.lower())
    text = text.replace("-", " minus " if re.search(r"(^|\s)-\d", text) else " ").replace("\u00b0", " degrees ")
    text = text.replace("/", " per ")
    # "5km" is two words.
    text = re.sub(r"(?<=\d)(?=[a-z])", " ", text)
    return re.sub(r"[^\w.']|\.(?!\d)", " ", text).split()


def _trimmed(words: Sequence[str]) -> Sequence[str]:
    lead_in, lead_out = _LEAD_IN.split(), _LEAD_OUT.split()
    begin = next((at for at, word in enumerate(words) if word not in lead_in), len(words))
    end = next((at for at in range(len(words), begin, -1) if words[at - 1] not in lead_out), begin)
    return words[begin:end]


def _understood(before: Sequence[str], after: Sequence[str]) -> tuple[_Amount, tuple[Unit, ...]] | None:
    one, other = _amount(before), _amount(after)
    if one is None or other is None:
        return None
    if other.counted and not one.counted:
        one, other = other, one
    # Two amounts, or none: nothing says what is asked.
    if other.counted or not one.counted:
        return None
    return one, other.parts[0][1]


def _amount(words: Sequence[str]) -> _Amount | None:
    """Read "five miles", "a foot", "six feet two inches", "a mile and a half", or a bare unit; all of the words."""
    parts: list[tuple[Fraction, tuple[Unit, ...]]] = []
    at, counted = 0, False
    while at < len(words):
        at += bool(parts) and words[at] == "and"
        number, at, said = _counted(words, at)
        named = _unit(words, at) or (_unsaid(parts, at) if at == len(words) else None)
        if named is None or (parts and not said):
            return None
        meant, at = named
        if words[at : at + 2] == ["and", "a"] and (more := read_number(words, at + 1)) and more[1] == len(words):
            number, at = number + more[0], more[1]
        parts.append((number, meant))
        counted = counted or said
    return _Amount(tuple(parts), counted) if parts else None


def _counted(words: Sequence[str], at: int) -> tuple[Fraction, int, bool]:
    """Read how many: a number, "half a", "a", or nothing, which is one."""
    if (read := read_number(words, at)) is not None:
        number, at = read
        if number.denominator != 1:
            at += words[at : at + 1] in (["a"], ["an"], ["of"])
            at += words[at - 1 : at + 1] in (["of", "a"], ["of", "an"])
        return number, at, True
    if words[at : at + 1] in (["a"], ["an"]):
        return Fraction(1), at + 1, True
    return Fraction(1), at, False


def _unit(words: Sequence[str], at: int) -> tuple[tuple[Unit, ...], int] | None:
    """Read the longest name of a unit."""
    for length in range(_LONGEST_NAME, 0, -1):
        if (found := _UNITS.get(" ".join(words[at : at + length]))) is not None:
            return found, at + min(length, len(words) - at)
    return None


def _unsaid(parts: Sequence[tuple[Fraction, tuple[Unit, ...]]], at: int) -> tuple[tuple[Unit, ...], int] | None:
    last = parts[-1][1][0].one if parts else ""
    return (_UNITS[_UNSAID[last]], at) if last in _UNSAID else None


def _is_money(words: Sequence[str]) -> bool:
    return bool(words) and words[-1] in CURRENCIES


def _converted(amount: _Amount, targets: Sequence[Unit]) -> Converted:
    """Choose what ambiguous names mean: units of one kind, but not the same."""
    for target in targets:
        for unit in amount.parts[0][1]:
            parts = _all_of(amount, unit)
            if unit.kind == target.kind and parts and (unit != target or len(amount.parts[0][1]) == 1):
                total = sum((number * part.worth for number, part in parts), unit.zero)
                answer = (total - target.zero) / target.worth
                if max(abs(answer), abs(parts[0][0])) >= LARGEST:
                    raise NotConverted("convert.too_large")
                return Converted(parts, answer, target)
    raise NotConverted("convert.kinds")


def _all_of(amount: _Amount, first: Unit) -> tuple[tuple[Fraction, Unit], ...]:
    """Give the amount with every unit of the first one's kind; nothing when there is none."""
    alike = [(number, [unit for unit in meant if unit.kind == first.kind]) for number, meant in amount.parts[1:]]
    if not all(units_of_kind for _, units_of_kind in alike):
        return ()
    return (amount.parts[0][0], first), *((number, units_of_kind[0]) for number, units_of_kind in alike)
