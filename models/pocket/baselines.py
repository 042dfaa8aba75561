"""Understands sentences by the simplest means that are known, to say what the pocket model is worth beside them.

The nearest neighbour gives the call of the most similar training sentence, with the values that stand where its values
stood. The linear classifier chooses the tool alone. Both see words and pairs of words.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from models.pocket.annotated import Example
from models.pocket.frames import TOOLS, Call, call_of
from models.pocket.lessons import Lesson
from models.pocket.words import Span, Words

_LONGEST_VALUE = 6
"""Words of a value that is looked for because a training sentence has it."""
_EPOCHS, _BATCH, _RATE = 4, 256, 0.3
_SHARPNESS = 6.0
"""What the mean over a sentence's features is multiplied with: without it the weights would have to grow so large."""


class Nearest:
    """The TF-IDF nearest neighbour."""

    def __init__(self, examples: Iterable[Example]) -> None:
        """Index the examples. Raises ValueError without any."""
        self._examples = list({one.words: one for one in examples}.values())
        if not self._examples:
            raise ValueError("there is nothing to be near to")
        rows = [Counter(_features(one.words)) for one in self._examples]
        found = Counter(feature for row in rows for feature in row)
        self._rarity = {feature: math.log(len(rows) / rows_with) + 1 for feature, rows_with in found.items()}
        postings: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
        for place, row in enumerate(rows):
            values = {feature: count * self._rarity[feature] for feature, count in row.items()}
            length = math.sqrt(sum(value * value for value in values.values()))
            for feature, value in values.items():
                places, shares = postings[feature]
                places.append(place)
                shares.append(value / length)
        self._postings = {
            feature: (np.array(places), np.array(shares, np.float32)) for feature, (places, shares) in postings.items()
        }
        self._known: dict[tuple[str, str], set[Words]] = defaultdict(set)
        for one in self._examples:
            for span in one.spans:
                self._known[one.frame.tool, span.argument].add(one.words[span.start : span.end])

    def call(self, words: Words) -> Call:
        """Give the call of the most similar example, its values found among these words."""
        similar = np.zeros(len(self._examples), np.float32)
        for feature in _features(words):
            if feature in self._postings:
                places, shares = self._postings[feature]
                similar[places] += shares * self._rarity[feature]
        nearest = self._examples[int(similar.argmax())]
        return call_of(nearest.frame, words, tuple(self._copied(nearest, words)))

    def _copied(self, nearest: Example, words: Words) -> list[Span]:
        stands = _aligned(nearest.words, words)
        spans: list[Span] = []
        for span in nearest.spans:
            taken = {place for other in spans for place in range(other.start, other.end)}
            found = self._known_value(nearest.frame.tool, span.argument, words, taken)
            if found is None:
                places = {place for old in range(span.start, span.end) for place in stands[old]}
                found = (min(places), max(places) + 1) if places and not places & taken else None
            if found is not None:
                spans.append(Span(*found, span.argument))
        return spans

    def _known_value(self, tool: str, argument: str, words: Words, taken: set[int]) -> tuple[int, int] | None:
        """Find the longest run of words that is some example's value of this argument."""
        known = self._known[tool, argument]
        for size in range(min(_LONGEST_VALUE, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                if words[start : start + size] in known and not taken & set(range(start, start + size)):
                    return start, start + size
        return None


class LinearWords:
    """A softmax over the mean of the features' weights, learned with Adagrad (Duchi et al. 2011)."""

    def __init__(
        self, lessons: Sequence[Lesson], seed: int, told: Callable[[float], None] = lambda share: None
    ) -> None:
        """Learn from the lessons; `told` hears how much of that is done, up to 1. Raises ValueError without any."""
        if not lessons:
            raise ValueError("there is nothing to learn from")
        self._places: dict[str, int] = {}
        bags = [
            np.array([self._places.setdefault(feature, len(self._places)) for feature in _features(one.example.words)])
            for one in lessons
        ]
        tools = list(TOOLS)
        right = np.array([tools.index(one.example.frame.tool) for one in lessons])
        weights = np.array([one.weight for one in lessons], np.float32)
        self._table = np.zeros((len(self._places), len(tools)), np.float32)
        squares = np.full_like(self._table, 1e-10)
        dice = np.random.default_rng(seed)
        for epoch in range(_EPOCHS):
            batches = np.array_split(dice.permutation(len(bags)), -(-len(bags) // _BATCH))
            for number, batch in enumerate(batches):
                self._learn(
                    [bags[row] for row in batch], right[batch], weights[batch] / np.float32(len(batch)), squares
                )
                told((epoch + (number + 1) / len(batches)) / _EPOCHS)

    def tool(self, words: Words) -> str:
        """Give the likeliest tool."""
        known = [self._places[feature] for feature in _features(words) if feature in self._places]
        return list(TOOLS)[int(self._table[known].sum(0).argmax())]

    def _learn(
        self,
        bags: Sequence[NDArray[np.int64]],
        right: NDArray[np.int64],
        weights: NDArray[np.float32],
        squares: NDArray[np.float32],
    ) -> None:
        """Take one step down the weighted cross-entropy of a batch."""
        sizes = np.array([len(bag) for bag in bags])
        places = np.concatenate(bags)
        begins = np.concatenate(([0], sizes.cumsum()[:-1]))
        scale = (_SHARPNESS / sizes)[:, np.newaxis].astype(np.float32)
        scores = np.add.reduceat(self._table[places], begins) * scale
        powers = np.exp(scores - scores.max(1, keepdims=True))
        slopes = powers / powers.sum(1, keepdims=True)
        slopes[np.arange(len(bags)), right] -= 1
        slopes *= scale * weights[:, np.newaxis]
        # The slope of a weight is the sum over all the sentences that have its feature.
        order = np.argsort(places, kind="stable")
        touched, firsts = np.unique(places[order], return_index=True)
        slope = np.add.reduceat(np.repeat(slopes, sizes, 0)[order], firsts)
        squares[touched] += slope**2
        self._table[touched] -= _RATE * slope / np.sqrt(squares[touched])


def _features(words: Words) -> list[str]:
    return [*words, *(f"{first} {second}" for first, second in zip(("^", *words), (*words, "$"), strict=True))]


def _aligned(old: Words, new: Words) -> list[list[int]]:
    """Give for each old word the places of the new words that stand for it; those of a changed run, at its first."""
    stands: list[list[int]] = [[] for _ in old]
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            for offset in range(b - a):
                stands[a + offset] = [c + offset]
        elif a < b:
            stands[a] = list(range(c, d))
    return stands
