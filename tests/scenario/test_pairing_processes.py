"""Pairing as its users do it: real processes and engines, words spoken in, digits typed, over the virtual radio."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TypeVar

from edge.demo.processes import Child, start
from edge.feed import Finish, Play, encode_order
from edge.timeline import ErrandMoved, Event, Fed, Link, Quiet, Spoken
from firmware_bridge.air import Air
from firmware_bridge.errands import State
from firmware_bridge.secure import read_passkey

DATA = Path(__file__).parents[1] / "data"
SETTINGS = '[hearing]\nattention = "always"\n'
"""No wake word: it is not what is tried here."""

E = TypeVar("E", bound=Event)


async def next_event(child: Child, wanted: type[E], /, **fields: object) -> E:
    """Read on to the next event of this class with these fields."""
    async for event in child.events():
        if isinstance(event, wanted) and all(getattr(event, name) == value for name, value in fields.items()):
            return event
    raise AssertionError(f"it ended before {wanted.__name__} {fields}")


async def say(wearable: Child, recording: str) -> None:
    file = str(DATA / f"{recording}.flac")
    await wearable.tell(encode_order(Play(file)))
    await next_event(wearable, Fed, file=file)


async def test_a_phone_is_paired_with_spoken_digits_and_does_an_errand_at_once(tmp_path: Path) -> None:
    settings, log, phone = tmp_path / "settings.toml", tmp_path / "log", tmp_path / "phone"
    settings.write_text(SETTINGS)
    async with asyncio.timeout(150), Air(2) as air:
        ours = ("--config", str(settings), "--link", air.spec(0), "--data", str(tmp_path / "glasses"))
        theirs = ("--link", air.spec(1), "--data", str(phone))
        async with start("wearable", "edge", "run", "--json", "--feed", "--pace", "4", *ours, log=log) as wearable:
            await next_event(wearable, Quiet)
            await say(wearable, "pair_a_new_phone")
            heard = await next_event(wearable, Spoken)
            digits = re.search(r"(\d \d \d, \d \d \d)", heard.text)
            assert digits is not None, heard
            async with start("companion", "companion", "pair", read_passkey(digits[1]), *theirs, log=log) as pairing:
                said, _ = await pairing.process.communicate()
            assert said.decode().startswith("paired with Earrand;")
            assert (await next_event(wearable, Spoken, kind="announcement")).text == "Phone is paired."
            async with start("companion", "companion", "--json", *theirs, log=log) as companion:
                await next_event(companion, Link, up=True)
                await say(wearable, "put_the_dentist_in_my_calendar_for_tomorrow_at_nine")
                await next_event(wearable, ErrandMoved, state=State.COMPLETED)
                await wearable.tell(encode_order(Finish(20.0)))
                assert await wearable.process.wait() == 0
    assert b"dentist" in (phone / "calendar.ics").read_bytes().lower()
