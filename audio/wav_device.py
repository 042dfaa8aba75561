"""A microphone and a speaker made of PCM in memory, paced by the clock: the demo's and the tests' sound card."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncGenerator

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE, AudioDeviceError, Frame, split_frames
from audio.outlet import UNHEARD_LIMIT
from audio.timeline import Timeline

_SILENCE = bytes(FRAME_BYTES)
_REFERENCE_BEHIND = 2 * FRAME_SAMPLES
"""Samples by which a FileSpeaker's reference lies behind its clock: so much may a microphone's frame vary."""


class _Clip:
    """Sound that is being said, and the news that its last sample was delivered."""

    def __init__(self, pcm: bytes) -> None:
        self.frames = deque(frame.pcm for frame in split_frames(pcm))
        self.over = asyncio.Event()


class FileMicrophone:
    """Yields a frame every 20 ms: the queued clips one after the other, and silence when there are none.

    With pace 1.0 a frame comes when a real microphone would have its last sample, with 10.0 ten times faster;
    with None frames come as fast as they are taken, and end after the last clip. A slow reader loses nothing:
    frames that are late come at once.
    """

    def __init__(self, feed: bytes = b"", pace: float | None = 1.0) -> None:
        """Begin with the sound in `feed`, s16le mono 16 kHz."""
        if pace is not None and pace <= 0:
            raise ValueError("pace must be over 0")
        # As many clips as there are calls of `say` under way: the callers wait, so they bound it.
        self._clips: deque[_Clip] = deque([_Clip(feed)] if feed else [])
        self._pace = pace
        self._closed = False
        self._delivered = 0
        self._timeline = Timeline()
        self.opened = time.monotonic()
        """Clock reading, in seconds, at which sample 0 lies; set again when `frames` begins."""

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """Yield frames until `close`; with pace None until the last clip is over. For one reader."""
        self.opened = time.monotonic()
        while True:
            await asyncio.sleep(self._due_in())
            if self._closed or (self._pace is None and not self._clips):
                return
            yield self._next()

    async def say(self, pcm: bytes) -> None:
        """Queue a clip and return when its last sample was delivered; cancelled, the rest of it is not said.

        Raises AudioDeviceError when the microphone is or gets closed.
        """
        if self._closed:
            raise AudioDeviceError("the microphone is closed")
        if not pcm:
            return
        clip = _Clip(pcm)
        self._clips.append(clip)
        try:
            await clip.over.wait()
        finally:
            with contextlib.suppress(ValueError):
                self._clips.remove(clip)
        if clip.frames:
            raise AudioDeviceError("the microphone was closed before the clip was over")

    def close(self) -> None:
        """End `frames` at its next frame, and every `say` that waits."""
        self._closed = True
        for clip in self._clips:
            clip.over.set()

    def recording(self) -> bytes:
        """Give the clips as they were delivered since `opened`, with the silence between."""
        return self._timeline.recording(self._delivered)

    def _due_in(self) -> float:
        if self._pace is None:
            return 0
        # Counted from the opening, so that the errors of single sleeps do not add up.
        due = self.opened + (self._delivered + FRAME_SAMPLES) / (SAMPLE_RATE * self._pace)
        return max(0, due - time.monotonic())

    def _next(self) -> Frame:
        pcm = _SILENCE
        if self._clips:
            clip = self._clips[0]
            pcm = clip.frames.popleft()
            self._timeline.write(self._delivered, pcm)
            if not clip.frames:
                clip.over.set()
                self._clips.popleft()
        frame = Frame(self._delivered, pcm)
        self._delivered = frame.end
        return frame


class FileSpeaker:
    """Plays into a recording, as fast as a loudspeaker does, or `pace` times faster."""

    def __init__(self, pace: float = 1.0) -> None:
        if pace <= 0:
            raise ValueError("pace must be over 0")
        self._rate = SAMPLE_RATE * pace
        self._timeline = Timeline()
        self._changed = asyncio.Event()
        """Set, and replaced, by `hush` and `resume`."""
        self._hushes = 0
        self._referred: int | None = None
        """The sample at which the next reference begins."""
        self.opened = time.monotonic()
        """Clock reading, in seconds, at which sample 0 of the recording lies."""

    @property
    def played(self) -> int:
        """Samples heard since opening, of those written."""
        return self._timeline.played(self._now())

    async def write(self, pcm: bytes) -> None:
        """Queue sound, then wait while more than 0.3 s is unheard."""
        self._timeline.write(self._now(), pcm)
        await self._wait_until_unheard(UNHEARD_LIMIT)

    async def drain(self) -> None:
        """Wait until all that was written was heard or hushed."""
        await self._wait_until_unheard(0)

    def hush(self) -> None:
        """Drop what was not yet heard, and free those who wait."""
        self._timeline.hush(self._now())
        self._hushes += 1
        self._tell()

    def pause(self) -> None:
        """Hold what was not yet heard."""
        self._timeline.pause(self._now())

    def resume(self) -> None:
        """Go on after a pause, with the very next sample."""
        self._timeline.resume(self._now())
        self._tell()

    def reference(self) -> bytes:
        """Give the next frame of the recording; the first one ends 20 ms before now.

        A late reader loses nothing, for the recording is kept; one that is early gets a frame of silence between.
        """
        now = self._now()
        start = now - _REFERENCE_BEHIND if self._referred is None else self._referred
        self._referred = start
        if start + FRAME_SAMPLES > now:
            return _SILENCE
        self._referred += FRAME_SAMPLES
        return self._timeline.between(start, start + FRAME_SAMPLES)

    def recording(self) -> bytes:
        """Give exactly what was heard since `opened`, with the silence between, up to the last sound."""
        return self._timeline.recording(self._now())

    def _now(self) -> int:
        return int((time.monotonic() - self.opened) * self._rate)

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _wait_until_unheard(self, limit: int) -> None:
        hushes = self._hushes
        while hushes == self._hushes and (excess := self._timeline.unheard(self._now()) - limit) > 0:
            with contextlib.suppress(TimeoutError):
                # In a pause time alone changes nothing: only `resume` or `hush` ends the wait.
                async with asyncio.timeout(None if self._timeline.paused else excess / self._rate):
                    await self._changed.wait()
