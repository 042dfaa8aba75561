"""What tools ask of the phrase book."""

from __future__ import annotations

from typing import Protocol

from edge.language_words import Words


class Says(Protocol):
    """Gives sentences by key."""

    @property
    def words(self) -> Words:
        """How the language of the sentences says values."""
        ...

    def say(self, key: str, **slots: str | int) -> str:
        """Give the sentence of that key with these slots filled."""
        ...
