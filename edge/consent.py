"""Asks before acting: a question is open, a yes to it approves exactly what was read back, all else is no.

    idle --ask--> asking --asked--> waiting --yes--> Approved
                    ^                  |----no-----> Refused
                    |                  |----8 s----> TimedOut
                    +--again, once-----+----else---> Dropped

Times are seconds of the stream. A yes counts only if its utterance began after the question was spoken, and in time:
a "yes" said to somebody else just before, or in the middle of the question, approves nothing. A no counts at any time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum

from edge.tools.tool import ErrandRequest, Risk
from firmware_bridge.consent import canonical_json, digest

ANSWER_WITHIN = 8.0
"""Seconds of silence after the question that mean no."""
LONGEST_WAIT = 30.0
"""Seconds after the question by which an utterance that began in time must have been understood."""


class Answer(StrEnum):
    """What an utterance was, as an answer."""

    YES = "yes"
    NO = "no"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Question:
    """To be read back to the wearer."""

    number: int
    """Tells this reading from others; `asked` wants it."""
    request: ErrandRequest
    digest: str
    again: bool = False
    """The answer was neither yes nor no; this is the second and last time."""


@dataclass(frozen=True, slots=True)
class Approved:
    """Run exactly this."""

    request: ErrandRequest
    digest: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The wearer said no."""

    request: ErrandRequest


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Nobody answered in time: no."""

    request: ErrandRequest


@dataclass(frozen=True, slots=True)
class Dropped:
    """Twice neither yes nor no: no."""

    request: ErrandRequest


Verdict = Question | Approved | Refused | TimedOut | Dropped


def needs_yes(risk: Risk, *, foreign_text: bool = False) -> bool:
    """Say whether a tool of this class has to be approved.

    With foreign text in the turn (from the camera, a notification, the web), everything that changes something has to.
    """
    return risk >= (Risk.REVERSIBLE if foreign_text else Risk.REACHES_OTHERS)


class Consent:
    """Holds at most one open question."""

    def __init__(self, answer_within: float = ANSWER_WITHIN) -> None:
        self._answer_within = answer_within
        self._question: Question | None = None
        self._numbers = 0
        self._silent_since: float | None = None
        """When the present reading ended; None while it is spoken."""
        self._whole = False
        """It was spoken to its end."""

    @property
    def open(self) -> Question | None:
        """The question that waits for an answer."""
        return self._question

    def ask(self, request: ErrandRequest) -> Question:
        """Open a question; one that was open is no. Raises ValueError when the arguments are not plain JSON."""
        # A copy: what runs after the yes is what was read back, whatever becomes of the caller's object.
        arguments = json.loads(canonical_json(request.arguments))
        exact = ErrandRequest(request.tool, arguments)
        return self._read(Question(0, exact, digest(exact.tool, exact.arguments)))

    def asked(self, number: int, at: float) -> None:
        """Note that this reading was spoken to its end at this time."""
        self._fell_silent(number, at, whole=True)

    def cut(self, number: int, at: float) -> None:
        """Note that this reading was cut short: no yes can count for it, and the time for an answer runs."""
        self._fell_silent(number, at, whole=False)

    def hear(self, answer: Answer, started: float) -> Verdict | None:
        """Take an utterance that began at this time; None when no question is open."""
        question = self._question
        if question is None:
            return None
        if answer is Answer.NO:
            self._close()
            return Refused(question.request)
        if self._too_late(started):
            self._close()
            return TimedOut(question.request)
        if answer is Answer.YES and self._after_question(started):
            self._close()
            return Approved(question.request, question.digest)
        if question.again:
            self._close()
            return Dropped(question.request)
        return self._read(replace(question, again=True))

    def tick(self, now: float, speech_since: float | None = None) -> TimedOut | None:
        """Let time pass; `speech_since` is the begin of an utterance that is spoken or not understood yet."""
        if self._question is None or self._silent_since is None or not self._too_late(now):
            return None
        answering = speech_since is not None and not self._too_late(speech_since)
        if answering and now <= self._silent_since + LONGEST_WAIT:
            return None
        request = self._question.request
        self._close()
        return TimedOut(request)

    def drop(self) -> Dropped | None:
        """Close the question without an answer, which is no."""
        if self._question is None:
            return None
        request = self._question.request
        self._close()
        return Dropped(request)

    def _fell_silent(self, number: int, at: float, *, whole: bool) -> None:
        # A reading ends once, and a late report of an older reading is not about this question.
        if self._question is not None and self._question.number == number and self._silent_since is None:
            self._silent_since = at
            self._whole = whole

    def _after_question(self, started: float) -> bool:
        return self._whole and self._silent_since is not None and started > self._silent_since

    def _too_late(self, at: float) -> bool:
        return self._silent_since is not None and at > self._silent_since + self._answer_within

    def _read(self, question: Question) -> Question:
        self._close()
        self._numbers += 1
        self._question = replace(question, number=self._numbers)
        return self._question

    def _close(self) -> None:
        self._question = None
        self._silent_since = None
        self._whole = False
