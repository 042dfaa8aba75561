"""Whole conversations between two bluetoothds: errands across cuts, bulk, and adapters that go away."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from dbus_fast import BusType, Message, Variant
from dbus_fast.aio import MessageBus

from firmware_bridge import messages
from firmware_bridge.channel import Channel, Connected, Disconnected, Event, Received
from firmware_bridge.errands import State
from firmware_bridge.errors import LinkDown
from firmware_bridge.messages import Ask, Hello, Update
from firmware_bridge.packet import Priority
from tests.hardware.test_bluez import Ends, pytestmark, two_ends  # noqa: F401  # the mark skips where there is no BlueZ
from tests.paired import COMPANION_GUARD, WEARABLE_GUARD

FIGURES = Path("/tmp/figures")
"""The guest prints it at its end."""


@dataclass
class Pair:
    """A wearable and a companion, each on a bluetoothd."""

    ends: Ends
    asked: list[Ask] = field(default_factory=list)
    """What the companion was asked; it answers at once."""
    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    """What the wearable saw. Without a size: a test ends after a few."""

    def __post_init__(self) -> None:
        self.wearable = Channel(self.ends.wearable, Hello(1, "wearable", "glasses"), WEARABLE_GUARD)
        self.companion = Channel(self.ends.companion, Hello(1, "companion", "phone"), COMPANION_GUARD)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for work in (self.wearable.run(), self.companion.run(), self._watch(), self._answer()):
                tasks.create_task(work)

    async def _watch(self) -> None:
        async for event in self.wearable.events():
            self.events.put_nowait(event)

    async def _answer(self) -> None:
        async for event in self.companion.events():
            match event:
                case Received(Ask(id=id, arguments=arguments) as ask):
                    self.asked.append(ask)
                    try:
                        await self.companion.send(Update(id, State.COMPLETED, result=arguments))
                    except LinkDown:
                        continue

    async def until(self, kind: type[Event]) -> Event:
        while True:
            event = await self.events.get()
            if isinstance(event, kind):
                return event

    async def ask(self, number: int, text: str = "", priority: Priority = Priority.CONTROL) -> None:
        await self.wearable.send(Ask(f"{number:032x}", "echo", {"text": text}, 1.0), priority)


@asynccontextmanager
async def conversing() -> AsyncIterator[Pair]:
    async with two_ends() as ends, asyncio.TaskGroup() as tasks:
        pair = Pair(ends)
        running = tasks.create_task(pair.run())
        await pair.until(Connected)
        yield pair
        running.cancel()


async def power(adapter: str, on: bool) -> None:
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        body = ["org.bluez.Adapter1", "Powered", Variant("b", on)]
        properties = "org.freedesktop.DBus.Properties"
        await bus.call(Message("org.bluez", f"/org/bluez/{adapter}", properties, "Set", signature="ssv", body=body))
    finally:
        bus.disconnect()


def stop_bluetoothd() -> None:
    for name in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):  # it ended meanwhile
            if name.read_text() == "bluetoothd\n":
                os.kill(int(name.parent.name), signal.SIGTERM)


def note(figure: str) -> None:
    with FIGURES.open("a") as file:
        file.write(f"measured between two bluetoothds: {figure}\n")


async def test_a_conversation_goes_on_after_a_cut() -> None:
    async with conversing() as pair:
        await pair.ask(1, "milk")
        pair.ends.air.cut()
        await pair.until(Disconnected)
        begun = time.monotonic()
        await pair.until(Connected)
        note(f"connected again {time.monotonic() - begun:.1f} s after a cut, pause and handshake included")
        for number in (2, 3):  # and each is answered once
            await pair.ask(number, "milk")
            answer = await pair.until(Received)
            assert answer == Received(Update(f"{number:032x}", State.COMPLETED, result={"text": "milk"}))


async def test_a_hundred_kilobytes_arrive_whole_and_a_small_message_overtakes_them() -> None:
    async with conversing() as pair:
        text = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(150))
        begun = time.monotonic()
        for number in range(11):
            await pair.ask(number, text, Priority.BULK)
        await pair.ask(99)
        answers = [await pair.until(Received) for _ in range(12)]
        took = time.monotonic() - begun
        size = sum(len(messages.encode(ask)) for ask in pair.asked)
        note(f"{2 * size / 1000:.0f} KB there and back in {took:.1f} s: {2 * size * 8 / took / 1000:.0f} kbit/s in all")
        told = [answer.message for answer in answers if isinstance(answer, Received)]
        bulk = [update for update in told if isinstance(update, Update) and update.id != f"{99:032x}"]
        assert [update.id for update in bulk] == [f"{number:032x}" for number in range(11)]
        assert all(update.result == {"text": text} for update in bulk)
        assert size > 100_000
        assert pair.asked.index(Ask(f"{99:032x}", "echo", {"text": ""}, 1.0)) < 11


async def test_a_small_message_is_answered_within_moments() -> None:
    async with conversing() as pair:
        trips = []
        for number in range(20):
            begun = time.monotonic()
            await pair.ask(number)
            await pair.until(Received)
            trips.append(time.monotonic() - begun)
        note(f"round trip of a small message, median of 20: {1000 * sorted(trips)[10]:.0f} ms")


async def test_an_adapter_that_is_switched_off_while_nobody_is_near_is_used_again() -> None:
    async with two_ends() as ends, asyncio.TaskGroup() as tasks:
        pair = Pair(ends)
        waiting = tasks.create_task(pair.wearable.run())
        await asyncio.sleep(2)  # now it advertises; nothing here would tell
        for on in (False, True):
            await power(ends.adapters[0], on)
        coming = tasks.create_task(pair.companion.run())
        assert isinstance(await anext(pair.wearable.events()), Connected)
        waiting.cancel()
        coming.cancel()


async def test_an_adapter_that_is_switched_off_and_on_is_used_again() -> None:
    async with conversing() as pair:
        for adapter in pair.ends.adapters:
            await power(adapter, on=False)
            await pair.until(Disconnected)
            await power(adapter, on=True)
            await pair.until(Connected)
        await pair.ask(1)
        await pair.until(Received)


async def test_a_bluetoothd_that_is_restarted_is_used_again() -> None:
    async with conversing() as pair:
        stop_bluetoothd()  # the guest starts it again
        await pair.until(Disconnected)
        await pair.until(Connected)
        await pair.ask(1)
        await pair.until(Received)
