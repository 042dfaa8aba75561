"""Writes and reads numbers in Chinese characters: 25 is 二十五, and 两 is 2 as well."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

_DIGITS = "零一二三四五六七八九"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)} | {"〇": 0, "两": 2, "幺": 1}  # noqa: RUF001  # a Chinese zero
_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"万": 10**4, "亿": 10**8}
_LARGEST = 10**12
"""From here on digit by digit: nobody follows more by ear."""
CHARACTERS = "".join(_VALUES) + "".join(_TENS) + "".join(_SCALES)
"""All that numbers are written with, besides the point."""
NUMBER = rf"(?:负)?[{CHARACTERS}\d]+(?:[点.][{_DIGITS}〇\d]+)?"  # noqa: RUF001
"""A regular expression for what may be a number."""


def numeral(value: int) -> str:
    """Write a whole number: 105 is 一百零五."""
    if value < 0:
        return f"负{numeral(-value)}"
    if value >= _LARGEST:
        return one_by_one(str(value))
    words = _whole(value)
    return words.removeprefix("一") if 10 <= value < 20 or words.startswith("一十") else words


def counted(value: int) -> str:
    """Write a number before a measure word: two is 两 there."""
    return "两" if value == 2 else numeral(value)


def one_by_one(digits: str) -> str:
    """Write digits as they stand, zeros and all, for years and telephone numbers."""
    return "".join(_DIGITS[int(letter)] if letter.isascii() and letter.isdigit() else letter for letter in digits)


def decimal(value: Decimal) -> str:
    """Write a number with its decimals: 3.05 is 三点零五."""
    whole, _, decimals = f"{abs(value):f}".partition(".")
    words = numeral(int(whole))
    if decimals := decimals.rstrip("0"):
        words += f"点{one_by_one(decimals)}"
    return f"负{words}" if value < 0 else words


def read_number(text: str) -> Fraction | None:
    """Read a number written in characters, digits or both (3万); None when it is none."""
    if text.startswith("负"):
        unsigned = read_number(text[1:])
        return None if unsigned is None else -unsigned
    whole, _, decimals = text.replace("点", ".").partition(".")
    value = read_numeral(whole)
    if value is None or "." in decimals or (not decimals and text != whole):
        return None
    if not decimals:
        return Fraction(value)
    digits = "".join(str(_VALUES.get(letter, letter)) for letter in decimals)
    return Fraction(f"{value}.{digits}") if re.fullmatch(r"[0-9]+", digits) else None


def read_numeral(text: str) -> int | None:
    """Read a whole number: 一百零五, 一百五 (150), 二零二六, 3万."""
    if not text or not re.fullmatch(rf"[{CHARACTERS}0-9]+", text):
        return None
    if not any(letter in _TENS or letter in _SCALES for letter in text):
        return int("".join(str(_VALUES.get(letter, letter)) for letter in text))
    return _with_scales(text)


def _with_scales(text: str) -> int | None:
    for scale, worth in reversed(_SCALES.items()):
        above, found, below = text.rpartition(scale)
        if found:
            high, low = read_numeral(above), _rest(below, worth) if below else 0
            return None if high is None or low is None or low >= worth else high * worth + low
    return _group(text)


def _rest(text: str, worth: int) -> int | None:
    """Read what follows 万 or 亿; a lone digit counts in tenths of it: 三万五 is 35,000."""
    if len(text) == 1 and text in _VALUES and _VALUES[text]:
        return _VALUES[text] * worth // 10
    return read_numeral(text.lstrip("零〇") or "零")


def _group(text: str) -> int | None:
    """Read a number under ten thousand."""
    total, digits, unit, after_zero = 0, "", 10_000, False
    for letter in text:
        if letter in _TENS:
            if _TENS[letter] >= unit or (not digits and letter != "十"):
                return None
            unit = _TENS[letter]
            total, digits, after_zero = total + int(digits or 1) * unit, "", False
        elif _VALUES.get(letter) == 0 and not digits:
            after_zero = True
        else:
            digits += str(_VALUES.get(letter, letter))
    if len(digits) > 1 and unit < 10_000:
        return None
    last = int(digits or 0)
    # 一百五 is 150, 一百零五 is 105.
    return total + (last if after_zero or unit <= 10 else last * unit // 10)


def _whole(value: int) -> str:
    for scale, worth in reversed(_SCALES.items()):
        if value >= worth:
            above, below = divmod(value, worth)
            gap = "零" if 0 < below < worth // 10 else ""
            return _whole(above) + scale + (gap + _whole(below) if below else "")
    if value < 10:
        return _DIGITS[value]
    worth, unit = next((worth, unit) for unit, worth in reversed(_TENS.items()) if value >= worth)
    above, below = divmod(value, worth)
    gap = "零" if 0 < below < worth // 10 else ""
    return _DIGITS[above] + unit + (gap + _whole(below) if below else "")
