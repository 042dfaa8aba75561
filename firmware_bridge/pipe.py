"""What one BLE connection is to the link: packets in, packets out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Pipe(Protocol):
    """One connection. Packets arrive whole and in order or not at all."""

    @property
    def max_packet(self) -> int:
        """The longest packet in bytes: ATT MTU less 3, at most 512."""
        ...

    async def send(self, packet: bytes) -> None:
        """Hand over one packet; wait for room. Raises LinkDown."""
        ...

    def packets(self) -> AsyncIterator[bytes]:
        """Yield what arrives; end when the connection ends."""
        ...


class Transport(Protocol):
    """One side of the radio: the wearable waits to be connected to, the companion connects."""

    def connect(self) -> AbstractAsyncContextManager[Pipe]:
        """Wait for a connection, for ever; leaving the context ends it. Raises LinkDown for what waiting cannot mend
        (no adapter, no permission)."""
        ...
