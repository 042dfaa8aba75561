"""Runs our own voice through a simulated room and an echo canceller, paired frame by frame as on the wearable."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from audio.echo import EchoCanceller
from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE
from audio.reference import Reference
from edge.benches.room import Room, Signal, pcm, signal

_CHUNK = 25
"""Frames that go through the room at a time: its long convolution costs as much for one."""
_BLOCK = 25
"""Frames, 0.5 s, over which the echo removed is averaged to see when the canceller has learned."""
GOOD_DB = 25.0


@dataclass(frozen=True, slots=True)
class Run:
    """What went in and what came out."""

    near: bytes
    out: bytes
    processor_s: float
    """Of the canceller alone."""

    @property
    def seconds(self) -> float:
        """How long it was."""
        return len(self.near) / (2 * SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class Removed:
    """How much of the echo was removed, in dB, counted from the first echo."""

    first_s_db: float
    second_s_db: float
    later_db: float
    good_after_s: float | None
    """When 0.5 s of sound first had 25 dB less; None if never."""
    again_db: float | None = None
    """In the first second of a second turn, with the same canceller."""


def pairs(played: Iterable[bytes], room: Room, wearer: Signal | None = None) -> Iterator[tuple[bytes, bytes]]:
    """Yield each frame of the microphone with the reference that the wearable would give to the canceller.

    `wearer` is what the microphone hears besides, from its first sample on.
    """
    reference = Reference()
    reference.take()
    frames, waiting, heard_before = iter(played), np.zeros(0), 0
    while chunk := list(islice(frames, _CHUNK)):
        heard = room.hear(signal(b"".join(chunk)))
        if wearer is not None:
            own = wearer[heard_before : heard_before + len(heard)]
            heard[: len(own)] += own
        heard_before += len(heard)
        for index, frame in enumerate(chunk):
            reference.put(frame)
            part = slice(len(heard) * index // len(chunk), len(heard) * (index + 1) // len(chunk))
            waiting = np.concatenate([waiting, heard[part]])
            while len(waiting) >= FRAME_SAMPLES:
                yield pcm(waiting[:FRAME_SAMPLES]), reference.take()
                waiting = waiting[FRAME_SAMPLES:]


def cancel(canceller: EchoCanceller, frames: Iterable[tuple[bytes, bytes]]) -> Run:
    """Run it and time it."""
    near, out, processor_s = bytearray(), bytearray(), 0.0
    for one, far in frames:
        begun = time.thread_time()
        cleaned = canceller.process(one, far)
        processor_s += time.thread_time() - begun
        near += one
        out += cleaned
    return Run(bytes(near), bytes(out), processor_s)


def removed(run: Run, echo_from: int, again_from: int | None = None) -> Removed:
    """Measure a run in which only we spoke; `echo_from` is the first sample of the microphone with echo.

    `again_from` is that of a second turn, if there was one.
    """
    whole, left = signal(run.near), signal(run.out)
    first, second = SAMPLE_RATE, 2 * SAMPLE_RATE
    near, out = whole[echo_from:again_from], left[echo_from:again_from]
    again = None
    if again_from is not None:
        again = less_db(whole[again_from : again_from + first], left[again_from : again_from + first])
    return Removed(
        less_db(near[:first], out[:first]),
        less_db(near[first:second], out[first:second]),
        less_db(near[second:], out[second:]),
        _good_after_s(near, out),
        again,
    )


def less_db(near: Signal, out: Signal) -> float:
    """Give how much less power there is in `out`, in dB."""
    return 10 * math.log10(max(1e-12, float(near @ near)) / max(1e-12, float(out @ out)))


def _good_after_s(near: Signal, out: Signal) -> float | None:
    size, step = _BLOCK * FRAME_SAMPLES, FRAME_SAMPLES
    loud = float(near @ near) / max(1, len(near)) * size / 10
    for start in range(0, len(near) - size, step):
        block = slice(start, start + size)
        if float(near[block] @ near[block]) > loud and less_db(near[block], out[block]) >= GOOD_DB:
            return (start + size) / SAMPLE_RATE
    return None


def at_volume(frames: Iterable[bytes], percent: int) -> Iterator[bytes]:
    """Scale frames as the assistant does: by the square of the volume."""
    for frame in frames:
        yield pcm(signal(frame) * (percent / 100) ** 2)


def silence(frames: int) -> list[bytes]:
    """Make frames of silence."""
    return [bytes(FRAME_BYTES)] * frames
