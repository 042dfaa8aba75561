"""Says numbers in English words. The words come from Unicode's CLDR, through unicode-rbnf."""

from __future__ import annotations

import functools
import re

from unicode_rbnf import FormatPurpose, RbnfEngine

NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
"""A regular expression for a number as people write it: 7, 1,234 or 3.14."""
LARGEST = 10**15
"""Numbers from here on are read digit by digit: nobody understands quadrillions."""
_DECADES = ("", "", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
_PARTS = {2: "half", 4: "quarter"}


def number_words(number: str) -> str:
    """Say a number written as "1,234", "007" or "3.14"."""
    whole, _, part = number.replace(",", "").partition(".")
    if (len(whole) > 1 and whole.startswith("0")) or int(whole[:20] or "0") >= LARGEST:
        words = digits(whole)
    else:
        words = cardinal(int(whole))
    return f"{words} point {digits(part)}" if part else words


def cardinal(number: int) -> str:
    """Say how many: 105 is "one hundred five"."""
    return _say(number, FormatPurpose.CARDINAL)


def ordinal(number: int) -> str:
    """Say which one: "twenty-second"; a number that nobody understands, digit by digit."""
    return _say(number, FormatPurpose.ORDINAL) if number < LARGEST else digits(str(number))


def year(number: int) -> str:
    """Say a year: "nineteen ninety-nine", "two thousand five"."""
    return _say(number, FormatPurpose.YEAR)


def decade(number: int) -> str:
    """Say a decade: 1990 is "nineteen nineties", 90 is "nineties", 2000 is "two thousands"."""
    century, tens = divmod(number // 10, 10)
    if not tens:
        return year(number) + ("s" if century else "")
    words = _DECADES[tens] if tens > 1 else "tens"
    return f"{cardinal(century)} {words}" if century else words


def digits(text: str) -> str:
    """Say the digits of a text one by one."""
    return " ".join(cardinal(int(digit)) for digit in text if digit.isdigit())


def grouped(text: str) -> str:
    """Say a number that only names: room 101 is "one oh one", 1428 "fourteen twenty-eight", 90210 digit by digit."""
    if len(text) < 3 or len(text) > 4 or text.startswith("0"):
        return cardinal(int(text)) if len(text) < 3 else digits(text)
    head, tail = int(text[:-2]), int(text[-2:])
    if not tail:
        return cardinal(int(text)) if head % 10 == 0 else f"{cardinal(head)} hundred"
    return f"{cardinal(head)} {'oh ' if tail < 10 else ''}{cardinal(tail)}"


def fraction(above: int, below: int) -> str:
    """Say a fraction: "two thirds", "one half"."""
    part = _PARTS.get(below) or ordinal(below)
    if above != 1:
        part = "halves" if part == "half" else f"{part}s"
    return f"{cardinal(above)} {part}"


def is_roman(text: str) -> bool:
    """Say whether a text is a well-formed Roman number below forty."""
    return re.fullmatch(r"(?=.)X{0,3}(?:IX|IV|V?I{0,3})", text) is not None


def roman(text: str) -> int:
    """Read a Roman number below forty."""
    worth = {"I": 1, "V": 5, "X": 10}
    values = [worth[letter] for letter in text]
    return sum(
        -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
    )


@functools.cache
def _english() -> RbnfEngine:
    return RbnfEngine.for_language("en")  # Reads an XML file: some 30 ms, once.


def _say(number: int, purpose: FormatPurpose) -> str:
    return _english().format_number(number, purpose).text
