"""Divides, raises and takes roots of fractions; what has no answer, or an endless one, says so."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

_LARGEST_POWER_BITS = 400
"""Steps on the way may be larger than results, but not so large that reckoning takes time."""
_LARGEST_ROOT = 10**60
_ROOT_DIGITS = 40
"""Digits of a root that does not come out even."""


class NoSum(Exception):
    """The words are no sum, or one without an answer."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
        """The phrase that says why: "sums.not_understood", "sums.zero", "sums.root" or "sums.too_large"."""


def divide(one: Fraction, other: Fraction) -> Fraction:
    """Divide. Raises NoSum."""
    if other == 0:
        raise NoSum("sums.zero")
    return one / other


def power(base: Fraction, exponent: Fraction) -> Fraction:
    """Raise to a whole power, or to a half, which is the square root. Raises NoSum."""
    if exponent == Fraction(1, 2):
        return root(base, 2)
    if exponent.denominator != 1:
        raise NoSum("sums.not_understood")
    if base == 0 and exponent < 0:
        raise NoSum("sums.zero")
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if size * abs(exponent) > _LARGEST_POWER_BITS and base not in (0, 1, -1):
        raise NoSum("sums.too_large")
    return base**exponent.numerator


def root(value: Fraction, degree: int) -> Fraction:
    """Give the square or cube root, exact if there is an exact one. Raises NoSum."""
    if value < 0:
        raise NoSum("sums.root")
    if value > _LARGEST_ROOT:
        raise NoSum("sums.too_large")
    with localcontext() as context:
        context.prec = _ROOT_DIGITS
        above, below = (_root(Decimal(part), degree) for part in (value.numerator, value.denominator))
        even = Fraction(round(above), round(below))
        return even if even**degree == value else Fraction(above / below)


def _root(value: Decimal, degree: int) -> Decimal:
    return value.sqrt() if degree == 2 else value ** (1 / Decimal(degree))
