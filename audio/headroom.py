"""Says how far two sounds can be raised together before one of them clips."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

_FULL = 32767.0


@dataclass(frozen=True, slots=True)
class HeadroomOptions:
    """How loud it may become, and how fast."""

    most_db: float = 20.0
    """The gain for soft sound; the noise of a microphone stays some 30 dB under speech."""
    ceiling: float = 0.9
    """Of full scale, for the loudest sample."""
    rise_db: float = 0.004
    """A frame, 0.2 dB a second: an echo that comes 0.1 s after what was played then fits it within 0.02 dB."""


class Headroom:
    """Feed it the frames that belong together; its gain falls at once where one would clip, and comes back slowly."""

    def __init__(self, options: HeadroomOptions | None = None) -> None:
        self._options = options or HeadroomOptions()
        self._gain_db = self._options.most_db

    def take(self, *frames: bytes) -> float:
        """Take frames of s16le; give the factor, at least 1, for all of them."""
        peak = max((_peak(frame) for frame in frames), default=0)
        wanted_db = min(self._options.most_db, self._gain_db + self._options.rise_db)
        if peak:
            wanted_db = min(wanted_db, 20 * math.log10(self._options.ceiling * _FULL / peak))
        self._gain_db = max(0.0, wanted_db)
        return float(10.0 ** (self._gain_db / 20))


def scaled(pcm: bytes, factor: float) -> bytes:
    """Give s16le times a factor, with which none of it may clip."""
    if factor == 1:
        return pcm
    return np.rint(np.frombuffer(pcm, "<i2") * np.float32(factor)).astype("<i2").tobytes()


def _peak(pcm: bytes) -> int:
    samples = np.frombuffer(pcm, "<i2")
    return max(int(np.maximum.reduce(samples)), -int(np.minimum.reduce(samples))) if len(samples) else 0
