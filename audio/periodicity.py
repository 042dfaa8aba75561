"""Says how much sound repeats itself from one moment to the next, as voices do and hiss does not."""

from __future__ import annotations

import numpy as np

from audio.frames import FRAME_BYTES, SAMPLE_RATE

_SHORTEST, _LONGEST = SAMPLE_RATE // 400, SAMPLE_RATE // 75
"""Lags: voices lie between 75 and 400 Hz."""
_SIZE = 2048
"""Of the transform: room for two frames and the longest lag."""


class Periodicity:
    """Feed it every frame; it looks at the last two, 40 ms: three periods of the lowest voice."""

    def __init__(self) -> None:
        self._before = bytes(FRAME_BYTES)

    def take(self, pcm: bytes) -> float:
        """Take a frame; give the correlation of the sound with itself a period later, 0 to 1, 0 for silence."""
        sound = np.frombuffer(self._before + pcm, "<i2").astype(np.float64)
        self._before = pcm
        sound -= np.mean(sound)
        products = np.fft.irfft(np.abs(np.fft.rfft(sound, _SIZE)) ** 2)[_SHORTEST:_LONGEST]
        energy = np.concatenate([[0.0], np.cumsum(sound**2)])
        lags = np.arange(_SHORTEST, _LONGEST)
        both = np.sqrt(energy[len(sound) - lags] * (energy[-1] - energy[lags]))
        alike = products / np.maximum(both, 1.0)
        best = int(np.argmax(alike))
        # Alike most at the shortest lag is rumble, which hardly changes within it.
        return min(1.0, max(0.0, float(alike[best]))) if best else 0.0
