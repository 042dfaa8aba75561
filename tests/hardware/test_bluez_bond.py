"""The bond between a phone, a real bluetoothd with bleak, and a wearable on a controller that Bumble drives.

A phone that comes without a bond, or with one that the wearable forgot, is tried on Bumble alone (test_radio.py): the
guest's Linux 6.1 dies when such a connection ends.
"""

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
from firmware_bridge.keyring import BONDS
from firmware_bridge.pairing import PairingWindow
from firmware_bridge.transports import OpenableTransport, open_central, open_peripheral
from tests.hardware.test_bluez import NAME, PATIENCE_S, joined, powered, pytestmark  # noqa: F401  # the mark skips

DIGITS, OTHERS = "271828", "314159"


@dataclass(frozen=True, slots=True)
class Ends:
    """The wearable, and an adapter of BlueZ."""

    window: PairingWindow
    wearable: OpenableTransport
    adapter: str

    def phone(self, types: str = "") -> OpenableTransport:
        return open_central(f"bleak:{self.adapter}", NAME, passkey=types)


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
        (tmp_path / BONDS).unlink()  # the wearer said "forget my phone"
        ends.window.open(DIGITS)
        await talk(ends, ends.phone(DIGITS))


async def test_a_phone_on_bluez_without_a_window_or_with_other_digits_gets_nothing(tmp_path: Path) -> None:
    async with two_ends(tmp_path) as ends:
        await refused(ends, ends.phone(DIGITS))
        ends.window.open(DIGITS)
        await refused(ends, ends.phone(OTHERS))
        await talk(ends, ends.phone(DIGITS))


async def test_a_phone_that_has_digits_comes_to_a_wearable_on_bluez_which_makes_no_bond() -> None:
    async with asyncio.timeout(PATIENCE_S), Air(radios=0) as air:
        here, there = await powered([await air.lend_to_linux(), await air.lend_to_linux()])
        async with (
            open_peripheral(f"bluez:{here}", NAME) as wearable,
            open_central(f"bleak:{there}", NAME, passkey=DIGITS) as phone,
            joined(wearable, phone) as (down, up),
        ):
            await up.send(b"here")
            assert await anext(down.packets()) == b"here"
