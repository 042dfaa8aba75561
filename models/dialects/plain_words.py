"""Answers that are words as they are said, unless they begin with the "<" of a call."""

from __future__ import annotations

from models.grammar import Repeat, Rule, any_but, chain
from models.schema_grammar import CONTROLS

# A line break is the one control character that models put between sentences.
_NEVER = ((0x00, 0x09), (0x0B, 0x1F), CONTROLS[1], (ord("<"), ord("<")))
_BLANKS = ((0x0A, 0x0A), (0x20, 0x20))


def spoken_words() -> Rule:
    """Give texts that begin visibly and hold no "<": it begins a call, or a thought that nobody wants to hear."""
    return chain(any_but(*_NEVER, *_BLANKS), Repeat(any_but(*_NEVER), 0, None))


class PlainWords:
    """Gives on what is written, when it does not begin like a call."""

    def __init__(self) -> None:
        self._are_words: bool | None = None

    def feed(self, piece: str) -> str:
        """Take the next piece; give the words that it adds."""
        if self._are_words is None and piece:
            self._are_words = not piece.startswith("<")
        return piece if self._are_words else ""
