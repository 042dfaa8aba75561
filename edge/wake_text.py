"""Takes the wake word off the front of what was heard, when the whole breath went to the recogniser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

_ALIKE = 0.75
"""Of the letters: "okay nobu" is "okay nabu", "okay call anna" is not."""


def strip_wake(text: str, names: Iterable[str]) -> str:
    """Give the text without a wake word at its beginning, as it is spelled or nearly so; all of it when there is none.

    Also the end of a wake word goes ("nabu what time is it"), for sound may be cut inside one.
    """
    words = text.split()
    cuts = [cut for name in names for cut in _cuts(words, name.lower().split())]
    return " ".join(words[max(cuts)[1] :]) if cuts else text


def _cuts(words: list[str], phrase: list[str]) -> Iterator[tuple[float, int]]:
    """Yield how alike the first words and the phrase or its end are, and how many words that would take off."""
    for first in range(len(phrase)):
        wanted = "".join(phrase[first:])
        for count in range(1, len(phrase) - first + 2):
            ratio = SequenceMatcher(None, "".join(words[:count]), wanted).ratio()
            if ratio >= _ALIKE and count <= len(words):
                # A whole phrase goes before its end alone.
                yield ratio + len(phrase) - first, count
