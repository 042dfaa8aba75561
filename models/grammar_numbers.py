"""Grammars of sets of decimal numbers, so that a number out of bounds cannot be written at all."""

from __future__ import annotations

from models.grammar import Repeat, Rule, chain, either, span

_FRACTION = chain(".", Repeat(span("0", "9"), 1, 3))


def integers(low: int, high: int) -> Rule:
    """Give the decimal numbers from `low` to `high`, both included."""
    choices = []
    if low < 0:
        choices.append(chain("-", _naturals(max(1, -high), -low)))
    if high >= 0:
        choices.append(_naturals(max(0, low), high))
    return either(*choices)


def numbers(low: int, high: int) -> Rule:
    """Give the numbers from `low` to `high` with up to three decimals."""
    choices = []
    if low < 0:
        choices.append(chain("-", _fractions(max(0, -high), -low)))
    if high >= 0:
        choices.append(_fractions(max(0, low), high))
    return either(*choices)


def _fractions(low: int, high: int) -> Rule:
    whole = _naturals(low, high)
    return either(whole, chain(_naturals(low, high - 1), _FRACTION)) if low < high else whole


def _naturals(low: int, high: int) -> Rule:
    choices = []
    for digits in range(len(str(low)), len(str(high)) + 1):
        first = max(low, 10 ** (digits - 1) if digits > 1 else 0)
        choices.append(_same_length(str(first), str(min(high, 10**digits - 1))))
    return either(*choices)


def _same_length(low: str, high: str) -> Rule:
    """Give the digit strings from `low` to `high`, which have as many digits."""
    rest = len(low) - 1
    if rest == 0:
        return span(low, high)
    nines, zeros = "9" * rest, "0" * rest
    if low[0] == high[0]:
        return chain(low[0], _same_length(low[1:], high[1:]))
    if low[1:] == zeros and high[1:] == nines:
        return chain(span(low[0], high[0]), _any_digits(rest))
    choices = [chain(low[0], _same_length(low[1:], nines)), chain(high[0], _same_length(zeros, high[1:]))]
    if int(high[0]) - int(low[0]) > 1:
        between = span(str(int(low[0]) + 1), str(int(high[0]) - 1))
        choices.append(chain(between, _any_digits(rest)))
    return either(*choices)


def _any_digits(count: int) -> Rule:
    return Repeat(span("0", "9"), count, count)
