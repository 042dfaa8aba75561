"""Two transports joined inside one process; a hook on each direction can lose packets or cut the connection."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from firmware_bridge.errors import LinkDown
from firmware_bridge.packet import MAX_PACKET

DEPTH = 8
"""Packets on the way in each direction: about what a controller buffers."""

Mishap = Callable[[bytes], Sequence[bytes] | None]
"""Given each packet, says what arrives instead of it, or None to cut the connection. `[]` loses it, `[p, p]` doubles
it; to reorder, keep it and give it with a later one."""


def nothing_happens(packet: bytes) -> Sequence[bytes] | None:
    """Let a packet through."""
    return [packet]


class _Way:
    """One direction of one connection."""

    def __init__(self, mishap: Mishap) -> None:
        self._mishap = mishap
        self._packets: deque[bytes] = deque()
        self._open = True
        self._changed = asyncio.Condition()

    async def put(self, packet: bytes) -> bool:
        """Send a packet; wait for room. Say whether the connection was cut. Raises LinkDown when it ended."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._open or len(self._packets) < DEPTH)
            if not self._open:
                raise LinkDown("the connection ended")
            arriving = self._mishap(packet)
            if arriving is not None:
                self._packets.extend(arriving)
            self._changed.notify_all()
            return arriving is None

    async def get(self) -> bytes | None:
        """Wait for a packet; None when the connection ended and all that was on the way arrived."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._open or bool(self._packets))
            packet = self._packets.popleft() if self._packets else None
            self._changed.notify_all()
            return packet

    async def close(self, *, lose: bool) -> None:
        """End this direction; `lose` what is on the way, or let it arrive."""
        async with self._changed:
            self._open = False
            if lose:
                self._packets.clear()
            self._changed.notify_all()


class LoopbackPipe:
    """One end of one connection."""

    def __init__(self, out: _Way, back: _Way, max_packet: int) -> None:
        self._out, self._back, self._max_packet = out, back, max_packet

    @property
    def max_packet(self) -> int:
        """The longest packet in bytes."""
        return self._max_packet

    async def send(self, packet: bytes) -> None:
        """Send one packet; wait for room. Raises LinkDown."""
        if len(packet) > self._max_packet:
            raise LinkDown(f"a packet of {len(packet)} bytes, at most {self._max_packet}")
        if await self._out.put(packet):
            await self._close(lose=True)
            raise LinkDown("the connection was cut")

    async def packets(self) -> AsyncIterator[bytes]:
        """Yield what arrives; end when the connection ends."""
        while (packet := await self._back.get()) is not None:
            yield packet

    async def close(self) -> None:
        """End the connection for both sides; what is on the way arrives."""
        await self._close(lose=False)

    async def _close(self, *, lose: bool) -> None:
        await self._out.close(lose=lose)
        await self._back.close(lose=lose)


class Loopback:
    """The air between two transports, `wearable` and `companion`."""

    def __init__(
        self, max_packet: int = MAX_PACKET, up: Mishap = nothing_happens, down: Mishap = nothing_happens
    ) -> None:
        """`up` is the way from the companion to the wearable, as in the GATT service; `down` the other."""
        self._max_packet, self._up, self._down = max_packet, up, down
        self._met = asyncio.Condition()
        self._waiting: dict[str, LoopbackPipe | None] = {}
        self.wearable = LoopbackTransport(self, "wearable")
        self.companion = LoopbackTransport(self, "companion")

    async def meet(self, side: str) -> LoopbackPipe:
        """Wait until the other side waits too; give this side's end of the new connection."""
        async with self._met:
            # A side that begins to wait has left its last connection, and a meeting that nobody fetched is void.
            self._waiting[side] = None
            if len(self._waiting) == 2:
                up, down = _Way(self._up), _Way(self._down)
                self._waiting["companion"] = LoopbackPipe(up, down, self._max_packet)
                self._waiting["wearable"] = LoopbackPipe(down, up, self._max_packet)
                self._met.notify_all()
            try:
                await self._met.wait_for(lambda: self._waiting[side] is not None)
            except asyncio.CancelledError:
                if (unused := self._waiting.pop(side)) is not None:
                    await unused.close()
                raise
            pipe = self._waiting.pop(side)
        assert pipe is not None
        return pipe


class LoopbackTransport:
    """One side of a Loopback."""

    def __init__(self, air: Loopback, side: str) -> None:
        self._air, self._side = air, side

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[LoopbackPipe]:
        """Wait for the other side, for ever; leaving the context ends the connection."""
        pipe = await self._air.meet(self._side)
        try:
            yield pipe
        finally:
            await pipe.close()
