"""One MCP server as a child process: its stdio as the streams that the SDK's session wants.

The SDK has `stdio_client` for this. It gives a server four seconds to go away, keeps its exit to itself and lets one
line fill the memory; a companion that must stop within two seconds and outlive bad servers needs its own.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from companion.config import ServerCommand

_LOGGER = logging.getLogger(__name__)

MAX_LINE_BYTES = 8 << 20
"""The longest message of a server; one that sends more is broken and is ended."""
_EOF_S, _TERM_S, _KILL_S = 0.8, 0.4, 0.4
"""How long a server may take to go after its input ended, after SIGTERM, after SIGKILL: in all below two seconds."""
_ALSO_INHERITED = ("TZ", "LANG", "LC_ALL", "TMPDIR")

_Incoming = MemoryObjectSendStream[SessionMessage | Exception]
_Outgoing = MemoryObjectReceiveStream[SessionMessage]


@dataclass(frozen=True, slots=True)
class Child:
    """A running server."""

    read: MemoryObjectReceiveStream[SessionMessage | Exception]
    write: MemoryObjectSendStream[SessionMessage]
    ended: asyncio.Event
    """Set when the server closed its output: it is gone or going."""
    process: asyncio.subprocess.Process


@asynccontextmanager
async def child(command: ServerCommand, log: Path) -> AsyncIterator[Child]:
    """Start a server; leaving the context ends it and all that it started. Raises OSError."""
    process = await _start(command, log)
    # Without room in the streams: what the session has not taken is still in the pipe, which is bounded.
    incoming, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    write, outgoing = anyio.create_memory_object_stream[SessionMessage](0)
    ended = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as tasks:
            pumps = [
                tasks.create_task(_receive(process, incoming, ended)),
                tasks.create_task(_send(process, outgoing)),
            ]
            try:
                yield Child(read, write, ended, process)
            finally:
                await _end(process)
                for pump in pumps:
                    pump.cancel()
    finally:
        for stream in (incoming, read, write, outgoing):
            stream.close()


async def _start(command: ServerCommand, log: Path) -> asyncio.subprocess.Process:
    log.parent.mkdir(parents=True, exist_ok=True)
    inherited = {name: os.environ[name] for name in _ALSO_INHERITED if name in os.environ}
    with log.open("wb") as errors:
        return await asyncio.create_subprocess_exec(
            command.command,
            *command.args,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=get_default_environment() | inherited | dict(command.env),
            start_new_session=True,  # a process group of its own, so that its children can be ended with it
        )


async def _receive(process: asyncio.subprocess.Process, incoming: _Incoming, ended: asyncio.Event) -> None:
    assert process.stdout is not None
    rest = b""
    try:
        while len(rest) <= MAX_LINE_BYTES and (data := await process.stdout.read(1 << 16)):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                await _deliver(line, incoming)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        return  # the session is over; what the server still says is for nobody
    finally:
        ended.set()
        incoming.close()
    if rest:
        _LOGGER.warning("server %s: its output broke off, or a message had over %s bytes", process.pid, MAX_LINE_BYTES)


async def _deliver(line: bytes, incoming: _Incoming) -> None:
    if not line.strip():
        return
    try:
        message = jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValueError:
        _LOGGER.warning("a server wrote something that is not JSON-RPC to its output")
        return
    await incoming.send(SessionMessage(message))


async def _send(process: asyncio.subprocess.Process, outgoing: _Outgoing) -> None:
    assert process.stdin is not None
    # A broken pipe means that the server is gone, and then its output ends too: `_receive` says so.
    with suppress(ConnectionError):
        async for item in outgoing:
            data = item.message.model_dump_json(by_alias=True, exclude_unset=True)
            process.stdin.write(data.encode() + b"\n")
            await process.stdin.drain()


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the process as MCP has it: end of input, then SIGTERM, then SIGKILL, the last two for its whole group."""
    assert process.stdin is not None
    process.stdin.close()
    if await _gone(process, _EOF_S):
        return
    _signal(process, signal.SIGTERM)
    if await _gone(process, _TERM_S):
        return
    _signal(process, signal.SIGKILL)
    if not await _gone(process, _KILL_S):
        _LOGGER.warning("server %s did not go, even when killed", process.pid)


async def _gone(process: asyncio.subprocess.Process, within_s: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await process.wait()
    return process.returncode is not None


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
