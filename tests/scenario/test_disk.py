"""What a disk that is full costs: an errand is refused or waits, none is lost, and the device goes on."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

import edge.errand_desk
import edge.wiring
from edge import timeline
from firmware_bridge.errands import Errand, State
from firmware_bridge.journal import Journal, JournalFull
from tests.stage import Apps, stage


class Writing:
    """A write that is under way on the disk's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.began = asyncio.Event()
        self.go_on = threading.Event()

    def wait(self) -> None:
        """Wait, on the disk's thread."""
        self._loop.call_soon_threadsafe(self.began.set)
        self.go_on.wait(10)


class SmallDisk(Journal):
    """A journal on a disk that can be full."""

    full = False
    _writing: Writing | None = None

    @classmethod
    def slow(cls) -> Writing:
        """Let the next write wait until it is told to go on."""
        cls._writing = Writing(asyncio.get_running_loop())
        return cls._writing

    def put(self, errand: Errand) -> None:
        if SmallDisk.full:
            raise JournalFull("the disk is full")
        writing, SmallDisk._writing = SmallDisk._writing, None
        if writing is not None:
            writing.wait()
        super().put(errand)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> type[SmallDisk]:
    monkeypatch.setattr(edge.wiring, "Journal", SmallDisk)
    monkeypatch.setattr(edge.errand_desk, "_RETRY_S", 0.05)
    SmallDisk.full = False
    return SmallDisk


async def test_an_errand_that_cannot_be_written_down_is_not_asked_and_that_is_said(
    tmp_path: Path, disk: type[SmallDisk]
) -> None:
    apps = Apps({"notes.take_note": lambda text: {"text": text}})
    async with stage(tmp_path, apps) as wearer:
        disk.full = True
        await wearer.say("take a note that the key is under the mat")
        assert "could not write" in await wearer.hears()
        assert apps.calls == []
        disk.full = False
        await wearer.say("take a note that the key is under the mat")
        assert (await wearer.hears()).startswith("Task completed.")


async def test_an_end_that_cannot_be_written_down_is_told_when_there_is_room_again(
    tmp_path: Path, disk: type[SmallDisk]
) -> None:
    go = asyncio.Event()

    async def wait_for_reply(sender: str) -> dict[str, Any]:
        await go.wait()
        return {"sender": sender, "text": "yes"}

    async with stage(tmp_path, Apps({"messages.wait_for_reply": wait_for_reply})) as wearer:
        await wearer.say("tell me when ben replies")
        await wearer.hears()
        await wearer.next(timeline.Quiet)
        disk.full = True
        go.set()
        assert "disk is full" in (await wearer.next(timeline.Problem)).text
        assert not [moved for moved in wearer.of(timeline.ErrandMoved) if moved.state is State.COMPLETED]
        disk.full = False
        assert (await wearer.hears()).startswith("Task completed. Ben wrote")


async def test_a_barge_in_while_an_errand_is_written_down_neither_loses_nor_doubles_it(
    tmp_path: Path, disk: type[SmallDisk]
) -> None:
    apps = Apps({"notes.take_note": lambda text: {"text": text}})
    async with stage(tmp_path, apps) as wearer:
        writing = disk.slow()
        await wearer.say("take a note that the key is under the mat")
        await writing.began.wait()
        await wearer.say("what time is it")
        await wearer.next(timeline.Call, tool="tell_time")
        writing.go_on.set()
        moved = await wearer.next(timeline.ErrandMoved, state=State.COMPLETED)
        told = await wearer.next(timeline.Spoken, errand=moved.id)
        assert told.kind == "announcement"
    assert len(apps.calls) == 1
