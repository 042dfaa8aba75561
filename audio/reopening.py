"""A microphone and a loudspeaker that outlive their device: silent while it is unplugged, they open it again."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE, AudioDeviceError, Frame, Microphone, Speaker

_FRAME_S = FRAME_SAMPLES / SAMPLE_RATE
_SILENCE = bytes(FRAME_BYTES)
_LOOK_S = 0.5
"""How often an idle loudspeaker is looked at: an answer that nobody hears is worse than two looks a second."""


class OpenMicrophone(Microphone, Protocol):
    """A device, from opening to closing."""

    def close(self) -> None:
        """End `frames`."""
        ...


class OpenSpeaker(Speaker, Protocol):
    """A device, from opening to closing."""

    def close(self) -> None:
        """Stop playing."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """A device went away."""

    device: Literal["microphone", "speaker"]
    why: str


@dataclass(frozen=True, slots=True)
class DeviceBack:
    """It is open again."""

    device: Literal["microphone", "speaker"]


Tell = Callable[[DeviceLost | DeviceBack], None]


@dataclass(frozen=True, slots=True)
class BackOffOptions:
    """How long to wait between two tries, in seconds."""

    first_s: float = 0.5
    """An earbud that went out of reach for a moment is back at once."""
    longest_s: float = 8.0
    """Opening blocks the loop for a moment, so it is not done all the time."""


class BackOff:
    """Says when to try again: soon after the loss, then ever more seldom. Times are seconds of any clock."""

    def __init__(self, options: BackOffOptions | None = None) -> None:
        self._options = options or BackOffOptions()
        self._wait_s = self._options.first_s
        self._due_s = 0.0

    def lost(self, now_s: float) -> None:
        """The device went away."""
        self._wait_s = self._options.first_s
        self._due_s = now_s + self._wait_s

    def failed(self, now_s: float) -> None:
        """A try failed."""
        self._wait_s = min(2 * self._wait_s, self._options.longest_s)
        self._due_s = now_s + self._wait_s

    def due(self, now_s: float) -> bool:
        """Say whether to try now."""
        return now_s >= self._due_s


class ReopeningMicrophone:
    """Gives silence in real time while its device is away, so that clocks, timers and time-outs go on."""

    def __init__(self, open_: Callable[[], OpenMicrophone], tell: Tell, back_off: BackOff | None = None) -> None:
        """Open the device. Raises AudioDeviceError when it is not there to begin with."""
        self._open = open_
        self._tell = tell
        self._back_off = back_off or BackOff()
        self._device: OpenMicrophone | None = open_()
        self._base = 0
        """The stream's sample at which the device's sample 0 lies."""
        self._end = 0
        """The sample after the last frame given."""
        self._end_s = time.monotonic()
        """When that was."""
        self._closed = False

    @property
    def present(self) -> bool:
        """True while the device is open."""
        return self._device is not None

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """Yield frames until `close`. `Frame.start` jumps over the time in which a lost device said nothing."""
        while not self._closed:
            frames = self._device.frames() if self._device is not None else self._silence()
            while (frame := await self._next(frames)) is not None:
                yield frame

    def close(self) -> None:
        """End `frames`."""
        self._closed = True
        if self._device is not None:
            self._device.close()

    async def _next(self, frames: AsyncIterator[Frame]) -> Frame | None:
        """Give the next frame as the stream counts; none when the device came or went."""
        try:
            frame = await anext(frames)
        except StopAsyncIteration:
            return None
        except AudioDeviceError as exc:
            self._lose(exc)
            return None
        frame = Frame(self._base + frame.start, frame.pcm)
        self._end, self._end_s = frame.end, time.monotonic()
        return frame

    async def _silence(self) -> AsyncIterator[Frame]:
        """Yield silence until there is a device again."""
        start, begun_s = 0, time.monotonic()
        while not self._closed and not self._reopened():
            await asyncio.sleep(begun_s + (start + FRAME_SAMPLES) / SAMPLE_RATE - time.monotonic())
            yield Frame(start, _SILENCE)
            start += FRAME_SAMPLES

    def _lose(self, error: AudioDeviceError) -> None:
        if self._device is not None:
            _let_go(self._device)
        self._device = None
        self._begin_again()
        self._back_off.lost(time.monotonic())
        self._tell(DeviceLost("microphone", str(error)))

    def _reopened(self) -> bool:
        if not self._back_off.due(time.monotonic()):
            return False
        try:
            self._device = self._open()
        except AudioDeviceError:
            self._back_off.failed(time.monotonic())
            return False
        self._begin_again()
        self._tell(DeviceBack("microphone"))
        return True

    def _begin_again(self) -> None:
        """Let what comes next begin where the stream is by now: a loss is noticed late, and opening takes time."""
        away = int((time.monotonic() - self._end_s) / _FRAME_S) * FRAME_SAMPLES
        self._base = self._end + away


class ReopeningSpeaker:
    """Drops what is written while its device is away: nobody hears it, and `played` says so. Run `keep` beside it."""

    def __init__(self, open_: Callable[[], OpenSpeaker], tell: Tell, back_off: BackOff | None = None) -> None:
        """Open the device. Raises AudioDeviceError when it is not there to begin with."""
        self._open = open_
        self._tell = tell
        self._back_off = back_off or BackOff()
        self._device: OpenSpeaker | None = open_()
        self._before = 0
        """Samples heard from the devices that are gone."""

    @property
    def present(self) -> bool:
        """True while the device is open."""
        return self._device is not None

    @property
    def played(self) -> int:
        """Samples heard since opening, of those written."""
        return self._before + (self._device.played if self._device is not None else 0)

    async def write(self, pcm: bytes) -> None:
        """Queue sound, then wait while more than 0.3 s is unheard."""
        if (device := self._device) is not None:
            try:
                await device.write(pcm)
            except AudioDeviceError as exc:
                self._lose(device, exc)

    async def drain(self) -> None:
        """Wait until all that was written was heard, hushed or lost."""
        if (device := self._device) is not None:
            try:
                await device.drain()
            except AudioDeviceError as exc:
                self._lose(device, exc)

    def hush(self) -> None:
        """Drop what the driver has not taken."""
        if self._device is not None:
            self._device.hush()

    def pause(self) -> None:
        """Hold what the driver has not taken."""
        if self._device is not None:
            self._device.pause()

    def resume(self) -> None:
        """Go on after a pause, with the very next sample."""
        if self._device is not None:
            self._device.resume()

    def reference(self) -> bytes:
        """Give the next frame of what the driver was given."""
        return _SILENCE if self._device is None else self._device.reference()

    async def keep(self) -> None:
        """Look after the device until cancelled: notice a loss also while nothing is said, and open it again."""
        while True:
            await asyncio.sleep(_LOOK_S)
            if self._device is not None:
                await self.drain()
            elif self._back_off.due(time.monotonic()):
                self._reopen()

    def close(self) -> None:
        """Stop playing at once."""
        if self._device is not None:
            self._device.close()

    def _lose(self, device: OpenSpeaker, error: AudioDeviceError) -> None:
        if device is not self._device:
            return  # a writer and `keep` both learn of it
        self._before += device.played
        self._device = None
        _let_go(device)
        self._back_off.lost(time.monotonic())
        self._tell(DeviceLost("speaker", str(error)))

    def _reopen(self) -> None:
        try:
            self._device = self._open()
        except AudioDeviceError:
            self._back_off.failed(time.monotonic())
        else:
            self._tell(DeviceBack("speaker"))


def _let_go(device: OpenMicrophone | OpenSpeaker) -> None:
    """Close a device that is lost, on a thread that nobody waits for.

    PortAudio 19.6 waits for ever for the thread of a stream that PulseAudio has killed; that must not stop the loop.
    """
    threading.Thread(target=device.close, name="let go", daemon=True).start()
