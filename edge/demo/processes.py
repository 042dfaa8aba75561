"""The two processes of the demo and the virtual radio between them."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from edge.timeline import AnyEvent, read_event

_STOP_WITHIN_S = 2.0
"""How long a process may take to end after SIGINT before it is killed."""
_LINE_LIMIT = 1 << 20
"""Bytes in one line of a child's output: a list of notes may be long."""


class Child:
    """A process of ours that tells its events on standard output."""

    def __init__(self, side: str, process: Process) -> None:
        self.side = side
        self.process = process

    async def events(self) -> AsyncIterator[AnyEvent]:
        """Yield events until the process ends; lines that are none are passed over."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            try:
                yield read_event(line)
            except msgspec.MsgspecError:
                continue

    async def tell(self, line: bytes) -> None:
        """Write a line to its standard input; a process that has ended hears nothing."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line)
            await self.process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass


@asynccontextmanager
async def start(side: str, module: str, *arguments: str, log: Path) -> AsyncIterator[Child]:
    """Run `python -m module ...`; leaving the context ends it, politely first.

    Its standard error goes to `log`.
    """
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=PIPE if side == "wearable" else DEVNULL,
            stdout=PIPE,
            stderr=errors,
            limit=_LINE_LIMIT,
            env=dict(os.environ, PYTHONUNBUFFERED="1"),
            start_new_session=True,  # the terminal's Ctrl-C reaches the conductor alone, which ends its children
        )
    try:
        yield Child(side, process)
    finally:
        await asyncio.shield(_end(process))


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_WITHIN_S):
                await process.wait()
        except TimeoutError:
            process.kill()
    await process.wait()
