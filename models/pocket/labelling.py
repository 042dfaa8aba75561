"""Chooses the likeliest row of labels for the words of an utterance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def best_path(scores: NDArray[np.float64], follows: NDArray[np.float64]) -> list[int]:
    """Give the row of labels with the highest sum (Viterbi 1967).

    `scores` is (words, labels), at least one word; `follows` is (labels + 1, labels), its last row for the first word.
    """
    best = scores[0] + follows[-1]
    came_from = []
    for row in scores[1:]:
        paths = best[:, None] + follows[:-1]
        came_from.append(paths.argmax(0))
        best = paths.max(0) + row
    path = [int(best.argmax())]
    for back in reversed(came_from):
        path.append(int(back[path[-1]]))
    return path[::-1]


def without_holes(labels: Sequence[str], whole: frozenset[str]) -> list[str]:
    """Label the unlabelled words between two runs of one argument as that argument too, for those in `whole`.

    What people dictate is one piece of the utterance, however odd a word in the midst of it is.
    """
    filled = list(labels)
    for argument in whole & set(labels):
        first, last = labels.index(argument), len(labels) - 1 - list(reversed(labels)).index(argument)
        if set(labels[first : last + 1]) <= {argument, ""}:
            filled[first : last + 1] = [argument] * (last + 1 - first)
    return filled
