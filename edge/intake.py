"""Decides which sound reaches the recogniser: none while nobody is listened to, none from before the wake word."""

from __future__ import annotations

from dataclasses import dataclass, replace

from audio.endpoint import Boundary, SpeechEnded, SpeechStarted
from audio.frames import SAMPLE_RATE, Frame
from audio.ring import Ring
from edge.detector import Woken

_LEAST_AFTER_WAKE = SAMPLE_RATE // 5
"""Samples of speech after the wake word was told that make an utterance; less is the end of the word itself, which
some voices draw out."""


@dataclass(frozen=True, slots=True)
class Begin:
    """An utterance begins; what was taken of an unfinished one is to be forgotten."""


@dataclass(frozen=True, slots=True)
class Take:
    """Sound for the recogniser."""

    pcm: bytes
    silent: int
    """Samples of silence that it ends in, so far."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The utterance is over."""

    ended: SpeechEnded
    after_wake: bool = False
    """Whether it followed a wake word in the same breath, of whose end it may have some."""


@dataclass(frozen=True, slots=True)
class Forget:
    """It was no utterance for us: what was taken of it, if anything, is to be forgotten."""

    last_voiced: int
    only_woke: bool
    """Whether it was the wake word, and the wearer now waits to be listened to."""


Step = Begin | Take | Finish | Forget


class Intake:
    """Takes every frame, with what is known about it; gives what the recogniser is to do. Counts samples only."""

    def __init__(self) -> None:
        self._ring = Ring()
        self._taking = False
        self._woke_at: int | None = None
        """Where the latest wake word ended; nothing before it is taken."""
        self._told_at = 0
        """Where that was noticed."""

    def take(
        self,
        frame: Frame,
        boundary: Boundary | None,
        *,
        in_speech: bool,
        silent: int,
        woke: Woken | None,
        listens: bool,
    ) -> list[Step]:
        """Take a frame that ends in `silent` samples of silence; `listens` says whether we listen to anybody."""
        steps: list[Step] = []
        self._ring.push(frame)
        if woke is not None:
            self._woke_at, self._told_at = frame.end - woke.ago, frame.end
            self._taking = False
        if listens and in_speech and not self._taking:
            self._taking = True
            steps.append(Begin())
        if isinstance(boundary, SpeechStarted) and not listens:
            self._taking = False
        if self._taking:
            pcm = b"".join(held.pcm for held in self._ring.take() if held.start >= self._begin())
            steps.append(Take(pcm, silent))
        if isinstance(boundary, SpeechEnded):
            steps.append(self._end(boundary))
        return steps

    def _begin(self) -> int:
        return 0 if self._woke_at is None else self._woke_at

    def _end(self, ended: SpeechEnded) -> Step:
        taken, self._taking = self._taking, False
        woke_at, self._woke_at = self._woke_at, None
        woke_inside = woke_at is not None and ended.start < woke_at
        if not taken:
            return Forget(ended.last_voiced, only_woke=woke_inside)
        if woke_at is not None and woke_inside:
            if ended.last_voiced - self._told_at < _LEAST_AFTER_WAKE:
                return Forget(ended.last_voiced, only_woke=True)
            return Finish(replace(ended, start=woke_at), after_wake=True)
        return Finish(ended)
