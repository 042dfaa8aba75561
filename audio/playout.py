"""Knows which part of what was spoken was heard."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SAMPLES_A_CHARACTER = 1000
"""Slowest likely speech, 16 characters a second; only for a sentence whose sound is still being made."""
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+")
"""A word, or one character of a script that puts no spaces between words."""


@dataclass(slots=True)
class _Spoken:
    text: str
    start: int
    end: int
    """Sample after the last one written so far."""
    complete: bool = False

    def heard(self, played: int) -> str:
        """Give the words that lie before `played`, a sample offset."""
        if played >= self.end and self.complete:
            return self.text
        length = self.end - self.start
        if not self.complete:
            # Without this, the first tenth of a sentence would pass for the whole of it.
            length = max(length, len(self.text) * _SAMPLES_A_CHARACTER)
        characters = len(self.text) * max(0, played - self.start) // max(1, length)
        return self.text[: _word_boundary(self.text, characters)]


def _word_boundary(text: str, limit: int) -> int:
    """Give the end of the last word that ends at or before `limit`."""
    boundary = 0
    for word in _WORD.finditer(text):
        if word.end() > limit:
            break
        boundary = word.end()
    return boundary


class Playout:
    """Notes what was written to the speaker and says what was heard of it.

    For one turn: `begin` a sentence, `wrote` for each of its chunks (before awaiting `Speaker.write`, so that a
    cancelled write counts too), `finish` after its last chunk. On barge-in `hush` the speaker, then ask `heard`.
    """

    def __init__(self, start: int = 0) -> None:
        """Begin where `Speaker.played` stands while nothing is queued."""
        self._written = start
        self._spoken: list[_Spoken] = []

    @property
    def written(self) -> int:
        """The sample offset at which the next chunk will lie."""
        return self._written

    def begin(self, sentence: str) -> None:
        """Say that the sound from here on is this sentence; "" for a sound without words."""
        self.finish()
        self._spoken.append(_Spoken(sentence.strip(), self._written, self._written))

    def wrote(self, samples: int) -> None:
        """Count sound that goes to the speaker."""
        if samples < 0:
            raise ValueError("samples must not be below 0")
        self._written += samples
        if self._spoken and not self._spoken[-1].complete:
            self._spoken[-1].end = self._written

    def finish(self) -> None:
        """Say that the current sentence was written to its end."""
        if self._spoken:
            self._spoken[-1].complete = True

    def heard(self, played: int) -> str:
        """Give the text heard when `Speaker.played` is `played`: whole sentences, then the words of the current one.

        Within a sentence time and characters are taken to be in proportion.
        """
        texts = (spoken.heard(played) for spoken in self._spoken if spoken.start < played)
        return " ".join(text for text in texts if text)
