"""Reckons sums as people say them: "what is fifteen percent of eighty", "seven plus eight divided by two".

    sum      = product { (plus | minus) (percent | product) }      eighty plus fifteen percent is 92
    product  = power { (times | divided by) power }                first, as at school
    power    = value { squared | cubed | to the power of value }
    value    = number | number percent | ( sum ) | part of power | the sum of sum and sum | ...

Arithmetic is exact; only roots are rounded. A sum that is understood in part is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from edge.chinese_sums import HAN, sum_in_english
from edge.exact import NoSum, divide, power, root
from edge.spoken_number import read_number

LARGEST = 10**15
"""Results from here on are refused: nobody can follow so many digits by ear."""
_LONGEST = 600
"""Letters of a question."""

_SIGNS = {
    "+": "plus",
    "-": "minus",
    "\u2212": "minus",
    "*": "times",
    "\u00d7": "times",
    "/": "divided by",
    "\u00f7": "divided by",
    "^": "to the power of",
    "\u221a": "square root of",
    "%": "percent",
    "(": "(",
    ")": ")",
}
_LEAD_IN = """what what's is are how much calculate compute work out tell me please can could you find give the answer
to result of for hey and so okay value do does makes"""
_LEAD_OUT = "is equal equals make makes what to give please be"
"""Words before and after a sum; what else stands there may be a part of it that was not understood."""
_POWERS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9}
_POWERS |= {"tenth": 10}
_NO_DEED = frozenset({"the", "(", ")", "percent", "per"})
"""Words that alone make no sum of a number."""
_PARTS = {"twice": Fraction(2), "double": Fraction(2), "triple": Fraction(3)}


def reckon(question: str) -> Fraction:
    """Give the answer, nearer to zero than LARGEST. Raises NoSum."""
    words = _words(sum_in_english(question) if HAN.search(question) else question)
    reckoner = _Reckoner(words)
    answer = reckoner.sum()
    if not reckoner.reckoned or reckoner.at < len(words):
        raise NoSum("sums.not_understood")
    if abs(answer) >= LARGEST:
        raise NoSum("sums.too_large")
    return answer


def is_sum(text: str) -> bool:
    """Say whether the text is a sum, with an answer or without one."""
    try:
        reckon(text)
    except NoSum as exc:
        return exc.key != "sums.not_understood"
    return True


def _words(question: str) -> list[str]:
    """Give the words of the sum alone, signs spelled out. Raises NoSum."""
    if len(question) > _LONGEST:
        raise NoSum("sums.not_understood")
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", question.lower())
    text = re.sub(r"(?<=\d)\s*x\s*(?=\d)", " times ", text)
    # "twenty-one" is one number, every other stroke a minus.
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)
    text = "".join(f" {_SIGNS[letter]} " if letter in _SIGNS else letter for letter in text)
    words = re.sub(r"[^\w.'()]|\.(?!\d)", " ", text).split()
    lead_in, lead_out = _LEAD_IN.split(), _LEAD_OUT.split()
    begin = next((at for at, word in enumerate(words) if word not in lead_in), len(words))
    end = next((at for at in range(len(words), begin, -1) if words[at - 1] not in lead_out), begin)
    return words[begin:end]


class _Reckoner:
    """Reads the words once, from left to right. Every method raises NoSum."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self.at = 0
        self.reckoned = False
        """Whether anything was reckoned: a number alone is no sum."""

    def sum(self) -> Fraction:
        total = self._product()
        while True:
            if self._take("plus") or self._take("added", "to"):
                total = total + self._added(total)
            elif self._take("minus") or self._take("less") or self._take("take", "away"):
                total = total - self._added(total)
            else:
                return total

    def _added(self, total: Fraction) -> Fraction:
        """Read what is added or taken; a bare percentage is one of the total, as for a tip or a tax."""
        before = self.at
        if (share := self._number()) is not None and self._percent() and not self._next_is("of", "off", "times"):
            return total * share / 100
        self.at = before
        return self._product()

    def _product(self) -> Fraction:
        product = self._power()
        while True:
            if self._take("times") or self._take("multiplied", "by"):
                product *= self._power()
            elif self._take("divided", "by") or self._take("over"):
                product = divide(product, self._power())
            else:
                return product

    def _power(self) -> Fraction:
        base = self._value()
        while True:
            if self._take("squared"):
                base = power(base, Fraction(2))
            elif self._take("cubed"):
                base = power(base, Fraction(3))
            elif self._take("to", "the", "power", "of") or self._take("to", "the", "power"):
                base = power(base, self._value())
            elif self._next_is("to") and (exponent := self._ordinal_power()):
                base = power(base, Fraction(exponent))
            else:
                return base

    def _value(self) -> Fraction:
        self._take("the")
        if self._take("("):
            inside = self.sum()
            self._expect(")")
            return inside
        if (number := self._number()) is not None:
            return self._part(number)
        for words, degree in ((("square", "root"), 2), (("root",), 2), (("cube", "root"), 3)):
            if self._take(*words):
                self._expect("of")
                return root(self._power(), degree)
        if (part := _PARTS.get(self._peek())) is not None:
            self._take(self._peek())
            return part * self._power()
        return self._said_first()

    def _part(self, number: Fraction) -> Fraction:
        """Go on after a number: "percent of", "percent off", and "of" after a half or two thirds."""
        if self._percent():
            if self._take("of"):
                return number / 100 * self._power()
            if self._take("off"):
                return (1 - number / 100) * self._power()
            return number / 100
        if number.denominator != 1 and self._take("of"):
            return number * self._power()
        return number

    def _said_first(self) -> Fraction:
        """Read what begins with what to do: "the sum of two and three", "divide ten by four"."""
        forms: tuple[tuple[tuple[str, ...], tuple[str, ...], Callable[[Fraction, Fraction], Fraction]], ...] = (
            (("sum", "of"), ("and",), lambda one, other: one + other),
            (("difference", "between"), ("and",), lambda one, other: abs(one - other)),
            (("product", "of"), ("and",), lambda one, other: one * other),
            (("add",), ("and", "to"), lambda one, other: one + other),
            (("subtract",), ("from",), lambda one, other: other - one),
            (("multiply",), ("by", "and", "with"), lambda one, other: one * other),
            (("divide",), ("by",), divide),
        )
        for begin, between, reckon_both in forms:
            if self._take(*begin):
                one = self.sum()
                self._expect(*between)
                return reckon_both(one, self.sum())
        raise NoSum("sums.not_understood")

    def _number(self) -> Fraction | None:
        read = read_number(self._words, self.at)
        if read is None:
            return None
        number, self.at = read
        return number

    def _percent(self) -> bool:
        return self._take("percent") or self._take("per", "cent")

    def _ordinal_power(self) -> int | None:
        """Take "to the third power", "to the fourth"."""
        exponent = _POWERS.get(self._words[self.at + 2]) if self._words[self.at + 2 :] else None
        if exponent is None or not self._take("to", "the"):
            return None
        self.at += 1
        self._take("power")
        return exponent

    def _take(self, *words: str) -> bool:
        if self._words[self.at : self.at + len(words)] != list(words):
            return False
        self.at += len(words)
        self.reckoned = self.reckoned or words[0] not in _NO_DEED
        return True

    def _expect(self, *one_of: str) -> None:
        if not any(self._take(word) for word in one_of):
            raise NoSum("sums.not_understood")

    def _next_is(self, *words: str) -> bool:
        return self._peek() in words

    def _peek(self) -> str:
        return self._words[self.at] if self.at < len(self._words) else ""
