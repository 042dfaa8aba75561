"""Cuts a stream of text into sentences, each given as soon as it is whole, so that speech starts early."""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r"[.!?…][\"')\]]*\s+|[。！？]|\n+")  # noqa: RUF001  # the full stops of Chinese
"""A full stop counts only with white space after it, so "9.30" and "example.com" stay whole."""
_ABBREVIATION = re.compile(r"(?:^|\s)(?:mr|mrs|ms|dr|prof|st|no|vs|e\.g|i\.e|[a-z])\.$", re.IGNORECASE)
LONGEST_SENTENCE = 300
"""Characters after which a sentence is cut at a comma or space, so that a model that never stops is still spoken."""


class SentenceStream:
    """Deltas in, sentences out. Joined with spaces, the sentences are the text."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, delta: str) -> list[str]:
        """Take a piece of text; give the sentences that it completed."""
        self._text += delta
        sentences = []
        while (end := self._boundary()) is not None:
            sentence, self._text = self._text[:end].strip(), self._text[end:]
            if sentence:
                sentences.append(sentence)
        return sentences

    def finish(self) -> list[str]:
        """Give what is left."""
        rest, self._text = self._text.strip(), ""
        return [rest] if rest else []

    def _boundary(self) -> int | None:
        for match in _BOUNDARY.finditer(self._text, 0, LONGEST_SENTENCE):
            if not _ABBREVIATION.search(self._text[: match.end()].rstrip()):
                return match.end()
        if len(self._text) > LONGEST_SENTENCE:
            cut = max(self._text.rfind(mark, 0, LONGEST_SENTENCE) for mark in ", ")
            return cut + 1 if cut > 0 else LONGEST_SENTENCE
        return None
