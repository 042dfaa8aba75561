"""Cuts what a recogniser wrote into words that can be compared, with their times, and joins them again.

Where a script puts no spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) each letter is a word, so that
two transcripts can agree letter by letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003134f"
)
"""Han, kana, Thai, Lao, Burmese and Khmer letters."""
_MARKS = "\u200c\u200d" + "".join(
    chr(code) for code in range(0x0300, 0x1800) if unicodedata.category(chr(code))[0] == "M"
)
"""Signs that belong to the letter before them: regular expressions do not count them as letters, Hindi needs them."""
_WORD = re.compile(rf"[{_UNSPACED}][{_MARKS}]*|(?:(?![{_UNSPACED}_])[\w'{_MARKS}])+")
_STARTS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_SENTENCE_END = re.compile(r"[.?!\u3002\uff01\uff1f]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text as the recogniser wrote it, spaces and punctuation included."""

    text: str
    start: float
    """Seconds."""
    end: float
    """Seconds."""
    probability: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word that was heard: lower case, no punctuation."""

    text: str
    start: float
    """Seconds from the beginning of the utterance."""
    end: float
    """Seconds from the beginning of the utterance, `start` or later."""
    probability: float
    """0 to 1."""
    written: str
    """As the recogniser wrote it, with what stands between it and the next word."""

    def ends_sentence(self) -> bool:
        """Tell whether a full stop or the like follows it."""
        return _SENTENCE_END.search(self.written) is not None


def plain_words(text: str) -> list[str]:
    """Give the words of a text: lower case, no punctuation but apostrophes inside words."""
    return [word for word, _, _ in _cut(text)]


def plain(text: str) -> str:
    """Write a transcript as `Heard` wants it."""
    return join(plain_words(text))


def join(words: Iterable[str]) -> str:
    """Put plain words together, with a space between two of them unless a script without spaces is at either side."""
    text = ""
    unspaced = True
    for word in words:
        starts = _STARTS_UNSPACED.match(word) is not None
        text += word if starts or unspaced else f" {word}"
        unspaced = starts
    return text


def as_written(words: Iterable[TimedWord]) -> str:
    """Put words together again as the recogniser wrote them."""
    text = ""
    for word in words:
        apart = text[-1:].isspace() or not text or _STARTS_UNSPACED.match(word.written)
        text += word.written if apart else f" {word.written}"
    return text.strip()


def timed_words(pieces: Sequence[Piece]) -> tuple[TimedWord, ...]:
    """Cut pieces into words. A word's time is that of its letters, which share a piece's time evenly.

    Times that go back are straightened: they never fall.
    """
    text = "".join(piece.text for piece in pieces)
    letters = [letter for piece in pieces for letter in _letters(piece)]
    found = _cut(text)
    words: list[TimedWord] = []
    latest = 0.0
    for place, (word, first, last) in enumerate(found):
        until = found[place + 1][1] if place + 1 < len(found) else len(text)
        start = max(latest, letters[first][0])
        latest = max(start, letters[last - 1][1])
        probability = min(letter[2] for letter in letters[first:last])
        words.append(TimedWord(word, start, latest, probability, text[first:until]))
    return tuple(words)


def _letters(piece: Piece) -> list[tuple[float, float, float]]:
    """Give start, end and probability of each character; the spaces before and after a word take no time."""
    inner = piece.text.strip()
    before = len(piece.text) - len(piece.text.lstrip())
    step = (piece.end - piece.start) / max(1, len(inner))
    edges = [piece.start + step * min(len(inner), max(0, place - before)) for place in range(len(piece.text) + 1)]
    return [(edges[place], edges[place + 1], piece.probability) for place in range(len(piece.text))]


def _cut(text: str) -> list[tuple[str, int, int]]:
    """Give each word and where it stands in the text."""
    found = []
    for match in _WORD.finditer(text.replace("\u2019", "'")):
        raw = match.group()
        inner = raw.strip("'")
        if inner:
            first = match.start() + raw.index(inner)
            found.append((inner.lower(), first, first + len(inner)))
    return found
