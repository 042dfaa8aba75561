"""The wearable's one clock for a turn: seconds of sound since the microphone opened."""

from __future__ import annotations

import time
from collections.abc import Callable

from audio.frames import SAMPLE_RATE

_DRIFT = 2e-4
"""How far the two crystals may be apart; real ones differ by 50 parts in a million or so."""


class StreamClock:
    """Sample time, read between frames with the help of the monotonic clock. Never goes back.

    A frame may arrive late, never early: so the smallest lead of the monotonic clock over the samples tells when the
    microphone opened. It may grow by the drift of the crystals, and by no more.
    """

    def __init__(self, pace: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`pace` is stream seconds in a real second: 1 but for recordings that are fed faster."""
        self._pace = pace
        self._monotonic = monotonic
        self._opened: float | None = None
        """Reading of the paced monotonic clock at sample 0; none before the first frame."""
        self._ticked = 0.0

    def tick(self, end: int) -> None:
        """Note that the sound up to this sample has arrived."""
        reading = self._monotonic() * self._pace
        opened = reading - end / SAMPLE_RATE
        if self._opened is not None:
            opened = min(opened, self._opened + _DRIFT * (reading - self._ticked))
        self._opened, self._ticked = opened, reading

    def now(self) -> float:
        """Give the time in seconds of stream; 0 before the first frame."""
        return 0.0 if self._opened is None else self._monotonic() * self._pace - self._opened

    def real(self, seconds: float) -> float:
        """Give how long seconds of stream take."""
        return seconds / self._pace
