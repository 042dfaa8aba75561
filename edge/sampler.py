"""Says one sentence of a template by chance, common ways and common values more often."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from hassil.expression import Alternative, Expression, Group, ListReference, RuleReference, Sentence, TextChunk

from edge.spoken_time import number_words

_OPTIONAL = 0.4
"""How often an optional part is said."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """What may fill a slot, with running totals of the weights for quick choice."""

    texts: tuple[str, ...]
    totals: tuple[float, ...]

    @classmethod
    def of(cls, name: str, texts: Sequence[str]) -> Phrases:
        """Weigh the texts of a list; a list without weights is even."""
        weigh = _WEIGHTS.get(name, {})
        return cls(tuple(texts), tuple(accumulate(weigh.get(text, 0.1 if weigh else 1.0) for text in texts)))

    def pick(self, dice: random.Random) -> str | None:
        """Give one, or None when there is none."""
        return dice.choices(self.texts, cum_weights=self.totals)[0] if self.texts else None


class Speaker:
    """Says one sentence of a template by throwing dice at every fork.

    hassil's own sampler lists every sentence of a template one after the other, times all times of day; a random walk
    over the same tree costs the same for every template.
    """

    def __init__(self, rules: Mapping[str, Sentence], phrases: Mapping[str, Phrases], dice: random.Random) -> None:
        self._rules = rules
        self._phrases = phrases
        self._dice = dice

    def say(self, sentence: Sentence) -> str:
        """Give a sentence, or nothing when a list on the way is empty."""
        pieces = self._walk(sentence.expression)
        return "" if pieces is None else " ".join(pieces.split())

    def _walk(self, expression: Expression) -> str | None:
        match expression:
            case TextChunk():
                return expression.text
            case RuleReference():
                return self._walk(self._rules[expression.rule_name].expression)
            case ListReference():
                return self._phrases[expression.list_name].pick(self._dice)
            case Alternative():
                return self._fork(expression)
            case Group():
                pieces = [self._walk(item) for item in expression.items]
                return None if None in pieces else "".join(piece or "" for piece in pieces)
        raise ValueError(f"no way to say {expression}")

    def _fork(self, fork: Alternative) -> str | None:
        if fork.is_optional and self._dice.random() > _OPTIONAL:
            return ""
        ways = [item for item in fork.items if not (isinstance(item, TextChunk) and item.is_empty)]
        # The templates name the commonest way first.
        return self._walk(self._dice.choices(ways, [1 / (place + 1) for place in range(len(ways))])[0])


def _time_weights() -> dict[str, float]:
    """Weigh times by how often they are said: full hours most, then quarters, then what ends in five."""
    weights: dict[str, float] = {"noon": 20, "midnight": 10}
    for hour in range(1, 13):
        name = number_words(hour)
        weights |= {name: 30.0, f"{name} o'clock": 15.0, f"half past {name}": 10.0}
        weights |= {f"quarter past {name}": 6.0, f"quarter to {name}": 6.0, f"{name} oh five": 1.0}
        weights |= {f"{words} {side} {name}": 2.0 for words in ("five", "ten", "twenty") for side in ("past", "to")}
        weights |= {f"{name} {number_words(minute)}": 8.0 if minute % 15 == 0 else 2.0 for minute in range(10, 60, 5)}
    return weights


_ROUND = (1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 45, 60, 90)
_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "time": _time_weights(),
    "count": {number_words(n): 4.0 if n in _ROUND else 1.0 for n in range(1, 60)} | {"a": 4.0, "an": 2.0},
    "percent": {number_words(n): 4.0 for n in range(0, 101, 10)},
}
