"""Turns per-frame speech probabilities into utterance boundaries."""

from __future__ import annotations

from dataclasses import dataclass

from audio.frames import FRAME_SAMPLES, SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """When an utterance begins and when it is over. Raises ValueError when the numbers contradict each other."""

    start_probability: float = 0.5
    """A frame at or above this may begin an utterance."""
    stop_probability: float = 0.35
    """Within an utterance a frame below this is silence. Lower than the start, so that a soft vowel does not end it."""
    min_speech: int = SAMPLE_RATE // 10
    """Samples that must be speech without a break before it counts: a click or a cough is shorter."""
    end_silence: int = SAMPLE_RATE // 2
    """Samples of silence that end an utterance."""
    max_utterance: int = 15 * SAMPLE_RATE
    """Samples after which an utterance is ended by force: a television never pauses."""

    def __post_init__(self) -> None:
        if not 0 < self.stop_probability <= self.start_probability <= 1:
            raise ValueError("0 < stop_probability <= start_probability <= 1 must hold")
        if not 0 < self.min_speech < self.max_utterance:
            raise ValueError("0 < min_speech < max_utterance must hold")
        if self.end_silence <= 0:
            raise ValueError("end_silence must be over 0")


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The wearer began to speak."""

    start: int
    """First sample of the first voiced frame; the first sound may lie a little before, in the ring."""


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The wearer stopped speaking."""

    start: int
    """As in the SpeechStarted before it."""
    end: int
    """The sample at which it was decided."""
    last_voiced: int
    """The sample after the last voiced one: start < last_voiced <= end."""
    forced: bool = False
    """True when max_utterance or `finish` ended it, not silence."""


Boundary = SpeechStarted | SpeechEnded


class Endpointer:
    """Feed it every frame's probability; it gives a boundary when there is one.

    It counts samples and knows no clock. Frames that were dropped on the way show as a jump in `start`: they
    count as silence that is over, so speech on both sides of a jump stays one utterance.
    """

    def __init__(self, options: EndpointOptions | None = None) -> None:
        self._options = options or EndpointOptions()
        self._end_silence = self._options.end_silence
        self._now = 0
        self._start: int | None = None
        """First sample of the run of speech that goes on, confirmed or not."""
        self._confirmed = False
        self._last_voiced = 0

    @property
    def in_speech(self) -> bool:
        """True between a SpeechStarted and its SpeechEnded."""
        return self._confirmed

    @property
    def silence(self) -> int:
        """Samples since the last voiced one."""
        return self._now - self._last_voiced

    def allow_silence(self, end_silence: int | None) -> None:
        """Set how many samples of silence end an utterance from now on; None goes back to the options.

        Longer while a question is open that needs thought, shorter while a yes or no is expected.
        """
        if end_silence is not None and end_silence <= 0:
            raise ValueError("end_silence must be over 0")
        self._end_silence = self._options.end_silence if end_silence is None else end_silence

    def take(self, start: int, probability: float) -> Boundary | None:
        """Take the speech probability of the frame that starts at sample `start`."""
        contiguous = start == self._now
        self._now = start + FRAME_SAMPLES
        if self._confirmed:
            return self._go_on(probability)
        return self._look_for_speech(start, probability, contiguous)

    def finish(self) -> SpeechEnded | None:
        """End what is open, if anything: the microphone closed or was muted."""
        ended = self._end(forced=True) if self._confirmed else None
        self._start = None
        return ended

    def _look_for_speech(self, start: int, probability: float, contiguous: bool) -> SpeechStarted | None:
        if probability < self._options.start_probability:
            self._start = None
            return None
        if self._start is None or not contiguous:
            self._start = start
        self._last_voiced = self._now
        if self._now - self._start < self._options.min_speech:
            return None
        self._confirmed = True
        return SpeechStarted(self._start)

    def _go_on(self, probability: float) -> SpeechEnded | None:
        assert self._start is not None
        if probability >= self._options.stop_probability:
            self._last_voiced = self._now
        elif self._now - self._last_voiced >= self._end_silence:
            return self._end(forced=False)
        if self._now - self._start >= self._options.max_utterance:
            return self._end(forced=True)
        return None

    def _end(self, forced: bool) -> SpeechEnded:
        assert self._start is not None
        ended = SpeechEnded(self._start, self._now, self._last_voiced, forced)
        self._start = None
        self._confirmed = False
        return ended
