from __future__ import annotations

import asyncio
import itertools
import os
import struct
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from edge.buttons import ButtonEvent, ButtonLost, InputEvents, Pressed, Worn, watch_device

DOWN, UP, REPEAT = 1, 0, 2


def record(kind: int, code: int, value: int) -> bytes:
    return struct.pack("@llHHi", 1, 2, kind, code, value)


PRESS = record(1, 164, DOWN) + record(0, 0, 0) + record(1, 164, REPEAT) + record(1, 164, UP) + record(0, 0, 0)


def test_a_press_is_one_event_however_long_the_button_is_held() -> None:
    assert list(InputEvents().feed(PRESS)) == [Pressed()]


def test_a_switch_tells_whether_the_device_is_worn_and_other_switches_do_not() -> None:
    told = record(5, 2, 1) + record(5, 0, 1) + record(5, 11, 0)
    assert list(InputEvents().feed(told)) == [Worn(True), Worn(False)]


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_any_bytes_mean_the_same_in_any_pieces(data: bytes, cuts: list[int]) -> None:
    events = InputEvents()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[begin:end] for begin, end in itertools.pairwise(places)]
    assert [event for piece in pieces for event in events.feed(piece)] == list(InputEvents().feed(data))


async def test_a_device_is_read_until_it_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "event0"
    os.mkfifo(path)
    told: asyncio.Queue[ButtonEvent] = asyncio.Queue()
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        # The pipe is kept open from both ends, as a device is there before anybody presses it.
        end = os.open(path, os.O_RDWR)
        watching = tasks.create_task(watch_device(path, told.put))
        os.write(end, PRESS[:30])
        os.write(end, PRESS[30:])
        assert await told.get() == Pressed()
        os.close(end)
        await watching
        assert isinstance(await told.get(), ButtonLost)


async def test_a_device_that_is_not_there_is_told_and_stops_nothing(tmp_path: Path) -> None:
    told: asyncio.Queue[ButtonEvent] = asyncio.Queue()
    await watch_device(tmp_path / "event9", told.put)
    assert isinstance(told.get_nowait(), ButtonLost)
    assert told.empty()
