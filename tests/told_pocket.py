"""A pocket model that is told what each sentence means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.engine import EngineFailed
from models.pocket.frames import Call, Effort, Understanding


class ToldPocket:
    """Understands the sentences it was told of and breaks on all others; remembers what it was asked."""

    name = "pocket"

    def __init__(self, meanings: Mapping[str, tuple[Sequence[Call], float, float]]) -> None:
        """`meanings` are calls, confidence, and how certain the least certain value is."""
        self._meanings = meanings
        self.asked: list[tuple[str, bool]] = []

    def understand(self, text: str, *, asked: bool = False, known: Sequence[str] = ()) -> Understanding:
        self.asked.append((text, asked))
        if text not in self._meanings:
            raise EngineFailed("broken")
        calls, confidence, values = self._meanings[text]
        return Understanding(tuple(calls), (text,) * len(calls), confidence, values, Effort(1, 1))
