"""Tells what Whisper heard from what it made up.

Its own doubts are those of the paper (A. Radford et al., 2022, section 4.5). What it makes up is loops, sentences from
the ends of videos (M. Barański et al., 2025, arXiv 2501.11378, call them a bag of hallucinations), its own prompt, and
more words than anybody could have said in the time. A hypothesis under 0.5 is not to be believed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.transcript import TimedWord, plain_words

_WORDS_AT_ONCE = 3
_WORDS_PER_S = 8
"""Of 154 recordings of people reading, spelling and commanding, 153 have at most 5.3 words in a second of speech; in
the last one the detector finds less than a third of the sound: its 6 words in 0.67 s are still under the limit."""
_LETTERS_PER_S = 16
"""Where each letter is a word (Chinese); not measured."""
_LOOP_WORDS = 6
_LOOP_TURNS = 3
"""From three times the same, and six words in all, it is a loop: people say "no no no", and digits three times."""
_LONGEST_LOOP = 12
_LOOP_CONFIDENCE = 0.4
"""What stood before a loop may have been said, but nothing is to be done because of it."""
_MADE_UP = frozenset(
    tuple(plain_words(text))
    for text in (
        "Thanks for watching!",
        "Thank you for watching!",
        "Subtitles by the Amara.org community",
        "字幕由 Amara.org 社群提供",
        "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
    )
)
"""Sentences that nobody says to their glasses and that many report for silence: github.com/ufal/whisper_streaming
issue 68, github.com/woheller69/whisperIME issue 57. "Thank you" and "bye" are as frequent but are said to us too."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """What Whisper itself thinks of a decoding."""

    mean_log_probability: float
    """Of the tokens, natural logarithm."""
    no_speech: float
    """Probability that nobody spoke, 0 to 1."""
    compression: float
    """How many times shorter zlib makes the text."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a stretch of sound may be."""

    words: tuple[TimedWord, ...]
    confidence: float
    """0 to 1; under 0.5 it was made up or is something else."""


NOTHING = Hypothesis((), 0.0)


def confidence(doubts: Doubts) -> float:
    """Turn Whisper's own doubts into 0 to 1, with 0.5 at the thresholds of its paper.

    Those are: mean log probability of the tokens -1.0, probability of "no speech" 0.6, and 2.4 for
    how well gzip compresses the text, which catches loops. The worst of the three counts.
    """
    fit = _logistic(4.0 * (doubts.mean_log_probability + 1.0))
    speech = _logistic(10.0 * (0.6 - doubts.no_speech))
    no_loop = _logistic(5.0 * (2.4 - doubts.compression))
    return min(fit, speech, no_loop)


def believe(words: Sequence[TimedWord], doubts: Doubts, voiced_s: float, told: str = "") -> Hypothesis:
    """Weigh a decoding of sound that holds so many seconds of speech, with `told` as the opening of the prompt."""
    kept = without_loop(words)
    texts = tuple(word.text for word in kept)
    if not texts or texts in _MADE_UP or texts == tuple(plain_words(told)) or too_many(kept, voiced_s):
        return Hypothesis(kept, 0.0)
    sure = confidence(doubts)
    return Hypothesis(kept, sure if len(kept) == len(words) else min(sure, _LOOP_CONFIDENCE))


def too_many(words: Sequence[TimedWord], voiced_s: float) -> bool:
    """Tell whether there are more words than so much speech can hold."""
    letters = sum(len(word.text) == 1 and not word.text.isascii() for word in words)
    return (len(words) - letters) / _WORDS_PER_S + letters / _LETTERS_PER_S > voiced_s + _WORDS_AT_ONCE / _WORDS_PER_S


def without_loop(words: Sequence[TimedWord]) -> tuple[TimedWord, ...]:
    """End the words after the first turn of the first loop, and drop what comes after: it is not to be trusted."""
    texts = [word.text for word in words]
    for start in range(len(texts)):
        for size in range(1, _LONGEST_LOOP + 1):
            turns = _turns(texts, start, size)
            if turns >= _LOOP_TURNS and turns * size >= _LOOP_WORDS:
                return tuple(words[: start + size])
    return tuple(words)


def _turns(texts: Sequence[str], start: int, size: int) -> int:
    """Count how often the words from `start` on are said in a row."""
    turn = texts[start : start + size]
    count = 0
    while len(turn) == size and texts[start + count * size : start + (count + 1) * size] == turn:
        count += 1
    return count


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))
