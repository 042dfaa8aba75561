"""Decides which words of a growing hypothesis are settled.

The policy is local agreement: words are committed when the last n hypotheses, each made with more sound,
begin with the same words. D. Liu, G. Spanakis and J. Niehues, "Low-latency sequence-to-sequence speech
recognition and translation by partial hypothesis selection", Interspeech 2020; with n = 2 for Whisper:
D. Macháček, R. Dabre and O. Bojar, "Turning Whisper into real-time transcription system", IJCNLP-AACL
2023 (arXiv 2307.14743). A Viterbi decoder still turns its newest words around when more sound comes, so
`hold_back` keeps that many words of the agreed ones tentative. What an n-gram decoder turns around most are words that
its language model did not foresee: `foreseen` says of each word whether it did, and words are committed only as far as
where the last of them and the word after it were foreseen.

What was committed never changes, not even in the end: `settle` fits the final hypothesis to it. Where sound that was
understood is not read again, `trim` forgets its words; where it must not be read again, `commit` settles them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import takewhile

from models.asr import Partial

Words = tuple[str, ...]


class Agreement:
    """Commits the words that the last `agree` hypotheses share, but for the last `hold_back` of them."""

    def __init__(self, agree: int = 2, hold_back: int = 0) -> None:
        if agree < 1 or hold_back < 0:
            raise ValueError("agreement needs at least one hypothesis and no negative number of words")
        self._hold_back = hold_back
        self._recent: deque[Words] = deque(maxlen=agree)
        self._committed: Words = ()
        self._shown: Partial | None = None

    @property
    def committed(self) -> Words:
        """The words that will not change."""
        return self._committed

    def add(self, words: Sequence[str], foreseen: Sequence[bool] | None = None) -> Partial | None:
        """Take the next hypothesis of the whole utterance; give the words so far when they changed."""
        hypothesis = tuple(words)
        self._recent.append(hypothesis)
        if len(self._recent) == self._recent.maxlen:
            shared = _shared_start(self._recent)
            settled = shared[: max(0, len(shared) - self._hold_back)]
            if foreseen is not None:
                settled = settled[: _last_foreseen(foreseen, len(settled))]
            if len(settled) > len(self._committed) and settled[: len(self._committed)] == self._committed:
                self._committed = settled
        whole = self.settle(hypothesis)
        partial = Partial(" ".join(self._committed), " ".join(whole[len(self._committed) :]))
        if partial == (self._shown or Partial("", "")):
            return None
        self._shown = partial
        return partial

    def settle(self, words: Sequence[str], least: int = 0, most: int | None = None) -> Words:
        """Give a hypothesis with the committed words in the place of those that it has there.

        Who knows when words were said can say that these are the first `least` words of it, but not more than `most`.
        """
        return self._committed + tuple(words)[_counterpart(self._committed, words, least, most) :]

    def commit(self, words: Sequence[str]) -> None:
        """Settle words, which begin with the committed ones, although no other hypothesis agrees."""
        if tuple(words[: len(self._committed)]) != self._committed:
            raise ValueError("committed words never change")
        self._committed = tuple(words)
        agreeing = [one for one in self._recent if one[: len(words)] == self._committed]
        self._recent = deque(agreeing, self._recent.maxlen)

    def trim(self, count: int) -> None:
        """Forget the first `count` committed words: hypotheses from now on are of the sound after them."""
        gone, self._committed = self._committed[:count], self._committed[count:]
        self._recent = deque((one[_counterpart(gone, one) :] for one in self._recent), self._recent.maxlen)


def _last_foreseen(foreseen: Sequence[bool], most: int) -> int:
    """Count the words, `most` or fewer, up to one that was foreseen and is followed by such a one or by none."""
    return next((count for count in range(most, 0, -1) if all(foreseen[count - 1 : count + 1])), 0)


def _shared_start(hypotheses: Sequence[Words]) -> Words:
    columns = takewhile(lambda column: len(set(column)) == 1, zip(*hypotheses, strict=False))
    return tuple(column[0] for column in columns)


def _counterpart(committed: Sequence[str], words: Sequence[str], least: int = 0, most: int | None = None) -> int:
    """Count the first words of `words`, from `least` to `most`, that say what `committed` says.

    That is the beginning with the smallest edit distance, the longest of equals: with "the light"
    committed, "the lights in" has its counterpart in "the lights".
    """
    costs = list(range(len(words) + 1))
    for done, word in enumerate(committed, 1):
        above, costs = costs, [done]
        for place, other in enumerate(words):
            costs.append(min(above[place] + (word != other), above[place + 1] + 1, costs[-1] + 1))
    last = len(words) if most is None else min(most, len(words))
    return max(range(min(least, last), last + 1), key=lambda place: (-costs[place], place))
