"""Keeps what the loudspeaker was given, so that an echo canceller can take it frame by frame."""

from __future__ import annotations

from audio.frames import FRAME_BYTES

_LIMIT_FRAMES = 25
"""0.5 s, as much as a microphone's queue holds: after a long stall both have lost the same sound and fit again."""
_WINDOW = 250
"""Frames, 5 s: what waits through all of it is no jitter but two clocks that drift apart."""
_SPARE_FRAMES = 1
"""What may always wait: a driver's block that comes a little late then costs no silence."""


class Reference:
    """Gives what was put in, in order, in 20 ms frames; nothing is kept before the first `take`.

    The reader takes a frame for each frame of the microphone, whose clock is not the loudspeaker's. A reader that
    is too early gets silence, which is counted in `inserted` and delays all that follows. For a reader that is too
    late frames are left out, which `skipped` counts: those over 0.5 s, and those that waited in vain for 5 s.
    """

    def __init__(self) -> None:
        self.inserted = 0
        """Frames of silence given because the loudspeaker had taken nothing new."""
        self.skipped = 0
        """Frames that were played and will not be given."""
        self._given = bytearray()
        self._reading = False
        self._least = _LIMIT_FRAMES
        """The fewest frames that waited after a `take` of this window."""
        self._taken = 0

    @property
    def waiting(self) -> int:
        """Samples put in and not yet taken."""
        return len(self._given) // 2

    def put(self, block: bytes) -> None:
        """Add what the loudspeaker was given."""
        if self._reading:
            self._given += block
            self._skip(-(-len(self._given) // FRAME_BYTES) - _LIMIT_FRAMES)

    def take(self) -> bytes:
        """Give the next frame."""
        self._reading = True
        if len(self._given) < FRAME_BYTES:
            self.inserted += 1
            frame = bytes(FRAME_BYTES)
        else:
            frame = bytes(self._given[:FRAME_BYTES])
            del self._given[:FRAME_BYTES]
        self._watch_drift()
        return frame

    def _watch_drift(self) -> None:
        self._least = min(self._least, len(self._given) // FRAME_BYTES)
        self._taken += 1
        if self._taken == _WINDOW:
            self._skip(self._least - _SPARE_FRAMES)
            self._least, self._taken = _LIMIT_FRAMES, 0

    def _skip(self, frames: int) -> None:
        if frames > 0:
            del self._given[: frames * FRAME_BYTES]
            self.skipped += frames
