"""`earrand run` as a process of its own on a sound card that goes away and comes back."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from edge import timeline
from edge.demo.processes import Child, start
from edge.timeline import Event
from firmware_bridge.air import Air
from tests.sound_card import WITH_SOUND_CARD, Card

pytestmark = WITH_SOUND_CARD
SETTINGS = """
[hearing]
attention = "always"
[audio]
input = "mouth"
output = "ear"
"""
WITHIN_S = 100
"""Loading every engine on a busy core, after up to three tries to find the card."""


class Wearable:
    """A running wearable whose events can be waited for."""

    def __init__(self, child: Child) -> None:
        self.process = child.process
        self._events = child.events()

    async def sees(self, kind: type[Event]) -> Event:
        """Read on to the next event of a kind."""
        async with asyncio.timeout(WITHIN_S):
            async for event in self._events:
                if isinstance(event, kind):
                    return event
        raise AssertionError(f"it ended without {kind.__name__}")

    async def says_that_it_waits(self) -> None:
        problem = await self.sees(timeline.Problem)
        assert isinstance(problem, timeline.Problem)
        assert "waiting until it is back" in problem.text


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Wearable]:
    """Run the wearable; leaving ends it, and nothing of it may be left."""
    settings = folder / "earrand.toml"
    settings.write_text(SETTINGS)
    async with Air(1) as air:
        link = ("--link", f"bumble:tcp-client:127.0.0.1:{air.ports[0]}")
        arguments = ("run", "--json", "--config", str(settings), "--data", str(folder / "data"), *link)
        async with start("wearable", "edge", *arguments, log=folder / "log") as child:
            yield Wearable(child)
    assert not [process for process in psutil.process_iter(["pid"]) if _group(process.pid) == child.process.pid]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("unplug", "plug_in"),
    [pytest.param(Card.kill, Card.restart, id="it dies"), pytest.param(Card.freeze, Card.thaw, id="it hangs")],
)
async def test_a_card_that_comes_back_is_listened_to_again(
    card: Card, tmp_path: Path, unplug: Callable[[Card], None], plug_in: Callable[[Card], None]
) -> None:
    async with running(tmp_path) as wearable:
        await wearable.sees(timeline.Quiet)
        unplug(card)
        await wearable.says_that_it_waits()
        plug_in(card)
        await wearable.sees(timeline.Ready)
        # It is told by the frames of the microphone; that the loudspeaker plays was tried before it was ready.
        await wearable.sees(timeline.Quiet)


@pytest.fixture
def minds_control_c() -> Iterator[None]:
    """Undo that a shell lets what it runs in the background ignore Ctrl-C, which children inherit."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.timeout(400)
@pytest.mark.usefixtures("minds_control_c")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_who_waits_for_a_card_can_be_told_to_end(card: Card, tmp_path: Path, number: signal.Signals) -> None:
    async with running(tmp_path) as wearable:
        await wearable.sees(timeline.Ready)
        card.kill()
        await wearable.says_that_it_waits()
        wearable.process.send_signal(number)
        async with asyncio.timeout(10):
            assert await wearable.process.wait() == 130


@pytest.mark.timeout(400)
async def test_a_card_that_was_never_there_ends_the_start(card: Card, tmp_path: Path) -> None:
    card.kill()
    async with running(tmp_path) as wearable:
        async with asyncio.timeout(WITHIN_S):
            assert await wearable.process.wait() == 1
    assert "cannot be opened" in (tmp_path / "log").read_text()
