"""The sound card, through PortAudio. Importing this raises AudioDeviceError where PortAudio is not installed."""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE, AudioDeviceError, AudioDeviceLost, Frame
from audio.outlet import UNHEARD_LIMIT, Outlet

try:
    import sounddevice  # type: ignore[import-untyped]  # ships no types
except OSError as exc:
    raise AudioDeviceError("sound needs PortAudio; install it with: sudo apt-get install libportaudio2") from exc

_QUEUE_FRAMES = 25
"""0.5 s of sound: enough for a busy moment of the loop; older sound would only make every answer late."""
_STALL_S = 5.0
"""A device that moves nothing for this long is lost; opening one may take 2 s."""
_SILENT_S = 2.5
"""A driver that moves nothing for so long, 125 frames, is not waited for any more."""


@dataclass(frozen=True, slots=True)
class DeviceOptions:
    """Which device, and how far ahead its driver works."""

    device: int | str | None = None
    """Index, or part of a name that fits one device only; None is the system's default."""
    latency_s: float = 0.06
    """Asked of the driver; less saves little time and costs drop-outs on small boards."""

    def named(self) -> str:
        """Give the name for messages."""
        return "default" if self.device is None else str(self.device)


def device_names() -> list[str]:
    """List the devices as "number: name (channels)", as they were when the program started."""
    return [
        f"{device['index']}: {device['name']} ({device['max_input_channels']} in, {device['max_output_channels']} out)"
        for device in sounddevice.query_devices()
    ]


class SoundDeviceMicrophone:
    """Captures from the moment it is made. Make it inside the running loop, once, and keep it open.

    The oldest frames are dropped when the reader is late; `Frame.start` then jumps. Not for two readers.
    """

    def __init__(self, options: DeviceOptions | None = None) -> None:
        """Open the device. Raises AudioDeviceError. Blocks the loop for up to 0.3 s: do it at start-up."""
        options = options or DeviceOptions()
        self._bell = _Bell(f"microphone {options.named()}")
        self._frames: deque[Frame] = deque(maxlen=_QUEUE_FRAMES)
        self._captured = 0
        self._expected = 0
        self._late = 0
        self._overflows = 0
        self._closed = False
        self._stream = _open(sounddevice.RawInputStream, options, self._capture, self._bell.ring_for_loss)

    @property
    def dropped(self) -> int:
        """Frames lost because the reader or this process was late; an overflow in the driver counts as one."""
        return self._late + self._overflows

    @property
    def overflows(self) -> int:
        """How often the driver lost sound because this process did not take it in time."""
        return self._overflows

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """Yield frames until `close`. Raises AudioDeviceLost when the device is lost."""
        while not self._closed:
            if not self._frames:
                await self._bell.wait(lambda: bool(self._frames))
                continue
            frame = self._frames.popleft()
            self._late += (frame.start - self._expected) // FRAME_SAMPLES
            self._expected = frame.end
            yield frame

    def close(self) -> None:
        """Stop capturing and end `frames`."""
        self._closed = True
        _close(self._stream, self._bell)
        self._bell.ring()

    def _capture(self, block: Any, _samples: int, _time: Any, status: Any) -> None:
        """Take a block on the driver's thread; appending to a full deque drops its oldest frame."""
        self._overflows += bool(status.input_overflow)
        self._frames.append(Frame(self._captured, bytes(block)))
        self._captured += FRAME_SAMPLES
        self._bell.ring_from_driver()


class SoundDeviceSpeaker:
    """Plays silence from the moment it is made, and what is written as soon as the driver takes it."""

    def __init__(self, options: DeviceOptions | None = None) -> None:
        """Open the device. Raises AudioDeviceError. Blocks the loop for up to 0.3 s: do it at start-up."""
        options = options or DeviceOptions()
        self._bell = _Bell(f"speaker {options.named()}")
        self._lock = threading.Lock()
        self._outlet = Outlet(delay_blocks=0)
        self._underruns = 0
        self._stream = _open(sounddevice.RawOutputStream, options, self._play, self._bell.ring_for_loss)
        with self._lock:
            self._outlet = Outlet(delay_blocks=math.ceil(self._stream.latency * SAMPLE_RATE / FRAME_SAMPLES))

    @property
    def played(self) -> int:
        """Samples heard since opening, of those written."""
        with self._lock:
            return self._outlet.played

    @property
    def underruns(self) -> int:
        """How often the driver had nothing to play because this process gave it no block in time."""
        return self._underruns

    async def write(self, pcm: bytes) -> None:
        """Queue sound, then wait while more than 0.3 s is unheard. Raises AudioDeviceLost when the device is lost."""
        with self._lock:
            self._outlet.put(pcm)
        await self._wait_until_unheard(UNHEARD_LIMIT)

    async def drain(self) -> None:
        """Wait until all that was written was heard or hushed. Raises AudioDeviceLost when the device is lost."""
        await self._wait_until_unheard(0)

    def hush(self) -> None:
        """Drop what the driver has not taken; what it holds, `latency_s` of sound, is still heard."""
        with self._lock:
            self._outlet.hush()
        self._bell.ring()

    def pause(self) -> None:
        """Hold what the driver has not taken; what it holds, `latency_s` of sound, is still heard."""
        with self._lock:
            self._outlet.pause()

    def resume(self) -> None:
        """Go on after a pause, with the very next sample."""
        with self._lock:
            self._outlet.resume()

    def reference(self) -> bytes:
        """Give the next frame of what the driver was given; `audio.reference` says what a late or early reader gets."""
        with self._lock:
            return self._outlet.reference.take()

    def close(self) -> None:
        """Stop playing at once; those who wait get AudioDeviceError."""
        _close(self._stream, self._bell)
        self._bell.ring_for_loss()

    def _play(self, block: Any, _samples: int, _time: Any, status: Any) -> None:
        """Fill a block on the driver's thread."""
        self._underruns += bool(status.output_underflow)
        with self._lock:
            block[:] = self._outlet.pull(FRAME_BYTES)
        self._bell.ring_from_driver()

    def _unheard(self) -> int:
        with self._lock:
            return self._outlet.unheard

    async def _wait_until_unheard(self, limit: int) -> None:
        self._bell.check()
        while self._unheard() > limit:
            await self._bell.wait(lambda: self._unheard() <= limit)


class _Bell:
    """Tells the loop that the driver's thread did something, or ended."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()
        self._lost = False
        self._moved_s = time.monotonic()

    def may_close(self) -> bool:
        """Say whether the driver's thread has ended, or still runs and so can be asked to."""
        return self._lost or time.monotonic() - self._moved_s < _SILENT_S

    def ring(self) -> None:
        self._rung.set()

    def ring_from_driver(self) -> None:
        self._moved_s = time.monotonic()
        with contextlib.suppress(RuntimeError):  # The loop is closed: nobody listens any more.
            self._loop.call_soon_threadsafe(self._rung.set)

    def ring_for_loss(self) -> None:
        self._lost = True
        self.ring_from_driver()

    def check(self) -> None:
        """Raise AudioDeviceLost when the device ended."""
        if self._lost:
            raise AudioDeviceLost(f"{self._device} went away; check its cable")

    async def wait(self, ready: Callable[[], bool]) -> None:
        """Wait for the next ring. Raises AudioDeviceLost when the device ended or is silent for too long."""
        self._rung.clear()
        if ready():
            return
        self.check()
        try:
            async with asyncio.timeout(_STALL_S):
                await self._rung.wait()
        except TimeoutError:
            raise AudioDeviceLost(f"{self._device} does not respond; check its cable") from None


def _open(kind: Any, options: DeviceOptions, callback: Callable[..., None], finished: Callable[[], None]) -> Any:
    """Open and start a stream of frames."""
    with _translated(options):
        stream = kind(
            samplerate=SAMPLE_RATE,
            blocksize=FRAME_SAMPLES,
            device=options.device,
            channels=1,
            dtype="int16",
            latency=options.latency_s,
            callback=callback,
            finished_callback=finished,
        )
        stream.start()
        return stream


def _close(stream: Any, bell: _Bell) -> None:
    """Close a stream, unless that would wait for a driver which has fallen silent, perhaps for ever.

    PortAudio waits for the driver's thread, and that one, in ALSA's pulse plugin, for a server that does not answer.
    """
    if bell.may_close():
        stream.close(ignore_errors=True)


@contextlib.contextmanager
def _translated(options: DeviceOptions) -> Iterator[None]:
    """Turn PortAudio's errors into ours."""
    try:
        yield
    except (ValueError, sounddevice.PortAudioError) as exc:
        names = ", ".join(device_names()) or "none"
        raise AudioDeviceError(
            f"sound device {options.named()} cannot be opened at 16 kHz mono ({exc}); there are: {names}"
        ) from exc
