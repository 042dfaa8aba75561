"""Buttons and wear sensors: what the Linux input layer tells, and the Enter key of a terminal.

On a Pi a push button is one line of config.txt, `dtoverlay=gpio-key,gpio=17,keycode=164`, and then a device
/dev/input/eventN; the keys of earbuds come the same way. A wear sensor is a switch there (EV_SW).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

_RECORD = struct.Struct("@llHHi")
"""`struct input_event`: seconds, microseconds, type, code, value (linux/input.h)."""
_EV_KEY, _EV_SW = 1, 5
_PRESSED = 1
_TERMINAL = Path("/dev/tty")
_WORN_SWITCHES = (0x02, 0x0B)
"""SW_HEADPHONE_INSERT and SW_FRONT_PROXIMITY (linux/input-event-codes.h)."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """The button was pressed: the wake word without a word; while we speak or ring it is "stop"."""


@dataclass(frozen=True, slots=True)
class Worn:
    """The device was put on or taken off."""

    is_worn: bool


@dataclass(frozen=True, slots=True)
class ButtonLost:
    """The button cannot be read any more."""

    why: str


ButtonEvent = Pressed | Worn | ButtonLost
Emit = Callable[[ButtonEvent], Awaitable[None]]


class InputEvents:
    """Turns the bytes of an input device into what they mean; any bytes, in any pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Pressed | Worn]:
        """Take bytes; give what was pressed, put on or taken off. Releases and repeats mean nothing."""
        data = self._rest + data
        whole = len(data) // _RECORD.size * _RECORD.size
        self._rest = data[whole:]
        for _, _, kind, code, value in _RECORD.iter_unpack(data[:whole]):
            if kind == _EV_KEY and value == _PRESSED:
                yield Pressed()
            elif kind == _EV_SW and code in _WORN_SWITCHES:
                yield Worn(bool(value))


async def watch_device(path: Path, emit: Emit) -> None:
    """Tell what an input device tells, until it is gone; that is told too."""
    events = InputEvents()
    try:
        async with _reading(path) as reader:
            while data := await reader.read(_RECORD.size * 64):
                for event in events.feed(data):
                    await emit(event)
        await emit(ButtonLost(f"the button {path} went away"))
    except (OSError, ValueError) as exc:
        await emit(ButtonLost(f"the button {path} cannot be read ({exc}); may this user read it (group input)?"))


async def watch_terminal(emit: Emit) -> None:
    """Take each line that is typed, which is the Enter key, as a press; return at once where there is no terminal."""
    with contextlib.suppress(OSError, ValueError):
        async with _reading(_TERMINAL) as reader:
            while await reader.readline():
                await emit(Pressed())


@asynccontextmanager
async def _reading(path: Path) -> AsyncIterator[asyncio.StreamReader]:
    """Open a device for reading, without hanging on one that has nothing to say, and close it in the end.

    Opened anew also for the terminal: standard input shares its blocking mode with standard output.
    """
    reader = asyncio.StreamReader()
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", 0) as file:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
        try:
            yield reader
        finally:
            transport.close()
