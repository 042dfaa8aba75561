"""Real bluetoothd on both ends, without hardware: two controllers of the virtual radio, lent to this machine's kernel.

Needs root, /dev/vhci (module hci_vhci) and a running bluetoothd: `sudo modprobe hci_vhci` on most machines.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from firmware_bridge.air import Air
from firmware_bridge.errors import LinkDown
from firmware_bridge.pipe import Pipe, Transport
from firmware_bridge.transports import open_central, open_peripheral

NAME = "Glasses of somebody"
PATIENCE_S = 100
PACKETS = 100

pytestmark = pytest.mark.skipif(
    not os.access("/dev/vhci", os.R_OK | os.W_OK) or not os.path.exists("/run/dbus/system_bus_socket"),
    reason="needs root, /dev/vhci and bluetoothd",
)


async def powered(addresses: list[str]) -> list[str]:
    """Wait until BlueZ has switched these controllers on; give their names, such as hci1."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        return [await _powered(bus, address) for address in addresses]
    finally:
        bus.disconnect()


async def _powered(bus: MessageBus, address: str) -> str:
    listing = Message("org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
    while True:
        reply = await bus.call(listing)
        assert reply is not None
        objects = reply.body[0] if reply.message_type is MessageType.METHOD_RETURN else {}
        for path, interfaces in objects.items():
            adapter = interfaces.get("org.bluez.Adapter1")
            if adapter is not None and adapter["Address"].value == address:
                body = ["org.bluez.Adapter1", "Powered", Variant("b", True)]
                properties = "org.freedesktop.DBus.Properties"
                on = Message("org.bluez", path, properties, "Set", signature="ssv", body=body)
                answer = await bus.call(on)
                if answer is not None and answer.message_type is MessageType.METHOD_RETURN:
                    return str(path).rsplit("/", maxsplit=1)[-1]
        await asyncio.sleep(0.1)  # BlueZ takes a moment to greet a controller, and says "busy" meanwhile


@dataclass(frozen=True, slots=True)
class Ends:
    """Two controllers of ours, each with a bluetoothd's hand on it."""

    air: Air
    adapters: tuple[str, str]
    """The wearable's and the companion's."""
    wearable: Transport
    companion: Transport


@asynccontextmanager
async def two_ends() -> AsyncIterator[Ends]:
    async with asyncio.timeout(PATIENCE_S), Air(radios=0) as air:
        here, there = await powered([await air.lend_to_linux(), await air.lend_to_linux()])
        async with (
            open_peripheral(f"bluez:{here}", NAME) as wearable,
            open_central(f"bleak:{there}", NAME) as companion,
        ):
            yield Ends(air, (here, there), wearable, companion)


@asynccontextmanager
async def joined(wearable: Transport, companion: Transport) -> AsyncIterator[tuple[Pipe, Pipe]]:
    async with AsyncExitStack() as stack:
        async with asyncio.TaskGroup() as group:
            down = group.create_task(stack.enter_async_context(wearable.connect()))
            up = group.create_task(stack.enter_async_context(companion.connect()))
        yield down.result(), up.result()


async def send(pipe: Pipe) -> None:
    for number in range(PACKETS):
        await pipe.send(number.to_bytes(2, "big") + bytes(510))


async def read(pipe: Pipe) -> list[int]:
    arrived = pipe.packets()
    return [int.from_bytes((await anext(arrived))[:2], "big") for _ in range(PACKETS)]


async def test_packets_pass_between_two_bluetoothds_and_a_cut_is_survived() -> None:
    async with two_ends() as two:
        async with joined(two.wearable, two.companion) as ends:
            assert [pipe.max_packet for pipe in ends] == [512, 512]
            async with asyncio.TaskGroup() as group:
                readers = [group.create_task(read(pipe)) for pipe in ends]
                for pipe in ends:
                    group.create_task(send(pipe))
            assert [reader.result() for reader in readers] == [list(range(PACKETS))] * 2
            two.air.cut()
            for pipe in ends:
                assert [packet async for packet in pipe.packets()] == []
                with pytest.raises(LinkDown):
                    await pipe.send(b"too late")
        async with joined(two.wearable, two.companion) as (down, up):
            await up.send(b"here again")
            assert await anext(down.packets()) == b"here again"
