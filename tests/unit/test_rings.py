from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from edge.clocks import Clocks
from edge.phrasebook import Phrases
from edge.rings import Rings
from edge.worker import Worker
from firmware_bridge.errands import Errand, State
from tests.wearable_fakes import FakeTime, MemoryClockStore


@asynccontextmanager
async def rings(time: FakeTime, store: MemoryClockStore, *, lost: bool = False) -> AsyncIterator[Rings]:
    with Worker("disk") as disk:
        clocks = Clocks(store, time.now().timestamp())
        yield Rings(clocks, disk, Phrases(time.now), time.now, lost=lost)


def reminder(time: FakeTime, tool: str = "reminders.add_reminder", **changes: Any) -> Errand:
    due = (time.now() + timedelta(hours=1)).isoformat()
    asked = Errand("0" * 32, tool, {"what": "call the bank", "due": due}, time.now().timestamp())
    return replace(asked, **changes)


async def words(ringing: Rings) -> list[Any]:
    return [reply.sentences for reply in await ringing.due()]


async def test_a_reminder_rings_on_the_wearable_even_when_the_phone_never_answers() -> None:
    time, store = FakeTime(), MemoryClockStore()
    async with rings(time, store) as ringing:
        await ringing.follow(reminder(time))
        await ringing.follow(reminder(time))  # the phone says that it is queued there too
        assert await words(ringing) == []
        time.moment += timedelta(hours=1)
        assert await words(ringing) == [("Reminder: call the bank.",)]


async def test_a_reminder_that_was_cancelled_or_ticked_off_does_not_ring() -> None:
    for end in (
        {"state": State.CANCELLED},
        {"tool": "reminders.finish_reminder", "state": State.COMPLETED},
    ):
        time, store = FakeTime(), MemoryClockStore()
        async with rings(time, store) as ringing:
            await ringing.follow(reminder(time))
            await ringing.follow(reminder(time, **end))
            time.moment += timedelta(hours=2)
            assert await words(ringing) == []
        assert store.kept == {}


async def test_what_was_not_heard_is_given_again_and_what_was_heard_is_not() -> None:
    time, store = FakeTime(), MemoryClockStore()
    async with rings(time, store) as ringing:
        await ringing.follow(reminder(time))
        time.moment += timedelta(hours=1)
        assert len(await words(ringing)) == 1
        assert await words(ringing) == []
        await ringing.give_back()
        [again] = await ringing.due()
        assert again.ring is not None
        await ringing.told(again.ring)
        await ringing.give_back()
        assert await words(ringing) == []


async def test_clocks_that_could_not_be_read_are_told_once() -> None:
    time = FakeTime()
    async with rings(time, MemoryClockStore(), lost=True) as ringing:
        assert len(await words(ringing)) == 1
        assert await words(ringing) == []


async def test_a_full_disk_does_not_stop_the_errand() -> None:
    time = FakeTime()
    async with rings(time, MemoryClockStore(full=True)) as ringing:
        await ringing.follow(reminder(time))
