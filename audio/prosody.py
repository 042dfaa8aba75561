"""Follows the pitch of a voice and says how far it fell at the end of what was said so far.

The pitch is YIN's (de Cheveigné and Kawahara, "YIN, a fundamental frequency estimator for speech and music", 2002):
the first lag at which the sound differs little from itself, relative to the mean difference at shorter lags. Loudness
is left out: it told 435 pauses and ends in people's read sentences apart less well (area under the curve 0.52 and 0.69
in two halves of the recordings) than pitch did (0.73 and 0.66).
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from audio.frames import SAMPLE_RATE

_Samples = npt.NDArray[np.float64]

_RATE = SAMPLE_RATE // 2
"""Pitch needs no more than 4 kHz of sound, and half the samples take half the time."""
_HOP = 640
"""Samples between two looks, 40 ms."""
_LONGEST = _RATE // 70
_SHORTEST = _RATE // 400
"""Lags: voices lie between 70 and 400 Hz."""
_WINDOW = _RATE * 25 // 1000
_NEEDED = 2 * (_WINDOW + _LONGEST)
_REPEATS = 0.2
"""YIN's threshold: under it the sound repeats itself enough to have a pitch. The paper takes 0.1, for clean sound."""
_SILENT = 10 ** (-60 / 20)
_LAST = 3
"""Voiced looks that make the end: 0.12 s."""
_LEAST = 8
"""Voiced looks, 0.32 s, under which there is nothing to compare with."""
_KEPT = 250
"""Looks that are kept: the last 10 s."""


class Prosody:
    """Feed it every frame of an utterance, silence included."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin an utterance."""
        self._sound = np.zeros(0)
        self._semitones: deque[float] = deque(maxlen=_KEPT)

    def take(self, pcm: bytes) -> None:
        """Take any number of samples."""
        self._sound = np.concatenate([self._sound, np.frombuffer(pcm, "<i2") / 32768.0])
        while len(self._sound) >= _NEEDED + _HOP:
            self._look(self._sound[:_NEEDED])
            self._sound = self._sound[_HOP:]

    def fall(self) -> float | None:
        """Give how many semitones the last pitch lies under that of the whole utterance; None when it is too short."""
        if len(self._semitones) < _LEAST:
            return None
        voiced = list(self._semitones)
        return float(np.median(voiced) - np.median(voiced[-_LAST:]))

    def _look(self, sound: _Samples) -> None:
        hertz = pitch(sound) if np.sqrt(np.mean(sound**2)) > _SILENT else None
        if hertz is not None:
            self._semitones.append(12 * float(np.log2(hertz)))


def pitch(sound: _Samples) -> float | None:
    """Give the pitch in Hz of the first 25 ms of a sound of at least 40 ms; None for silence, hiss and whispers."""
    half = (sound[0:_NEEDED:2] + sound[1:_NEEDED:2]) / 2
    normal = _differences(half)
    low = np.flatnonzero(normal[_SHORTEST - 1 :] < _REPEATS)
    if not len(low):
        return None
    lag = _SHORTEST - 1 + int(low[0])
    while lag + 1 < _LONGEST and normal[lag + 1] < normal[lag]:
        lag += 1
    return _RATE / (lag + 1 + _vertex(normal, lag))


def _differences(sound: _Samples) -> _Samples:
    """Give, for each lag from 1, the squared difference over the mean of those at the shorter lags."""
    size = 1 << (2 * _WINDOW + _LONGEST).bit_length()
    product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(sound[:_WINDOW], size)), size)[: _LONGEST + 1]
    squares = np.concatenate([[0.0], np.cumsum(sound**2)])
    energy = squares[_WINDOW : _WINDOW + _LONGEST + 1] - squares[: _LONGEST + 1]
    difference = np.maximum(energy[0] + energy - 2 * product, 0.0)[1:]
    mean = np.cumsum(difference) / np.arange(1, _LONGEST + 1)
    return np.asarray(np.divide(difference, mean, out=np.ones(_LONGEST), where=mean > 0))


def _vertex(values: _Samples, place: int) -> float:
    """Give where between samples the parabola through three neighbours has its lowest point."""
    if not 0 < place < len(values) - 1:
        return 0.0
    before, at, after = values[place - 1 : place + 2]
    bend = before - 2 * at + after
    return float((before - after) / (2 * bend)) if bend > 0 else 0.0
