"""What tools ask of the phrase book."""

from __future__ import annotations

from typing import Protocol


class Says(Protocol):
    """Gives sentences by key."""

    def say(self, key: str, **slots: str | int) -> str:
        """Give the sentence of that key with these slots filled."""
        ...
