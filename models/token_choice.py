"""Chooses among the tokens that may come next: the likeliest, or a drawn one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.engine import EngineFailed

_LEAST_SHARE = 0.05
"""Tokens under this share of the likeliest one's probability are never drawn (min-p)."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A token and how likely it was."""

    token: int
    probability: float
    """Among the allowed tokens only, at temperature 1."""


def choose(
    logits: NDArray[np.float32], allowed: NDArray[np.int64], temperature: float, random: np.random.Generator
) -> Chosen:
    """Choose one of the allowed tokens, at least one, by the scores of all tokens; at temperature 0 the likeliest.

    Raises EngineFailed when the likeliest has no finite score.
    """
    scores = logits[allowed]
    best = int(np.argmax(scores))
    if not np.isfinite(scores[best]):
        raise EngineFailed("the model gives no token a chance: it is broken")
    index = best if temperature <= 0 else _draw(scores, temperature, random)
    probability = np.exp(scores[index] - scores[best]) / np.exp(scores - scores[best]).sum()
    return Chosen(int(allowed[index]), float(probability))


def _draw(scores: NDArray[np.float32], temperature: float, random: np.random.Generator) -> int:
    best = scores.max()
    near = np.flatnonzero(scores >= best + temperature * np.log(_LEAST_SHARE))
    shares = np.exp((scores[near] - best) / temperature, dtype=np.float64)
    total = np.cumsum(shares)
    return int(near[np.searchsorted(total, random.uniform(0, total[-1]), side="right")])
