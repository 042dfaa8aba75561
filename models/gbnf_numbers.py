"""Writes sets of decimal numbers as GBNF expressions, so that a number out of bounds cannot be written at all."""

from __future__ import annotations

_FRACTION = '"." [0-9]{1,3}'


def either(choices: list[str]) -> str:
    """Write a choice."""
    return choices[0] if len(choices) == 1 else f"({' | '.join(choices)})"


def integers(low: int, high: int) -> str:
    """Write the decimal numbers from `low` to `high`, both included, as a GBNF expression."""
    choices = []
    if low < 0:
        choices.append(f'"-" {_naturals(max(1, -high), -low)}')
    if high >= 0:
        choices.append(_naturals(max(0, low), high))
    return either(choices)


def numbers(low: int, high: int) -> str:
    """Write the numbers from `low` to `high` with up to three decimals."""
    choices = []
    if low < 0:
        choices.append(f'"-" {_fractions(max(0, -high), -low)}')
    if high >= 0:
        choices.append(_fractions(max(0, low), high))
    return either(choices)


def _fractions(low: int, high: int) -> str:
    whole = _naturals(low, high)
    return f"({whole} | {_naturals(low, high - 1)} {_FRACTION})" if low < high else whole


def _naturals(low: int, high: int) -> str:
    choices = []
    for digits in range(len(str(low)), len(str(high)) + 1):
        first = max(low, 10 ** (digits - 1) if digits > 1 else 0)
        choices.append(_same_length(str(first), str(min(high, 10**digits - 1))))
    return either(choices)


def _same_length(low: str, high: str) -> str:
    """Write the digit strings from `low` to `high`, which have as many digits."""
    rest = len(low) - 1
    if rest == 0:
        return f"[{low}-{high}]"
    nines, zeros = "9" * rest, "0" * rest
    if low[0] == high[0]:
        return f'"{low[0]}" {_same_length(low[1:], high[1:])}'
    if low[1:] == zeros and high[1:] == nines:
        return f"[{low[0]}-{high[0]}] {_any_digits(rest)}"
    choices = [f'"{low[0]}" {_same_length(low[1:], nines)}', f'"{high[0]}" {_same_length(zeros, high[1:])}']
    if int(high[0]) - int(low[0]) > 1:
        choices.append(f"[{int(low[0]) + 1}-{int(high[0]) - 1}] {_any_digits(rest)}")
    return either(choices)


def _any_digits(count: int) -> str:
    return "[0-9]" if count == 1 else f"[0-9]{{{count}}}"
