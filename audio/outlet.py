"""The sound that waits between the program and a loudspeaker's driver."""

from __future__ import annotations

from collections import deque

from audio.frames import SAMPLE_RATE
from audio.reference import Reference

UNHEARD_LIMIT = SAMPLE_RATE * 3 // 10
"""Samples a speaker may hold unheard: 0.3 s bridges a slow chunk and is little to throw away on barge-in."""


class Outlet:
    """Put sound in; the driver pulls it out block by block and gets silence when there is none.

    A sample is heard only some blocks after it was pulled, `delay_blocks`. Not thread-safe: the device locks.
    """

    def __init__(self, delay_blocks: int) -> None:
        if delay_blocks < 0:
            raise ValueError("delay_blocks must not be below 0")
        self._waiting = bytearray()
        # One entry for each block that the driver holds: how many of its samples are sound.
        self._under_way = deque([0] * delay_blocks)
        self._played = 0
        self._paused = False
        self.reference = Reference()
        """What the driver was given, silence included."""

    @property
    def played(self) -> int:
        """Samples heard, of those put in."""
        return self._played

    @property
    def unheard(self) -> int:
        """Samples put in and not yet heard; those that the driver holds cannot be called back."""
        return len(self._waiting) // 2 + sum(self._under_way)

    def put(self, pcm: bytes) -> None:
        """Add sound after what waits."""
        self._waiting += pcm

    def pull(self, size: int) -> bytes:
        """Give the driver its next block of `size` bytes."""
        sound = b"" if self._paused else bytes(self._waiting[:size])
        del self._waiting[: len(sound)]
        self._under_way.append(len(sound) // 2)
        self._played += self._under_way.popleft()
        block = sound.ljust(size, b"\0")
        self.reference.put(block)
        return block

    def pause(self) -> None:
        """Hold what waits: the driver's next blocks are silence. What it has taken is still heard."""
        self._paused = True

    def resume(self) -> None:
        """Go on with the sample after the last one that was pulled."""
        self._paused = False

    def hush(self) -> None:
        """Forget what waits, and end a pause."""
        self._waiting.clear()
        self._paused = False
