"""Speaks the questions of an exam with synthetic voices and lets the wearer's recogniser hear them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.exam.questions import Question
from edge.responder import SURE
from models.asr import Recogniser
from models.pocket.noise import Pair, misheard
from models.pocket.speakers import Speaker
from models.pocket.word_errors import word_error_rate
from models.pocket.wording import as_heard

_SEED = 1


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard."""

    pairs: Sequence[Pair]
    """One for each question."""

    @property
    def readings(self) -> Sequence[Sequence[str]]:
        """For each question what it may have been, the likeliest first."""
        return [(pair.heard, *pair.alternatives) for pair in self.pairs]

    @property
    def believed(self) -> Sequence[bool]:
        """For each question whether the wearable would act on what was heard, and not ask to say it again."""
        return [bool(pair.heard) and pair.confidence >= SURE for pair in self.pairs]

    @property
    def word_error_percent(self) -> float:
        """The wrong words for each hundred said."""
        return 100 * word_error_rate((as_heard(pair.text).split(), pair.heard.split()) for pair in self.pairs)


def can_be_said(question: Question) -> bool:
    """Say whether there is a word for a voice to speak."""
    return bool(as_heard(question.text))


def hear(
    recogniser: Recogniser, voices: Sequence[Speaker], questions: Sequence[Question], told: Callable[[float], None]
) -> Hearing:
    """Speak and hear every question, which takes about a second each; `told` hears how much is done, up to 1.

    Raises EngineError.
    """
    pairs = []
    for pair in misheard(recogniser, voices, [one.text for one in questions], seed=_SEED):
        pairs.append(pair)
        told(len(pairs) / len(questions))
    return Hearing(pairs)
