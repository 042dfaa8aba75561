"""Sound as values: 20 ms frames of 16 kHz mono s16le, counted in samples."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Protocol

SAMPLE_RATE = 16_000
"""Samples a second, everywhere inside Earrand."""
FRAME_SAMPLES = 320
"""Samples in one frame: 20 ms."""
FRAME_BYTES = FRAME_SAMPLES * 2


class AudioError(Exception):
    """Sound cannot be read, played or captured; the message says what to do.

    AudioError
    +-- AudioFileError     a file that is not sound, or holds none
    +-- AudioDeviceError   no such device, or it cannot be opened
    |   +-- AudioDeviceLost    a device that was open went away or fell silent
    +-- EchoError          the echo canceller does not load, or failed
    """


class AudioFileError(AudioError):
    """A file is not sound, or holds none."""


class AudioDeviceError(AudioError):
    """A sound device is missing, cannot be opened, or went away."""


class AudioDeviceLost(AudioDeviceError):
    """A sound device that was open went away, or moves no sound any more."""


class EchoError(AudioError):
    """The echo canceller does not load on this machine, or failed."""


@dataclass(frozen=True, slots=True)
class Frame:
    """20 ms of sound."""

    start: int
    """Samples since the microphone was opened."""
    pcm: bytes
    """FRAME_BYTES bytes of s16le mono at SAMPLE_RATE."""

    @property
    def end(self) -> int:
        """The sample after the last one of this frame."""
        return self.start + len(self.pcm) // 2


class Microphone(Protocol):
    """Gives frames until it is exhausted (a file) or closed (a device)."""

    def frames(self) -> AsyncIterator[Frame]:
        """Yield frames in order; raise AudioDeviceError when the device is lost."""
        ...


class Speaker(Protocol):
    """Plays PCM (s16le mono 16 kHz) and knows how much of it was heard."""

    async def write(self, pcm: bytes) -> None:
        """Queue sound; wait while more than 0.3 s is queued and unheard."""
        ...

    async def drain(self) -> None:
        """Wait until all that was written was heard."""
        ...

    def hush(self) -> None:
        """Drop at once what was written and not yet heard, and end a pause."""
        ...

    def pause(self) -> None:
        """Hold what waits: silence from the next device period on, and `played` stands still. Writers wait."""
        ...

    def resume(self) -> None:
        """Go on after a pause, with the very next sample."""
        ...

    def reference(self) -> bytes:
        """Give the next frame of what was played, after volume, silence included; call it once per microphone frame."""
        ...

    @property
    def played(self) -> int:
        """Samples heard since opening, of those written (silence between them is not counted)."""
        ...


def split_frames(pcm: bytes, start: int = 0) -> Iterator[Frame]:
    """Cut PCM into frames; the last one is padded with silence."""
    for offset in range(0, len(pcm), FRAME_BYTES):
        chunk = pcm[offset : offset + FRAME_BYTES]
        yield Frame(start + offset // 2, chunk.ljust(FRAME_BYTES, b"\0"))
