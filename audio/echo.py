"""Says what an echo canceller is, and measures how much echo it removes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np

_FULL = 32768.0**2
_LEAST = 1 / _FULL
"""Power of a sound that is 1 or -1 at every sample."""
_ACTIVE = 10**-5.5
"""Power of full scale, -55 dB: below it the loudspeaker is silent."""
_FADE = 10**-0.1
"""A frame, so 50 dB a second: how fast what the loudspeaker played is forgotten. Delay and room go on for that long."""
_MEMORY = 50
"""Frames, 1 s, over which sound is averaged."""
_ENOUGH = 25
"""Frames, 0.5 s, before anything is said."""
_PATIENCE = 100
"""Frames, 2 s: speech that covers ours for longer is ours, left in; the wearer's would have stopped us."""
_ABOVE_NOISE = 4.0
"""6 dB over the noise, or the microphone does not hear the loudspeaker."""
_FLOOR = 10**-7.0
"""-70 dB: the noise that is assumed as long as none was heard without our voice."""
_NEEDED_DB = 10.0
_LARGEST_DB = 60.0


class EchoCanceller(Protocol):
    """Takes the loudspeaker's sound out of the microphone's. Owned by one thread."""

    def process(self, near: bytes, far: bytes) -> bytes:
        """Take one 20 ms frame of the microphone and what the loudspeaker played; give `near` without its echo."""
        ...


class Echo(Enum):
    """What becomes of our own voice; the value is for people."""

    UNKNOWN = "echo not measured yet"
    REMOVED = "echo removed"
    UNHEARD = "the microphone does not hear the loudspeaker"
    LEFT = "echo left in"


@dataclass(frozen=True, slots=True)
class EchoReport:
    """What an EchoMeter found in the last second or so of our own voice."""

    echo: Echo
    removed_db: float | None
    """At most 60; None when there is no echo to remove or too little was heard."""

    def __str__(self) -> str:
        return self.echo.value if self.removed_db is None else f"{self.echo.value}, {self.removed_db:.0f} dB less"


class _Mean:
    """The mean of what was taken so far, and later of the last second."""

    def __init__(self) -> None:
        self.value = 0.0
        self.count = 0

    def take(self, value: float) -> None:
        self.count += 1
        self.value += (value - self.value) / min(self.count, _MEMORY)


class EchoMeter:
    """Take every frame before and after the canceller; it says whether the canceller does its work.

    Noise, heard while the loudspeaker is silent, is subtracted; frames in which the wearer talks are left out.
    """

    def __init__(self) -> None:
        self._far = 0.0
        """Power of what the loudspeaker played, which fades."""
        self._covered = 0
        self._near, self._left = _Mean(), _Mean()
        """Of the microphone and the canceller's output, while we speak."""
        self._noise, self._noise_left = _Mean(), _Mean()
        """Of the microphone and the canceller's output, while we do not."""

    def take(self, near: bytes, far: bytes, out: bytes, talking: bool) -> None:
        """Take one frame; `talking` says that `out` sounds like speech, whoever's it is."""
        self._far = max(_power(far), self._far * _FADE)
        self._covered = self._covered + 1 if talking and self.active else max(0, self._covered - 1)
        if talking and self._covered <= _PATIENCE:
            return
        if self.active:
            self._near.take(_power(near))
            self._left.take(_power(out))
        else:
            self._noise.take(_power(near))
            self._noise_left.take(_power(out))

    @property
    def active(self) -> bool:
        """True while our own voice, or the end of it, may be in the microphone."""
        return self._far > _ACTIVE

    def report(self) -> EchoReport:
        """Say what becomes of our own voice."""
        if self._near.count < _ENOUGH:
            return EchoReport(Echo.UNKNOWN, None)
        noise = max(self._noise.value, _LEAST) if self._noise.count >= _ENOUGH else _FLOOR
        if self._near.value < noise * _ABOVE_NOISE:
            return EchoReport(Echo.UNHEARD, None)
        # What is left cannot be told from noise below a tenth of it.
        smallest = max(self._noise_left.value / 10, self._near.value * 10 ** (-_LARGEST_DB / 10), _LEAST)
        left = max(self._left.value - self._noise_left.value, smallest)
        removed_db = min(_LARGEST_DB, 10 * math.log10((self._near.value - noise) / left))
        return EchoReport(Echo.REMOVED if removed_db >= _NEEDED_DB else Echo.LEFT, removed_db)


def _power(pcm: bytes) -> float:
    """Give the mean square, where 1.0 is full scale."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    return float(samples @ samples) / (_FULL * max(1, len(samples)))
