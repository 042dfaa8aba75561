"""Changes the sample rate of sound that arrives in pieces."""

from __future__ import annotations

import av
import numpy as np

from audio.frames import SAMPLE_RATE


class Resampler:
    """Turns s16le mono at one rate into s16le mono at 16 kHz, piece by piece.

    Call `finish` at the end of each sentence: about 1 ms of sound waits inside until then.
    """

    def __init__(self, rate: int, to_rate: int = SAMPLE_RATE) -> None:
        if rate <= 0 or to_rate <= 0:
            raise ValueError("a sample rate must be over 0")
        self._rate = rate
        self._to_rate = to_rate
        self._odd = b""
        """Half a sample, when a piece was cut inside one."""
        self._inner = self._fresh()

    def _fresh(self) -> av.AudioResampler:
        return av.AudioResampler(format="s16", layout="mono", rate=self._to_rate)

    def push(self, pcm: bytes) -> bytes:
        """Take the next piece and give the sound that is ready, which may be none."""
        pcm = self._odd + pcm
        whole = len(pcm) // 2 * 2
        self._odd = pcm[whole:]
        if self._rate == self._to_rate or not whole:
            return pcm[:whole]
        samples = np.frombuffer(pcm[:whole], "<i2").reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = self._rate
        return _joined(self._inner.resample(frame))

    def finish(self) -> bytes:
        """Give the rest and be ready for the next sound; half a sample at the end is dropped."""
        rest = _joined(self._inner.resample(None))
        self._inner = self._fresh()
        self._odd = b""
        return rest


def _joined(frames: list[av.AudioFrame]) -> bytes:
    return b"".join(frame.to_ndarray().astype("<i2").tobytes() for frame in frames)
