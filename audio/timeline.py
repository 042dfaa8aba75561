"""Places sound on a line of time, as a loudspeaker would play it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(slots=True)
class _Stretch:
    """Sound without a pause in it."""

    start: int
    pcm: bytearray

    @property
    def end(self) -> int:
        return self.start + len(self.pcm) // 2


class Timeline:
    """What was written is played at once, or right after what is still playing.

    Every method takes `now` in samples; it must never go back.
    """

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []
        self._before = 0
        """Samples of sound in all stretches but the last."""
        self._held: bytearray | None = None
        """What waits for the end of a pause; None when there is no pause."""

    @property
    def paused(self) -> bool:
        """True between `pause` and the `resume` or `hush` after it."""
        return self._held is not None

    def write(self, now: int, pcm: bytes) -> None:
        """Play this as soon as what was written before is over."""
        if not pcm:
            return
        if self._held is not None:
            self._held += pcm
            return
        last = self._last()
        if last is None or last.end < now:
            self._before += 0 if last is None else len(last.pcm) // 2
            last = _Stretch(now, bytearray())
            self._stretches.append(last)
        last.pcm += pcm

    def hush(self, now: int) -> None:
        """Drop what would be played from `now` on, and what a pause holds; end the pause."""
        self._cut(now)
        self._held = None

    def pause(self, now: int) -> None:
        """Play silence from `now` on and hold what waits."""
        if self._held is None:
            self._held = self._cut(now)

    def resume(self, now: int) -> None:
        """Go on at `now` with the sample after the last one that was played."""
        held, self._held = self._held, None
        self.write(now, bytes(held or b""))

    def unheard(self, now: int) -> int:
        """Give the samples that are written and still to be played."""
        last = self._last()
        return len(self._held or b"") // 2 + (0 if last is None else max(0, last.end - now))

    def played(self, now: int) -> int:
        """Give the samples played until now; silence between them is not counted."""
        last = self._last()
        return 0 if last is None else self._before + max(0, min(now, last.end) - last.start)

    def recording(self, now: int) -> bytes:
        """Give all that was heard from sample 0 until now, with the silence between."""
        return overlay((stretch.start, bytes(stretch.pcm)) for stretch in self._stretches)[: now * 2]

    def between(self, start: int, end: int) -> bytes:
        """Give what was heard from sample `start` up to `end`, which must not lie after now; silence before 0."""
        heard = bytearray((end - start) * 2)
        for stretch in reversed(self._stretches):
            if stretch.end <= start:
                break
            first, last = max(start, stretch.start), min(end, stretch.end)
            if first < last:
                piece = stretch.pcm[(first - stretch.start) * 2 : (last - stretch.start) * 2]
                heard[(first - start) * 2 : (last - start) * 2] = piece
        return bytes(heard)

    def _cut(self, now: int) -> bytearray:
        """Take away what would be played from `now` on."""
        last = self._last()
        if last is None:
            return bytearray()
        first = max(0, now - last.start) * 2
        rest = last.pcm[first:]
        del last.pcm[first:]
        return rest

    def _last(self) -> _Stretch | None:
        return self._stretches[-1] if self._stretches else None


def overlay(tracks: Iterable[tuple[int, bytes]]) -> bytes:
    """Mix s16le mono sounds, each given with the sample at which it starts; too loud a sum is clipped."""
    placed = [(start, np.frombuffer(pcm, "<i2")) for start, pcm in tracks]
    mixed = np.zeros(max((start + len(sound) for start, sound in placed), default=0), np.int32)
    for start, sound in placed:
        mixed[start : start + len(sound)] += sound
    return np.clip(mixed, -32768, 32767).astype("<i2").tobytes()
