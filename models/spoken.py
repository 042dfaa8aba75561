"""Writes what is not words - numbers, times, dates, amounts, addresses - as words, so that every voice says it alike.

What is written is never asked about: any text gives a text, and no digit is left in it. The words for numbers come from
Unicode's CLDR; the rules around them are ours.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from models.spoken_amounts import AMOUNTS
from models.spoken_chinese import spoken_chinese
from models.spoken_links import ENGLISH_SIGNS, links
from models.spoken_names import MARKS, NAMES, NUMBERS
from models.spoken_numbers import number_words
from models.spoken_rules import rewrite
from models.spoken_times import TIMES

__all__ = ["number_words", "spoken", "spoken_chinese", "spoken_for"]

_FRACTIONS = {"½": "a half", "¼": "a quarter", "¾": "three quarters", "⅓": "a third", "⅔": "two thirds"}
_SIGNS = {"℃": "°C", "℉": "°F", "\N{MASCULINE ORDINAL INDICATOR}": "°"}
_RULES = (*MARKS, *links(ENGLISH_SIGNS), *TIMES, *NAMES, *NUMBERS, *AMOUNTS)


def spoken(text: str) -> str:
    """Give an English text with words for all that is written in digits and signs."""
    return rewrite(_plain_digits(text), _RULES)


def spoken_for(language: str) -> Callable[[str], str]:
    """Give the function for a language; for one that we have no rules for, one that leaves the text to its voice."""
    first = language.lower().replace("_", "-").partition("-")[0]
    return {"en": spoken, "zh": spoken_chinese, "cmn": spoken_chinese}.get(first, str)


def _plain_digits(text: str) -> str:
    """Write the digits of all scripts as 0 to 9, and fractions as words."""
    characters: list[str] = []
    for character in text:
        if character in _FRACTIONS:
            after_number = bool(characters) and characters[-1][-1:].isdigit()
            characters.append((" and " if after_number else "") + _FRACTIONS[character])
        elif character in _SIGNS:
            characters.append(_SIGNS[character])
        elif character.isdigit() and not character.isascii() and character not in "²³":
            gap = "" if character.isdecimal() else " "
            characters.append(f"{gap}{unicodedata.digit(character)}")
        else:
            characters.append(character)
    return "".join(characters)
