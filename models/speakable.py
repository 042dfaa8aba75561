"""Makes any text safe to hand to a voice: text is data, never markup, commands or phonemes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

LONGEST_PIECE = 400
"""Characters that a voice takes at a time, so that a page of text neither delays nor fills the memory."""

_SILENT_KINDS = {"Cf", "Cs", "Co", "Cn", "So", "Sk", "Me"}
"""Formatting, surrogates, private use, unassigned, pictures and their modifiers: nobody says them."""
_SPOKEN_SIGNS = "°©®™№℃℉"
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
"""They choose how the character before them looks."""


def speakable(text: str) -> str:
    """Give what a voice can say of a text; empty when it holds no letter and no digit."""
    characters = (_spoken(character) for character in text)
    # "[[" opens phonemes, in Piper and in espeak.
    plain = " ".join("".join(characters).split()).replace("[[", "[ [")
    return plain if any(character.isalnum() for character in plain) else ""


def pieces(text: str) -> Iterator[str]:
    """Cut a long text after a sentence, a comma or a word; a word that is longer still is cut inside."""
    while len(text) > LONGEST_PIECE:
        head = text[:LONGEST_PIECE]
        ends = (max(head.rfind(mark) for mark in marks) for marks in ((". ", "! ", "? "), (", ", "; "), (" ",)))
        cut = next((end + 1 for end in ends if end > 0), LONGEST_PIECE)
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text


def _spoken(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cc":
        return " "  # A control character begins a command of espeak's; a line break is one too.
    if (kind in _SILENT_KINDS and character not in _SPOKEN_SIGNS) or ord(character) in _VARIATION_SELECTORS:
        return ""
    return character
