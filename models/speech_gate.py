"""Lets speech through, with a little sound around it, and leaves longer silences out.

Whisper invents words for silence: its own "no speech" probability was not made to be relied on, a voice activity
detector before it is the guard that serves (M. Barański et al., "Investigation of Whisper ASR hallucinations induced
by non-speech audio", 2025, arXiv 2501.11378). All times are those of the sound that was let through, without the gaps.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from audio.frames import SAMPLE_RATE

WINDOW = 512
"""Samples that are judged together: 32 ms, Silero's own step."""
WINDOW_S = WINDOW / SAMPLE_RATE
WINDOW_BYTES = 2 * WINDOW


@dataclass(frozen=True, slots=True)
class GateOptions:
    """What counts as speech, and what is kept around it."""

    speech: float = 0.5
    """Probability from which silence becomes speech: Silero's own value."""
    silence: float = 0.35
    """Probability under which speech becomes silence: Silero's own value."""
    before_s: float = 0.4
    """Kept before speech, for a soft first consonant: what faster-whisper keeps."""
    after_s: float = 1.0
    """Kept after speech: quiet words that the detector misses, and pauses as people make them."""


class SpeechGate:
    """Decides for each window of an utterance whether the recogniser shall hear it."""

    def __init__(self, options: GateOptions | None = None) -> None:
        options = options or GateOptions()
        if not 0 <= options.silence <= options.speech <= 1 or options.before_s < 0 or options.after_s < 0:
            raise ValueError("a gate needs 0 <= silence <= speech <= 1 and no negative time")
        self._options = options
        self._speaking = False
        self._silent = 0
        """Windows since the last voiced one."""
        self._before: deque[bytes] = deque(maxlen=round(options.before_s / WINDOW_S))
        self._marks: list[bool] = []
        """Of each window let through, whether it was voiced."""

    @property
    def kept_s(self) -> float:
        """Seconds of sound let through."""
        return len(self._marks) * WINDOW_S

    @property
    def silent_s(self) -> float:
        """Seconds since the last speech; 0 before any."""
        return self._silent * WINDOW_S

    def push(self, window: bytes, probability: float) -> bytes:
        """Take the next 32 ms and how probably they are speech; give the sound that is let through now, often none."""
        self._speaking = probability >= (self._options.silence if self._speaking else self._options.speech)
        if self._speaking:
            kept = [*self._before, window]
            self._before.clear()
            self._silent = 0
        else:
            self._silent += bool(self._marks)
            kept = [window] if self._marks and self._silent * WINDOW_S <= self._options.after_s else []
            if not kept:
                self._before.append(window)
        self._marks += [False] * (len(kept) - 1) + [self._speaking] if kept else []
        return b"".join(kept)

    def voiced_s(self, start: float = 0.0, end: float | None = None) -> float:
        """Sum up the speech between two times, in seconds of the sound that was let through."""
        last = len(self._marks) if end is None else round(end / WINDOW_S)
        return sum(self._marks[round(start / WINDOW_S) : last]) * WINDOW_S
