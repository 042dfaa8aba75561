"""A tool host in memory, the wearable's end of a channel, and companions over both."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from companion.effects import Effect, ToolFacts
from companion.errors import ToolFailed
from companion.runner import Runner
from firmware_bridge.channel import Channel, Connected, Received
from firmware_bridge.errands import State
from firmware_bridge.errors import LinkDown
from firmware_bridge.journal import Journal
from firmware_bridge.messages import PROTOCOL_VERSION, Ask, Cancel, Hello, Message, Update
from firmware_bridge.pipe import Transport
from tests.paired import WEARABLE_GUARD

FACTS = {
    "fake.read": ToolFacts(Effect.READS, needs_consent=False),
    "fake.add": ToolFacts(Effect.BY_ID, needs_consent=False),
    "fake.buy": ToolFacts(Effect.UNKNOWN, needs_consent=False),
    "fake.send": ToolFacts(Effect.BY_ID, needs_consent=True),
    "fake.wait": ToolFacts(Effect.READS, needs_consent=False, timeout_s=3600.0),
}


class FakeHost:
    """Tools that start, then do nothing until the test says how they end."""

    def __init__(self) -> None:
        self.started: Counter[str] = Counter()
        self.arguments: dict[str, Mapping[str, Any]] = {}
        self._ends: dict[str, asyncio.Future[str]] = {}

    async def find(self, tool: str) -> ToolFacts:
        """Give the facts of one of five tools."""
        if tool not in FACTS:
            raise ToolFailed("no_such_tool", tool)
        return FACTS[tool]

    async def call(self, tool: str, arguments: Mapping[str, Any], errand_id: str, timeout_s: float) -> dict[str, Any]:
        """Begin, and wait for `finish`."""
        self.started[errand_id] += 1
        self.arguments[errand_id] = arguments
        end = self._ends[errand_id] = asyncio.get_running_loop().create_future()
        code = await end
        if code:
            raise ToolFailed(code)
        return {"tool": tool}

    def running(self, errand_id: str) -> bool:
        """Say whether a call waits for its end."""
        return errand_id in self._ends and not self._ends[errand_id].done()

    def finish(self, errand_id: str, code: str = "") -> None:
        """Let a running call succeed, or fail with a code."""
        if self.running(errand_id):
            self._ends[errand_id].set_result(code)


@dataclass
class RunnerUnderTest:
    """A runner at work and all that it has sent."""

    runner: Runner
    host: FakeHost
    updates: list[Update] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    async def tell(self, message: Ask | Cancel) -> None:
        """Give the runner a message and let it do what it can."""
        await self.runner.take(message)
        await settle()

    def last(self, id: str) -> Update:
        """Give the newest update of an errand."""
        return [update for update in self.updates if update.id == id][-1]


@asynccontextmanager
async def running(journal: Journal, host: FakeHost | None = None) -> AsyncIterator[RunnerUnderTest]:
    """Run a runner; leaving the context stops it as a crash would: nothing is recorded on the way out."""
    host = host or FakeHost()
    events: list[dict[str, Any]] = []
    under_test = RunnerUnderTest(Runner(journal, host, events.append, clock=lambda: 1.0), host, events=events)

    async def send(update: Update) -> None:
        under_test.updates.append(update)

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(under_test.runner.run(send))
        await settle()
        try:
            yield under_test
        finally:
            task.cancel()


async def settle() -> None:
    """Let every task run until it waits for something."""
    for _ in range(30):
        await asyncio.sleep(0)


def ask(number: int, tool: str = "fake.read", consent: str | None = None, **arguments: Any) -> Ask:
    """Give an Ask with the id of this number."""
    return Ask(name(number), tool, arguments, 1000.0, consent)


def name(number: int) -> str:
    """Give an errand id."""
    return f"{number:032x}"


class WearableSide:
    """The wearable by hand: sends what it is told, asks again after each connection, keeps the updates."""

    def __init__(self, transport: Transport) -> None:
        self._channel = Channel(transport, Hello(PROTOCOL_VERSION, "wearable", "test"), WEARABLE_GUARD)
        self._open: dict[str, Ask] = {}
        # Sending has a task of its own: who stops reading in order to send can wait for a peer that does the same.
        self._unsent: asyncio.Queue[Message] = asyncio.Queue()
        self.updates: list[Update] = []
        self.companion: Hello | None = None
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        """Keep the link until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._channel.run())
            tasks.create_task(self._send())
            async for event in self._channel.events():
                match event:
                    case Connected(hello):
                        self.companion = hello
                        for message in self._open.values():
                            self._unsent.put_nowait(message)
                    case Received(Update() as update):
                        await self._take(update)
                    case _:
                        continue

    async def ask(self, message: Ask) -> None:
        """Ask, now or as soon as there is a link."""
        self._open[message.id] = message
        await self._unsent.put(message)

    async def cancel(self, id: str) -> None:
        """Cancel over a link that is there."""
        await self._unsent.put(Cancel(id))

    async def end(self, id: str) -> Update:
        """Wait for the end of an errand."""
        return await self.wait(id, *(state for state in State if state not in (State.QUEUED, State.WORKING)))

    async def wait(self, id: str, *states: State) -> Update:
        """Wait until an update with one of these states has come."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._found(id, states) is not None)
            found = self._found(id, states)
        assert found is not None
        return found

    def _found(self, id: str, states: tuple[State, ...]) -> Update | None:
        return next((update for update in self.updates if update.id == id and update.state in states), None)

    async def _take(self, update: Update) -> None:
        if update.state in (State.COMPLETED, State.FAILED, State.CANCELLED):
            self._open.pop(update.id, None)
        async with self._changed:
            self.updates.append(update)
            self._changed.notify_all()

    async def _send(self) -> None:
        while True:
            message = await self._unsent.get()
            with suppress(LinkDown):
                await self._channel.send(message)
