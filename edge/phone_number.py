"""Reads a telephone number from words or digits."""

from __future__ import annotations

_DIGITS = {"zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_DIGITS |= {"six": "6", "seven": "7", "eight": "8", "nine": "9"}
_HAN = {"零": "0", "一": "1", "幺": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5", "六": "6"}
_HAN |= {"\u3007": "0", "七": "7", "八": "8", "九": "9", "加": "+"}
"""Chinese says digits without spaces, and 幺 for one."""
_TEENS = {"ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15"}
_TEENS |= {"sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19"}
_TENS = {"twenty": "2", "thirty": "3", "forty": "4", "fifty": "5", "sixty": "6", "seventy": "7", "eighty": "8"}
_TENS |= {"ninety": "9"}
_TIMES = {"double": 2, "triple": 3}
LEAST, MOST = 3, 15
"""Digits in a number: an emergency number has 3, E.164 allows 15."""


def phone_number(said: str) -> str | None:
    """Give the digits, with a leading plus if one was said; None when that is no number."""
    words = "".join(" " if letter in "-().,/" else _HAN.get(letter, letter) for letter in said.casefold()).split()
    plus = bool(words) and (words[0] == "plus" or words[0].startswith("+"))
    if plus:
        words[0] = words[0].removeprefix("plus").removeprefix("+")
    digits = _digits([word for word in words if word])
    if digits is None or not LEAST <= len(digits) <= MOST:
        return None
    return "+" + digits if plus else digits


def _digits(words: list[str]) -> str | None:
    found = ""
    index = 0
    while index < len(words):
        word, following = words[index], words[index + 1] if index + 1 < len(words) else ""
        index += 1
        unit = _DIGITS.get(following, "")
        if word in _TENS:
            # "fifty five" is 55, "fifty" alone is 50.
            taken = unit if unit not in ("", "0") else ""
            found += _TENS[word] + (taken or "0")
            index += bool(taken)
        elif word in _TIMES and unit:
            found += unit * _TIMES[word]
            index += 1
        elif word == "hundred" and found:
            found += "00"
        elif one := _DIGITS.get(word) or _TEENS.get(word) or (word if word.isascii() and word.isdigit() else ""):
            found += one
        else:
            return None
    return found
