"""Joins word trigrams into one, leaves rare n-grams out of one, and reads one from an ARPA file.

Each ends with n-grams whose probabilities are given and back-off weights that are not: those follow, because what the
seen words of a context leave over has to be what the other words get.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from models.ngram import BEGIN, Context, Trigram

_ORDERS = 3
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of a mixture is the other model's, each over 0 and under 1, by who knows the words before."""

    one_knows: float
    both_know: float
    other_knows: float

    def __post_init__(self) -> None:
        if not all(0 < share < 1 for share in (self.one_knows, self.both_know, self.other_knows)):
            raise ValueError(f"a share is over 0 and under 1: {self}")


def mix(one: Trigram, other: Trigram, shares: Shares) -> Trigram:
    """Interpolate context by context. The words are those of both.

    Who knows a context is the one to ask about it: at the same cost for the sentences of the other, that takes half
    as much from each model's own as one share for all contexts. Adding up counts would let the model of
    more sentences outvote the other.
    """
    orders: list[dict[Context, float]] = []
    for first, second in zip(one.orders, other.orders, strict=True):
        grams = {**first, **second}
        orders.append({gram: _mixed(one, other, shares, gram) for gram in grams})
    return _backed_off(orders)


def _mixed(one: Trigram, other: Trigram, shares: Shares, gram: Context) -> float:
    *context, word = gram
    share = _share(shares, tuple(context), one, other)
    return (1 - share) * one.probability(word, context) + share * other.probability(word, context)


def _share(shares: Shares, context: Context, one: Trigram, other: Trigram) -> float:
    if not context or (context in one.backoff and context in other.backoff):
        return shares.both_know
    return shares.one_knows if context in one.backoff else shares.other_knows


def without(model: Trigram, rare: Container[Context]) -> Trigram:
    """Leave n-grams out; their words are then as likely as the shorter context makes them.

    A word that is left out is not in the model any more. Where an n-gram stays, the n-gram without its last word and
    the one without its first word must stay too.
    """
    return _backed_off([{gram: p for gram, p in order.items() if gram not in rare} for order in model.orders])


def read_arpa(lines: Iterable[str]) -> Trigram:
    """Read what `Trigram.arpa` yields, with any number of decimals. Raises ValueError for anything else."""
    orders: list[dict[Context, float]] = [{} for _ in range(_ORDERS)]
    order = 0
    for line in lines:
        line = line.strip()
        if line.startswith("\\"):
            order = int(line[1]) if line.endswith("-grams:") else 0
        elif line and order:
            log10, *words = line.split()[: order + 1]
            if len(words) != order:
                raise ValueError(f"{line!r} is no {order}-gram")
            if words != [BEGIN]:
                orders[order - 1][tuple(words)] = 10 ** float(log10)
    if not all(orders):
        raise ValueError("no trigram in the ARPA format")
    return _backed_off(orders)


def _backed_off(orders: list[dict[Context, float]]) -> Trigram:
    """Give each context the weight that makes its probabilities sum to 1, shortest contexts first."""
    some, two, three = orders
    total = sum(some.values())
    one = {gram: chance / total for gram, chance in some.items()}
    shorter = Trigram((one, {}, {}), {})
    shorter = Trigram((one, two, {}), _weights(two, shorter))
    return Trigram((one, two, three), {**shorter.backoff, **_weights(three, shorter)})


def _weights(grams: Mapping[Context, float], shorter: Trigram) -> dict[Context, float]:
    seen: dict[Context, float] = defaultdict(float)
    lower: dict[Context, float] = defaultdict(float)
    for gram, chance in grams.items():
        *context, word = gram
        seen[tuple(context)] += chance
        lower[tuple(context)] += shorter.probability(word, context[1:])
    return {context: _weight(1 - seen[context], 1 - lower[context]) for context in seen}


def _weight(left: float, lower_left: float) -> float:
    """Give what scales the shorter context's probabilities of unseen words to what is left for them.

    Where every word was seen there are none, and what is left of either is but rounding.
    """
    return max(0.0, left) / lower_left if lower_left > _ROUNDING else 1.0
