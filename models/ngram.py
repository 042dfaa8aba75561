"""Builds a word trigram language model from sentences and writes it in the ARPA format.

Smoothing is interpolated Witten-Bell: I. Witten and T. Bell, "The zero-frequency problem", IEEE Trans.
Information Theory 37(4), 1991, method C; the form used here is S. Chen and J. Goodman, "An empirical study
of smoothing techniques for language modeling", Harvard TR-10-98, 1998, section 2.5. With c counts of a
context and t different words after it, t / (c + t) of its probability goes to the shorter context. That suits
sentences made from templates: after "turn off the" many words were seen and more are likely, after
"living" only "room". A repeated sentence counts as often as it is repeated.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

BEGIN = "<s>"
END = "</s>"
_NEVER = -99.0
"""What ARPA files write for the logarithm of zero."""

Context = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trigram:
    """A word trigram model with exact back-off: the probabilities after any context sum to 1."""

    orders: tuple[Mapping[Context, float], Mapping[Context, float], Mapping[Context, float]]
    """Probability of each seen 1-, 2- and 3-gram (the last word after the others)."""
    backoff: Mapping[Context, float]
    """Weight of the shorter context's probability, for each seen context of one or two words."""

    @property
    def words(self) -> list[str]:
        """Every word that can be predicted, END included, sorted."""
        return sorted(word for (word,) in self.orders[0])

    def probability(self, word: str, context: Sequence[str] = ()) -> float:
        """Give the probability of a word after the last two words of `context`; 0 for an unknown word."""
        history = tuple(context)[-2:]
        seen = self.orders[len(history)].get((*history, word))
        if seen is not None:
            return seen
        if not history:
            return 0.0
        return self.backoff.get(history, 1.0) * self.probability(word, history[1:])

    def log10(self, sentence: str) -> float:
        """Give the base-10 logarithm of a sentence's probability, END included; -inf if impossible."""
        words = [BEGIN, *sentence.split(), END]
        chances = [self.probability(words[i], words[max(0, i - 2) : i]) for i in range(1, len(words))]
        return sum(math.log10(chance) for chance in chances) if all(chances) else -math.inf

    def arpa(self) -> Iterator[str]:
        """Yield the lines of the ARPA file (D. Paul and J. Baker, 1992; HTK and SRILM read the same)."""
        yield "\\data\\"
        for order, grams in enumerate(self.orders, 1):
            yield f"ngram {order}={len(grams) + (order == 1)}"
        for order, grams in enumerate(self.orders, 1):
            yield f"\n\\{order}-grams:"
            if order == 1:
                yield self._line((BEGIN,), _NEVER)
            for gram in sorted(grams):
                yield self._line(gram, math.log10(grams[gram]))
        yield "\n\\end\\"

    def _line(self, gram: Context, log10: float) -> str:
        if len(gram) == len(self.orders):
            return f"{log10:.5f} {' '.join(gram)}"
        return f"{log10:.5f} {' '.join(gram)} {_log10(self.backoff.get(gram, 1.0)):.5f}"


def _log10(chance: float) -> float:
    return math.log10(chance) if chance > 0 else _NEVER


def build_trigram(sentences: Iterable[str], vocabulary: Iterable[str] = ()) -> Trigram:
    """Count sentences (lower-case words between spaces) and smooth.

    `vocabulary` names further words that may turn up anywhere; each gets a share of the
    unigram probability that Witten-Bell reserves for new words. Raises ValueError when no
    sentence has a word.
    """
    counts = _count(Counter(sentences))
    if not counts[()]:
        raise ValueError("a language model needs at least one sentence with a word in it")
    words = set(counts[()]) | set(vocabulary) | {END}
    words.discard(BEGIN)
    return _smooth(counts, words)


def ngrams(sentence: str) -> Iterator[Context]:
    """Yield every sequence of one to three words that ends in a word of the sentence or in END."""
    words = sentence.split()
    padded = [BEGIN, *words, END] if words else []
    for end in range(2, len(padded) + 1):
        for length in range(1, min(end, 3) + 1):
            yield tuple(padded[end - length : end])


def _count(sentences: Mapping[str, int]) -> dict[Context, Counter[str]]:
    """Count the words that follow each context of zero, one and two words."""
    counts: dict[Context, Counter[str]] = defaultdict(Counter)
    for sentence, times in sentences.items():
        for *context, word in ngrams(sentence):
            counts[tuple(context)][word] += times
    return counts


def _smooth(counts: Mapping[Context, Counter[str]], words: Iterable[str]) -> Trigram:
    """Interpolate each context with the one that is a word shorter, shortest first."""
    everything = sorted(words)
    uniform = 1.0 / len(everything)
    orders: tuple[dict[Context, float], dict[Context, float], dict[Context, float]] = ({}, {}, {})
    backoff: dict[Context, float] = {}
    spare = _spare(counts[()])
    total = counts[()].total()
    for word in everything:
        orders[0][(word,)] = (1 - spare) * counts[()][word] / total + spare * uniform
    for context in sorted(counts, key=len):
        if not context:
            continue
        after = counts[context]
        backoff[context] = spare = _spare(after)
        shorter = orders[len(context) - 1]
        for word, count in after.items():
            lower = shorter[(*context[1:], word)]
            orders[len(context)][(*context, word)] = (1 - spare) * count / after.total() + spare * lower
    return Trigram(orders, backoff)


def _spare(after: Counter[str]) -> float:
    """Give the probability that the next word is a new one: method C of Witten and Bell."""
    return len(after) / (len(after) + after.total())
