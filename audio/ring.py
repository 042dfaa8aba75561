"""Keeps the last moments of sound, so that the first phoneme of an utterance is not lost."""

from __future__ import annotations

from collections import deque

from audio.frames import SAMPLE_RATE, Frame


class Ring:
    """Holds the frames of the last `span` samples.

    The default of 0.4 s is 0.1 s in which the endpointer makes up its mind and 0.3 s for a soft beginning:
    the detector is 30 to 60 ms late and hardly hears an initial "f" or "h".
    """

    def __init__(self, span: int = SAMPLE_RATE * 4 // 10) -> None:
        if span < 0:
            raise ValueError("span must not be below 0")
        self._span = span
        # Bounded by the span, not by a count: after dropped frames the old ones must not linger.
        self._frames: deque[Frame] = deque()

    def __len__(self) -> int:
        return len(self._frames)

    def push(self, frame: Frame) -> None:
        """Add a frame and let go of those that are too old."""
        self._frames.append(frame)
        while self._frames and frame.end - self._frames[0].start > self._span:
            self._frames.popleft()

    def take(self) -> list[Frame]:
        """Give what is held, oldest first, and forget it: no frame is given twice."""
        frames = list(self._frames)
        self._frames.clear()
        return frames
