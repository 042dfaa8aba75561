"""Constraints for measuring: the work of an answer without its chances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.constrained import Constraint


class Anything:
    """A Constraint that allows every one of these tokens, always: what a model costs without a grammar."""

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens = np.asarray(tokens, np.int64)

    def forced(self) -> list[int]:
        return []

    def allowed(self) -> NDArray[np.int64]:
        return self._tokens

    def accept(self, token: int) -> None:
        pass

    def is_finished(self) -> bool:
        return False


class ToldAnswer:
    """A Constraint that asks another one at each step and then lets one answer through, whatever the weights say."""

    def __init__(self, constraint: Constraint, answer: Sequence[int]) -> None:
        """`answer` are tokens that `constraint` allows; what it forces counts as said."""
        self._constraint = constraint
        self._answer = answer
        self._at = 0

    def forced(self) -> list[int]:
        tokens = self._constraint.forced()
        self._at += len(tokens)
        return tokens

    def allowed(self) -> NDArray[np.int64]:
        self._constraint.allowed()
        return np.asarray(self._answer[self._at : self._at + 1], np.int64)

    def accept(self, token: int) -> None:
        self._constraint.accept(token)
        self._at += 1

    def is_finished(self) -> bool:
        return self._at >= len(self._answer)
