"""Reads numbers as people say them ("two and a half million", "3.5"), and says exact numbers in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from edge.spoken_time import number_words
from edge.time_words import number

Read = tuple[Fraction, int]
"""A number, and the position of the word after it."""

SPOKEN_DECIMALS = 4
"""Nobody keeps more digits after the point in mind by ear."""
SIGNIFICANT = 4
"""Digits of a rounded number; the whole part is always said in full."""
_PRECISE = 50
"""Digits to divide with: rounds what is said, never what is reckoned."""

_UNDER_20 = {number_words(n): n for n in range(20)} | {"nought": 0}
_TENS = {number_words(n): n for n in range(20, 100, 10)}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_DENOMINATORS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}
_DENOMINATORS |= {"ninth": 9, "tenth": 10, "hundredth": 100, "thousandth": 1000}
_PLURALS = {"halves": 2} | {f"{word}s": share for word, share in _DENOMINATORS.items() if word != "half"}
_DIGITS = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Said:
    """A number in words."""

    words: str
    exact: bool
    """Whether the words are the number itself, not a rounding of it."""


def in_words(value: Fraction) -> Said:
    """Say a number: exactly if it ends within four decimals, else rounded."""
    shown = rounded(value)
    whole, _, decimals = f"{abs(shown):f}".partition(".")
    words = number(int(whole))
    if decimals := decimals.rstrip("0"):
        words += f" point {' '.join(number(int(digit)) for digit in decimals)}"
    return Said(f"minus {words}" if shown < 0 else words, Fraction(shown) == value)


def rounded(value: Fraction) -> Decimal:
    """Give the number as it is said: itself if it ends within four decimals, else four significant digits."""
    with localcontext() as context:
        context.prec = _PRECISE
        decimal = Decimal(value.numerator) / Decimal(value.denominator)
        is_short = (value * 10**SPOKEN_DECIMALS).denominator == 1
        places = SPOKEN_DECIMALS if is_short else max(0, SIGNIFICANT - 1 - decimal.adjusted())
        return decimal.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def read_number(words: Sequence[str], at: int = 0) -> Read | None:
    """Read the number that begins at this position, as long as it goes; None when none begins there."""
    if _word(words, at) in ("minus", "negative"):
        unsigned = read_number(words, at + 1)
        return None if unsigned is None or unsigned[0] < 0 else (-unsigned[0], unsigned[1])
    read = _share(words, at) or _mixed(words, at)
    return None if read is None else _scaled(words, *read)


def _scaled(words: Sequence[str], value: Fraction, at: int) -> Read:
    """Take what multiplies a broken number: "two point five million", "half a million"."""
    after_article = at + (_word(words, at) == "a")
    if value.denominator != 1 and (scale := _SCALES.get(_word(words, after_article))):
        return value * scale, after_article + 1
    return value, at


def _share(words: Sequence[str], at: int) -> Read | None:
    """Read "half", "a third", "three quarters"; what may also be said for "one" is left to other words."""
    start = at + 1 if _word(words, at) in ("a", "an", "one") else at
    if (share := _DENOMINATORS.get(_word(words, start))) and (start > at or share == 2):
        return Fraction(1, share), start + 1
    count = _whole(words, at)
    if count and (share := _PLURALS.get(_word(words, count[1]))):
        return count[0] / share, count[1] + 1
    return None


def _mixed(words: Sequence[str], at: int) -> Read | None:
    """Read a whole number and what may follow it: "point five", "and a half"."""
    whole = _whole(words, at)
    if whole is None:
        return None
    value, after = whole
    if _word(words, after) == "point" and value.denominator == 1:
        digits, end = _decimals(words, after + 1)
        return (value + Fraction(f"0.{digits}"), end) if digits else whole
    if _word(words, after) == "and" and (share := _share(words, after + 1)) and share[0] < 1:
        return value + share[0], share[1]
    return whole


def _decimals(words: Sequence[str], at: int) -> tuple[str, int]:
    """Read the digits after "point": one by one, or as people say prices: "three point twenty five"."""
    digits = ""
    while word := _word(words, at):
        if word.isdecimal():
            digits += word
        elif word in _TENS:
            ones = _UNDER_20.get(_word(words, at + 1), 0)
            joined = 0 < ones < 10
            digits += str(_TENS[word] + (ones if joined else 0))
            at += joined
        elif word in _UNDER_20 or word == "oh":
            digits += str(_UNDER_20.get(word, 0))
        else:
            break
        at += 1
    return digits, at


def _whole(words: Sequence[str], at: int) -> Read | None:
    """Read a number as digits, or a whole one in words: "one hundred and five thousand"."""
    total, scale_before = Fraction(0), 10**15
    group: Fraction | None = None
    start = at
    if _word(words, at) in ("a", "an") and _word(words, at + 1) in ("hundred", "dozen", *_SCALES):
        group, at = Fraction(1), at + 1
    while word := _word(words, at):
        grown = _grown(group, word)
        if grown is not None:
            group = grown
        elif group and word in _SCALES and _SCALES[word] < scale_before:
            scale_before = _SCALES[word]
            total, group = total + group * scale_before, None
        elif not (word == "and" and _more_may_come(group, total) and _grown(group, _word(words, at + 1)) is not None):
            break
        at += 1
    return None if at == start else (total + (group or 0), at)


def _grown(group: Fraction | None, word: str) -> Fraction | None:
    """Give the number under a thousand that the word makes of the one so far; None when it does not go on."""
    if group is None:
        if _DIGITS.fullmatch(word):
            return Fraction(word)
        small = _UNDER_20.get(word, _TENS.get(word))
        return None if small is None else Fraction(small)
    if word == "hundred":
        return group * 100 if 0 < group < 100 else None
    if word == "dozen":
        return group * 12 if 0 < group < 100 else None
    small = _UNDER_20.get(word, _TENS.get(word, 0))
    fits = group % 100 == 0 if small >= 10 else group % 10 == 0 and group % 100 != 10
    return group + small if small and group and fits else None


def _more_may_come(group: Fraction | None, total: Fraction) -> bool:
    return group % 100 == 0 if group else total > 0


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""
