"""The bond between a phone, a real bluetoothd with bleak, and a wearable on a controller that Bumble drives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware_bridge.air import Air
from firmware_bridge.errors import LinkDown
from firmware_bridge.pairing import PairingWindow
from firmware_bridge.transports import OpenableTransport, open_central, open_peripheral
from tests.hardware.test_bluez import PATIENCE_S, joined, powered, pytestmark  # noqa: F401  # the mark skips

NAME = "Glasses of somebody"
DIGITS, OTHERS = "271828", "314159"


@dataclass(frozen=True, slots=True)
class Ends:
    """The wearable, and an adapter of BlueZ."""

    window: PairingWindow
    wearable: OpenableTransport
    adapter: str

    def phone(self, types: str = "") -> OpenableTransport:
        async def ask() -> str:
            return types

        return open_central(f"bleak:{self.adapter}", NAME, ask=ask if types else None)


@asynccontextmanager
async def two_ends(folder: Path) -> AsyncIterator[Ends]:
    async with asyncio.timeout(PATIENCE_S), Air(radios=1) as air:
        (adapter,) = await powered([await air.lend_to_linux()])
        window = PairingWindow(time.monotonic)
        async with open_peripheral(air.spec(0), NAME, folder=folder, window=window) as wearable:
            yield Ends(window, wearable, adapter)


async def talk(ends: Ends, phone: OpenableTransport) -> None:
    async with phone, joined(ends.wearable, phone) as (down, up):
        await up.send(b"here")
        assert await anext(down.packets()) == b"here"
        await down.send(b"there")
        assert await anext(up.packets()) == b"there"


async def refused(ends: Ends, phone: OpenableTransport) -> None:
    async with phone, asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(ends.wearable.connect().__aenter__())
        with pytest.raises(LinkDown):
            await phone.connect().__aenter__()
        assert not waiting.done()
        waiting.cancel()


async def test_a_phone_on_bluez_bonds_with_the_digits_and_comes_back_without_them(tmp_path: Path) -> None:
    async with two_ends(tmp_path) as ends:
        ends.window.open(DIGITS)
        await talk(ends, ends.phone(DIGITS))
        ends.window.close()
        await talk(ends, ends.phone())


async def test_a_phone_on_bluez_with_other_digits_or_outside_the_window_gets_nothing(tmp_path: Path) -> None:
    async with two_ends(tmp_path) as ends:
        await refused(ends, ends.phone(DIGITS))
        ends.window.open(DIGITS)
        await refused(ends, ends.phone(OTHERS))
        await talk(ends, ends.phone(DIGITS))
