"""Any order of asking, cancelling, ending, failing and crashing: nothing runs twice, no end changes, all ends come."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.errands import Errand, State
from firmware_bridge.journal import Journal
from firmware_bridge.messages import Cancel
from tests.companion_fakes import FakeHost, RunnerUnderTest, ask, name, running, settle

TOOLS = ("fake.read", "fake.add", "fake.buy", "fake.wait", "fake.nowhere")
Deed = Literal["ask", "cancel", "finish", "fail", "interrupt", "crash"]
DEEDS: Sequence[Deed] = ("ask", "ask", "cancel", "finish", "fail", "interrupt", "crash")
STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, len(TOOLS) - 1)), max_size=25)


class World:
    """A companion that crashes and comes back, and what was seen of it."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.host = FakeHost()
        self.ends: dict[str, Errand] = {}
        self._stack = AsyncExitStack()
        self._it: RunnerUnderTest | None = None

    async def start(self) -> None:
        await self._stack.aclose()
        self._it = await self._stack.enter_async_context(running(self.journal, self.host))

    async def stop(self) -> None:
        await self._stack.aclose()

    async def do(self, deed: Deed, number: int) -> None:
        assert self._it is not None
        match deed:
            case "ask":
                await self._it.tell(ask(number, TOOLS[number]))
                assert self._it.last(name(number)) is not None
            case "cancel":
                await self._it.tell(Cancel(name(number)))
                assert self._it.last(name(number)).state in (State.CANCELLED, State.COMPLETED, State.FAILED)
            case "finish":
                self.host.finish(name(number))
            case "fail":
                self.host.finish(name(number), "not_found")
            case "interrupt":
                self.host.finish(name(number), "interrupted")
            case "crash":
                await self.start()
        await settle()
        self.check()

    def check(self) -> None:
        for errand in self.journal.all():
            assert self.ends.setdefault(errand.id, errand) == errand if errand.ended else errand.id not in self.ends
            assert self.host.started[errand.id] <= errand.attempts
        assert self.host.started[name(TOOLS.index("fake.buy"))] <= 1


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_nothing_of_unknown_effect_runs_twice_and_no_end_ever_changes(steps: list[tuple[Deed, int]]) -> None:
    async def play() -> None:
        with tempfile.TemporaryDirectory() as folder:
            journal = Journal(Path(folder) / "j")
            world = World(journal)
            await world.start()
            for deed, number in steps:
                await world.do(deed, number)
            for number in range(len(TOOLS)):  # the wearable asks for all that it holds open, and every tool ends
                await world.do("ask", number)
                await world.do("finish", number)
            await world.stop()
            assert journal.open() == []
            assert len(journal.all()) == len(TOOLS)
            journal.close()

    asyncio.run(play())
