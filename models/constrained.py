"""What holds a model to a grammar, token by token."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Constraint(Protocol):
    """A grammar and how far it is followed. One answer, one constraint."""

    def forced(self) -> list[int]:
        """Give the tokens that must come next, and go past them: none of them is the model's choice."""
        ...

    def allowed(self) -> NDArray[np.int64]:
        """Give the tokens that may come next, in rising order. Raises EngineFailed when there is none."""
        ...

    def accept(self, token: int) -> None:
        """Go on by one allowed token. Raises EngineFailed for any other."""
        ...

    def is_finished(self) -> bool:
        """Say whether the answer is whole and nothing can follow."""
        ...
