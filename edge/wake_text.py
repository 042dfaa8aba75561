"""Takes the wake word off the front of what was heard, when the whole breath went to the recogniser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

_ALIKE = 0.75
"""Of the letters: "okay nobu" is "okay nabu", "okay call anna" is not."""


def strip_wake(text: str, names: Iterable[str], *, cut: bool = False) -> str:
    """Give the text without a wake word at its beginning, as it is spelled or nearly so; all of it when there is none.

    Also the end of a wake word goes ("nabu what time is it"), for sound may be cut inside one. Where it surely was
    `cut`, its first word goes too if others follow: the recogniser makes "okay" of the "bu" that is left.
    """
    words = text.split()
    phrases = [name.lower().split() for name in names]
    cuts = [one for phrase in phrases for one in _cuts(words, phrase)]
    if cuts:
        return " ".join(words[max(cuts)[1] :])
    if cut and len(words) > 1 and any(words[0] == first and rest for first, *rest in phrases):
        return " ".join(words[1:])
    return text


def _cuts(words: list[str], phrase: list[str]) -> Iterator[tuple[float, int]]:
    """Yield how alike the first words and the phrase or its end are, and how many words that would take off."""
    for first in range(len(phrase)):
        wanted = "".join(phrase[first:])
        for count in range(1, len(phrase) - first + 2):
            ratio = SequenceMatcher(None, "".join(words[:count]), wanted).ratio()
            if ratio >= _ALIKE and count <= len(words):
                # A whole phrase goes before its end alone.
                yield ratio + len(phrase) - first, count
