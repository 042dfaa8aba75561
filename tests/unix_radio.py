"""A radio between processes: packets over a Unix socket, each behind its length."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from firmware_bridge.errors import LinkDown

MAX_PACKET = 244


class SocketPipe:
    """One connection."""

    max_packet = MAX_PACKET

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, packet: bytes) -> None:
        """Send. Raises LinkDown."""
        try:
            self._writer.write(len(packet).to_bytes(2, "big") + packet)
            await self._writer.drain()
        except OSError as exc:
            raise LinkDown(str(exc)) from exc

    async def packets(self) -> AsyncIterator[bytes]:
        """Yield what comes until the connection ends."""
        try:
            while True:
                size = int.from_bytes(await self._reader.readexactly(2), "big")
                yield await self._reader.readexactly(size)
        except (OSError, asyncio.IncompleteReadError):
            return

    async def close(self) -> None:
        """End the connection."""
        self._writer.close()


class SocketCentral:
    """The companion's side: connects; raises LinkDown when nobody listens."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[SocketPipe]:
        """Connect once."""
        try:
            pipe = SocketPipe(*await asyncio.open_unix_connection(str(self._path)))
        except OSError as exc:
            raise LinkDown(str(exc)) from exc
        try:
            yield pipe
        finally:
            await pipe.close()


class SocketPeripheral:
    """The wearable's side: waits to be connected to."""

    def __init__(self) -> None:
        self._arrived: asyncio.Queue[SocketPipe] = asyncio.Queue(1)

    @asynccontextmanager
    async def listening(self, path: Path) -> AsyncIterator[None]:
        """Listen while the context lasts."""

        async def arrive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._arrived.put(SocketPipe(reader, writer))

        server = await asyncio.start_unix_server(arrive, str(path))
        try:
            yield
        finally:
            server.close()
            while not self._arrived.empty():
                await self._arrived.get_nowait().close()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[SocketPipe]:
        """Wait for the companion."""
        pipe = await self._arrived.get()
        try:
            yield pipe
        finally:
            await pipe.close()
