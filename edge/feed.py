"""Recordings in place of the microphone, told on standard input: one JSON object a line."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from audio.files import read_sound
from audio.frames import AudioFileError
from audio.wav_device import FileMicrophone
from edge.buttons import ButtonEvent, Pressed, Worn
from firmware_bridge.errors import UNREADABLE

_LOGGER = logging.getLogger(__name__)


class Play(msgspec.Struct, tag_field="do", tag="play", frozen=True):
    """Feed this recording as if the wearer had said it now."""

    file: str


class Press(msgspec.Struct, tag_field="do", tag="press", frozen=True):
    """Press the button."""


class Wear(msgspec.Struct, tag_field="do", tag="wear", frozen=True):
    """Put the device on, or take it off."""

    is_worn: bool


class Finish(msgspec.Struct, tag_field="do", tag="finish", frozen=True):
    """Wait until every errand ended and was spoken and every timer rang, then end."""

    within_s: float = 30.0


class NotAnOrder(ValueError):
    """A line that is no order."""


Order = Play | Press | Wear | Finish
_DECODER = msgspec.json.Decoder(Order)


def encode_order(order: Order) -> bytes:
    """Give an order as a line."""
    return msgspec.json.encode(order) + b"\n"


def decode_order(line: bytes) -> Order:
    """Read a line. Raises NotAnOrder, nothing else."""
    try:
        order: Order = _DECODER.decode(line)
    except UNREADABLE as exc:
        raise NotAnOrder(f"not an order: {exc}") from exc
    return order


class Feed:
    """Reads orders and plays recordings into a FileMicrophone, one after another."""

    def __init__(self, microphone: FileMicrophone) -> None:
        self._microphone = microphone

    async def run(
        self,
        on_fed: Callable[[str], Awaitable[None]],
        on_problem: Callable[[str], Awaitable[None]],
        on_button: Callable[[ButtonEvent], Awaitable[None]],
    ) -> Finish:
        """Obey until Finish or the end of standard input, which means Finish at once."""
        reader = await _stdin()
        while line := await reader.readline():
            try:
                order = decode_order(line)
            except NotAnOrder as exc:
                await on_problem(str(exc))
                continue
            match order:
                case Finish():
                    return order
                case Press():
                    await on_button(Pressed())
                case Wear(is_worn):
                    await on_button(Worn(is_worn))
                case Play(file):
                    await self._play(file, on_problem)
                    await on_fed(file)
        return Finish(0.0)

    async def _play(self, file: str, on_problem: Callable[[str], Awaitable[None]]) -> None:
        try:
            pcm = await asyncio.to_thread(read_sound, Path(file))
        except AudioFileError as exc:
            await on_problem(str(exc))
        else:
            await self._microphone.say(pcm)


async def _stdin() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader
