"""Packets that have arrived on one connection and were not read yet."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator

_LOGGER = logging.getLogger(__name__)

ROOM = 64
"""Packets. The link's window is 16, so a reader that keeps up never sees it full."""


class Arrivals:
    """A bounded queue between a Bluetooth stack's callback and `Pipe.packets`.

    A callback cannot wait, and ATT has no flow control for commands and notifications: when there is no room, the
    newest packet is dropped and counted, and the link sends it again.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self.ended = False
        self._packets: deque[bytes] = deque()
        self._changed = asyncio.Event()

    def put(self, packet: bytes) -> None:
        """Take a packet, if there is room."""
        if len(self._packets) >= ROOM:
            self.dropped += 1
            _LOGGER.warning("no room for a packet of %s bytes; %s dropped so far", len(packet), self.dropped)
            return
        self._packets.append(packet)
        self._changed.set()

    def end(self) -> None:
        """Say that the connection ended; what has arrived can still be read."""
        self.ended = True
        self._changed.set()

    async def read(self) -> AsyncIterator[bytes]:
        """Yield packets in order until the connection has ended."""
        while True:
            while self._packets:
                yield self._packets.popleft()
            if self.ended:
                return
            self._changed.clear()
            await self._changed.wait()
