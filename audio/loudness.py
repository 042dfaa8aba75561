"""Makes our voice as loud as the place needs: tracks the noise around and gives a gain that never clips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audio.frames import SAMPLE_RATE
from audio.level import level_db

SILENCE_DB = -90.0
"""What counts as the quietest sound: one step of 16 bits is as loud."""
_RISE, _FALL = 6.0, 12.0
"""How fast the floor follows, in dB a second: a door that slams lasts too short to be noise."""
_CEILING = 0.97
"""Of full scale: the limiter keeps peaks under it."""
_LOOK = round(0.004 * SAMPLE_RATE)
"""Samples before a peak at which the limiter begins to turn down."""
_RAMP = round(0.01 * SAMPLE_RATE)
"""Samples over which a new gain is reached, so that it makes no click."""


class NoiseFloor:
    """Knows how loud it is around while nobody speaks to us and we are silent."""

    def __init__(self) -> None:
        self.level_db: float | None = None
        """Level of the noise in dB of full scale; none before the first frame without a voice."""

    def take(self, pcm: bytes, voiced: bool) -> None:
        """Take sound of the microphone; `voiced` says that somebody speaks in it, the wearer or we."""
        level = level_db(pcm)
        # A microphone that is muted gives exact zeros: they say nothing about the room.
        if voiced or level <= SILENCE_DB:
            return
        if self.level_db is None:
            self.level_db = level
            return
        seconds = len(pcm) / 2 / SAMPLE_RATE
        self.level_db = min(max(level, self.level_db - _FALL * seconds), self.level_db + _RISE * seconds)


@dataclass(frozen=True, slots=True)
class FollowOptions:
    """How our voice follows the noise. Raises ValueError when softest is over loudest, or a speed is not over 0."""

    comfortable_db: float = -50.0
    """Noise, in dB of full scale, at which the wearer's volume is right as it is."""
    slope: float = 0.5
    """dB of voice for each dB of noise; people raise theirs by about as much."""
    softest_db: float = -6.0
    loudest_db: float = 9.0
    """Bounds of the gain."""
    step_db: float = 2.0
    """A change of less is not followed: nobody hears it, but a voice that breathes with the traffic is heard."""
    up_db: float = 6.0
    down_db: float = 2.0
    """Fastest change of the gain, in dB a second."""

    def __post_init__(self) -> None:
        if self.softest_db > self.loudest_db or min(self.up_db, self.down_db) <= 0:
            raise ValueError("softest is at most loudest, and speeds are over 0")


OFF = FollowOptions(softest_db=0.0, loudest_db=0.0)
"""The wearer's volume and nothing else."""


class Follow:
    """Gives the gain for our voice, on top of the wearer's volume."""

    def __init__(self, options: FollowOptions | None = None) -> None:
        self._options = options or FollowOptions()
        self._goal_db = 0.0
        self._gain_db = 0.0
        self._at_s: float | None = None

    def gain_db(self, noise_db: float | None, now_s: float) -> float:
        """Give the gain at this second of the stream; without a known noise it stays where it is."""
        if noise_db is not None:
            self._aim((noise_db - self._options.comfortable_db) * self._options.slope)
        elapsed = 0.0 if self._at_s is None else max(0.0, now_s - self._at_s)
        self._at_s = now_s
        up, down = self._options.up_db * elapsed, self._options.down_db * elapsed
        self._gain_db = min(max(self._goal_db, self._gain_db - down), self._gain_db + up)
        return self._gain_db

    def _aim(self, wanted_db: float) -> None:
        bounded = min(max(wanted_db, self._options.softest_db), self._options.loudest_db)
        at_a_bound = bounded in (self._options.softest_db, self._options.loudest_db)
        if at_a_bound or abs(bounded - self._goal_db) >= self._options.step_db:
            self._goal_db = bounded


class Amplifier:
    """Applies a gain that may change between chunks, without a click; peaks are turned down before they clip."""

    def __init__(self) -> None:
        self._factor: float | None = None

    def apply(self, pcm: bytes, factor: float) -> bytes:
        """Give PCM times a factor of at least 0; ask `as_factor` for the one of a gain in dB."""
        sound = np.frombuffer(pcm, "<i2").astype(np.float64)
        if not len(sound):
            return b""
        gain = self._ramp(len(sound), factor)
        loud = np.abs(sound)
        if np.max(loud * gain) > _CEILING * 32767:
            gain = _limited(gain, loud)
        self._factor = float(gain[-1])
        return bytes(np.rint(sound * gain).astype("<i2").tobytes())

    def _ramp(self, length: int, factor: float) -> np.ndarray:
        before = factor if self._factor is None else self._factor
        reached = np.minimum(1.0, np.arange(1, length + 1) / _RAMP)
        return np.asarray(before + (factor - before) * reached)


def as_factor(gain_db: float) -> float:
    """Give what samples are multiplied by for a gain."""
    return float(10 ** (gain_db / 20))


def _limited(gain: np.ndarray, loud: np.ndarray) -> np.ndarray:
    """Lower a gain around peaks: the least that is allowed within a window, smoothed over the same window.

    Each value that is averaged has the peak in its window, so the average cannot exceed what the peak allows.
    """
    allowed = np.minimum(gain, _CEILING * 32767 / np.maximum(loud, 1.0))
    padded = np.pad(allowed, _LOOK, constant_values=np.inf)
    least = np.lib.stride_tricks.sliding_window_view(padded, 2 * _LOOK + 1).min(axis=1)
    window = np.ones(2 * _LOOK + 1) / (2 * _LOOK + 1)
    return np.asarray(np.convolve(np.pad(least, _LOOK, mode="edge"), window, mode="valid"))
