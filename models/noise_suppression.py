"""Takes steady noise out of an utterance with WebRTC's noise suppressor."""

from __future__ import annotations

from collections.abc import Iterator

from audio.frames import SAMPLE_RATE

try:
    from livekit.rtc import AudioFrame, AudioProcessingModule
except (ImportError, OSError):  # there is none for every board and every glibc
    _LOADS = False
else:
    _LOADS = True

_SAMPLES = SAMPLE_RATE // 100
"""WebRTC works in pieces of 10 ms."""


def suppress_noise(pcm: bytes) -> bytes:
    """Give s16le mono 16 kHz without what sounds the same all the time, as long as before.

    It goes over the sound twice, and the first time is only for learning the noise: a short utterance would be over
    before it is learned. The same sound gives the same samples, and itself where WebRTC does not load.
    """
    if not _LOADS:
        return pcm
    suppressor = AudioProcessingModule(noise_suppression=True)
    cleaned = b""
    for _ in range(2):
        frames = [AudioFrame(bytearray(piece), SAMPLE_RATE, 1, _SAMPLES) for piece in _pieces(pcm)]
        for frame in frames:
            suppressor.process_stream(frame)
        cleaned = b"".join(bytes(frame.data) for frame in frames)
    return cleaned[: len(pcm)]


def _pieces(pcm: bytes) -> Iterator[bytes]:
    """Yield pieces of 10 ms, the last filled up with silence."""
    size = 2 * _SAMPLES
    for place in range(0, len(pcm), size):
        yield pcm[place : place + size].ljust(size, b"\0")
