"""Notices where a sound begins: a frame much louder than everything in the moment before it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from audio.level import SILENT_DB

_PAST = SAMPLE_RATE
"""Samples that tell the background."""


@dataclass(frozen=True, slots=True)
class OnsetOptions:
    """What counts as a beginning. Raises ValueError when a number is out of range."""

    rise_db: float = 10.0
    """So much louder than the loudest frame of the moment before."""
    rise: int = SAMPLE_RATE // 10
    """Samples that the rise may take: an "s" swells."""
    before: int = 3 * SAMPLE_RATE // 10
    """Samples of the moment before the rise: longer than the closure inside a word."""
    least_db: float = -55.0
    """Below full scale; softer is nobody who speaks into this microphone."""

    def __post_init__(self) -> None:
        if self.rise_db <= 0 or min(self.rise, self.before) < FRAME_SAMPLES:
            raise ValueError("the rise is over 0 dB; it and the moment before it take at least one frame")


class Onset:
    """Feed it the level of each frame. Steady sound, however loud, begins once and then no more."""

    def __init__(self, options: OnsetOptions | None = None) -> None:
        self._options = options or OnsetOptions()
        self._rise_frames = self._options.rise // FRAME_SAMPLES
        self._before_frames = self._options.before // FRAME_SAMPLES
        self._past: deque[float] = deque(maxlen=_PAST // FRAME_SAMPLES)
        self._held = 0
        """Frames in which the onset that was told goes on."""

    @property
    def background_db(self) -> float:
        """How loud it was at most before the moment before: what goes on beside the new sound."""
        return _loudest(list(self._past)[: -self._rise_frames - self._before_frames])

    def take(self, level_db: float) -> bool:
        """Say whether a sound begins in this frame; `level_db` is 0 for full scale."""
        past = list(self._past)
        before = _loudest(past[: -self._rise_frames][-self._before_frames :])
        self._past.append(level_db)
        self._held = max(0, self._held - 1)
        begins = self._held == 0 and level_db >= max(self._options.least_db, before + self._options.rise_db)
        if begins:
            self._held = self._rise_frames + 1
        return begins

    def reset(self) -> None:
        """Forget the sound so far."""
        self._past.clear()
        self._held = 0


def _loudest(levels: list[float]) -> float:
    return max(levels, default=SILENT_DB)
