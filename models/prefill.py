"""Decides which words of an utterance a model may read before the wearer has finished; counts what that gained.

A word that the recogniser committed is read at once: it will not change. A tentative one is read when several
hypotheses in a row had it with others behind it. What turns out wrong is trimmed from the model's cache and was wasted
work, of a thread that had nothing else to do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import takewhile

from models.asr import Partial

AGREE = 2
"""Hypotheses in a row that must have a tentative word. With pocketsphinx on nine recordings of commands 81% of the
words are read before the last sound of the last one, 7% of the readings in vain; after one hypothesis 81% and 11 to
19%, after four 69 to 77% and none to 3%. On forty short sentences by a fast synthesizer it is 63% and 19%. When the
silence has ended the utterance it is 98% and 79%."""
HOLD_BACK = 1
"""Tentative words at the end that are never read: the moment cuts the newest in two. With none held back and one
hypothesis, half of the readings are in vain."""


class ReadAhead:
    """Follows one utterance; `begin` starts the next."""

    def __init__(self, agree: int = AGREE, hold_back: int = HOLD_BACK) -> None:
        """`agree` is at least 1, `hold_back` not negative."""
        if agree < 1 or hold_back < 0:
            raise ValueError("reading ahead needs at least one hypothesis and no negative number of words")
        self._hold_back = hold_back
        self._recent: deque[Sequence[str]] = deque(maxlen=agree)
        self._read: list[str] = []

    def begin(self) -> None:
        """Forget the utterance."""
        self._recent.clear()
        self._read = []

    def hear(self, partial: Partial) -> str | None:
        """Take the words so far; give those that may be read now, unless they have been."""
        committed, tentative = partial.committed.split(), partial.tentative.split()
        words = committed + tentative
        self._recent.append(words)
        agreed = len(committed)
        if len(self._recent) == self._recent.maxlen:
            agreed = max(agreed, min(_shared(self._recent), len(words) - self._hold_back))
        # When fewer agree than before, what was read may still turn out right: trimming it now would gain nothing.
        if words[:agreed] == self._read[:agreed]:
            return None
        self._read = words[:agreed]
        return " ".join(self._read)


class Tally:
    """Counts the tokens, or words, of one utterance that were read ahead: for good, and in vain."""

    def __init__(self) -> None:
        self._read: Sequence[object] = ()
        self.evaluated = 0
        """Read before the utterance was over, in vain or not."""
        self.wasted = 0
        """Of these, those that had to be trimmed."""

    def read(self, tokens: Sequence[object]) -> None:
        """Note that these are now in the model's cache, where they were not before."""
        kept = _shared([self._read, tokens])
        self.wasted += len(self._read) - kept
        self.evaluated += len(tokens) - kept
        self._read = tokens

    def finish(self, tokens: Sequence[object]) -> int:
        """Note what the utterance was; give how many of its tokens had been read."""
        kept = _shared([self._read, tokens])
        self.wasted += len(self._read) - kept
        self._read = ()
        return kept


def _shared(sequences: Sequence[Sequence[object]] | deque[Sequence[str]]) -> int:
    """Count the first items that all have."""
    columns = zip(*sequences, strict=False)
    return sum(1 for _ in takewhile(lambda column: all(item == column[0] for item in column), columns))
