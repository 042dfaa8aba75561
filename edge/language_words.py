"""How a language says values: numbers, times, days, amounts and lists. It comes with the phrase book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from edge import chinese_number, chinese_words, spoken_number, time_words
from edge.language import known_language
from edge.spoken_number import Said
from edge.units import Unit


@dataclass(frozen=True, slots=True)
class Words:
    """The ways of one language."""

    number: Callable[[int], str]
    count: Callable[[int], str]
    """A number of things, before their name."""
    digits: Callable[[str], str]
    """A telephone number, digit by digit."""
    joined: Callable[[list[str]], str]
    """The parts of a list, inside a sentence."""
    duration: Callable[[float], str]
    """Seconds."""
    remaining: Callable[[float], str]
    """Seconds, no finer than is useful."""
    clock_time: Callable[[datetime], str]
    event_time: Callable[[datetime | None], str]
    """When on its day something is; None is all day."""
    full_date: Callable[[date], str]
    relative_day: Callable[[date, date], str]
    """A day as seen from another."""
    relative_moment: Callable[[datetime, datetime], str]
    """A moment as seen from another."""
    in_words: Callable[[Fraction], Said]
    measure: Callable[[Fraction, Unit], str]
    between_sentences: str
    """What stands between two sentences."""


def words_of(language: str) -> Words:
    """Give the ways of a language. Raises UnknownLanguage."""
    return {"en": ENGLISH, "zh-CN": CHINESE}[known_language(language)]


def _english_digits(phone: str) -> str:
    return " ".join(_english_digit(letter) for letter in phone)


def _english_digit(letter: str) -> str:
    if letter == "+":
        return "plus"
    return time_words.number(int(letter)) if letter.isascii() and letter.isdigit() else letter


def _english_measure(number: Fraction, unit: Unit) -> str:
    return f"{spoken_number.in_words(number).words} {unit.one if number == 1 else unit.many}"


ENGLISH = Words(
    time_words.number,
    time_words.number,
    _english_digits,
    time_words.joined,
    time_words.duration,
    time_words.remaining,
    time_words.clock_time,
    time_words.event_time,
    time_words.full_date,
    time_words.relative_day,
    time_words.relative_moment,
    spoken_number.in_words,
    _english_measure,
    " ",
)
CHINESE = Words(
    chinese_number.numeral,
    chinese_number.counted,
    chinese_words.digits,
    chinese_words.joined,
    chinese_words.duration,
    chinese_words.remaining,
    chinese_words.clock_time,
    chinese_words.event_time,
    chinese_words.full_date,
    chinese_words.relative_day,
    chinese_words.relative_moment,
    chinese_words.in_words,
    chinese_words.measure,
    "",
)
