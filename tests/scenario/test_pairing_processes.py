"""Pairing as its users do it: real processes and engines, words spoken in, digits typed, over the virtual radio."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from edge.feed import Finish, Order, Play, encode_order
from firmware_bridge.air import Air
from firmware_bridge.secure import read_passkey

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
SETTINGS = '[hearing]\nattention = "always"\n'
"""No wake word: it is not what is tried here."""


class Program:
    """One of our commands, which tells events as JSON lines."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def tell(self, order: Order) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(encode_order(order))
        await self.process.stdin.drain()

    async def until(self, **fields: object) -> dict[str, Any]:
        """Read on to the next event with these fields."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            event: dict[str, Any] = json.loads(line)
            if all(event.get(key) == value for key, value in fields.items()):
                return event
        raise AssertionError(f"it ended before {fields}")


@asynccontextmanager
async def program(folder: Path, *arguments: str) -> AsyncIterator[Program]:
    environment = dict(os.environ, PYTHONPATH=str(ROOT), XDG_CACHE_HOME=str(folder.parent / "cache"))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, cwd=folder, env=environment, stdin=PIPE, stdout=PIPE
    )
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def test_a_phone_is_paired_with_spoken_digits_and_does_an_errand_at_once(tmp_path: Path) -> None:
    async with asyncio.timeout(150), Air(2) as air:
        settings = tmp_path / "settings.toml"
        settings.write_text(SETTINGS)
        ours = [
            "--json",
            "--config",
            str(settings),
            "--link",
            air.spec(0),
            "--data",
            "glasses",
            "--feed",
            "--pace",
            "4",
        ]
        theirs = ["--link", air.spec(1), "--data", "phone"]
        async with program(tmp_path, "edge", "run", *ours) as wearable:
            await wearable.until(event="quiet")
            await say(wearable, "pair_a_new_phone")
            heard = await wearable.until(event="spoken")
            digits = re.search(r"(\d \d \d, \d \d \d)", heard["text"])
            assert digits is not None, heard
            async with program(tmp_path, "companion", "pair", read_passkey(digits[1]), *theirs) as pairing:
                said, _ = await pairing.process.communicate()
            assert said.decode().startswith("paired with Earrand;")
            assert (await wearable.until(event="spoken", kind="announcement"))["text"] == "Phone is paired."
            async with program(tmp_path, "companion", "--json", *theirs) as companion:
                await companion.until(event="link", up=True)
                await say(wearable, "put_the_dentist_in_my_calendar_for_tomorrow_at_nine")
                await wearable.until(event="errand", state="completed")
                await wearable.tell(Finish(20.0))
                assert await wearable.process.wait() == 0
    assert b"dentist" in (tmp_path / "phone" / "calendar.ics").read_bytes().lower()


async def say(wearable: Program, recording: str) -> None:
    file = str(DATA / f"{recording}.flac")
    await wearable.tell(Play(file))
    await wearable.until(event="fed", file=file)
