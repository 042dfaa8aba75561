"""The virtual radio: Bluetooth controllers on loopback TCP ports that hear each other, and faults on demand."""

from __future__ import annotations

import asyncio
import logging
import socket
from types import TracebackType
from typing import Self

from bumble.core import InvalidPacketError
from bumble.transport import open_transport
from bumble.transport.common import AsyncPacketReader, Transport

from firmware_bridge.ether import Ether, Radio

_LOGGER = logging.getLogger(__name__)

_WIRE_BYTES = 8192
"""Room for HCI packets between the air and one host process. Linux would give megabytes, and a host that stopped
reading would be noticed only after those."""


class Air:
    """Radios that share one channel; use it with `async with`.

    Each port speaks HCI like a USB stick: one host at a time, and when it leaves, the radio falls silent. Ports are
    chosen by the system, so that two of these never collide.
    """

    def __init__(
        self, radios: int = 2, *, rate_bps: float = 1_000_000, latency_s: float = 0.0, supervision_s: float = 1.0
    ) -> None:
        """Default to what a phone gives on 2M PHY; `supervision_s` is how long a silent peer is kept."""
        self.ports: tuple[int, ...] = ()
        """Where the radios listen on 127.0.0.1, once entered."""
        self._count = radios
        self._ether = Ether(rate_bps, latency_s, supervision_s)
        self._running: list[asyncio.Task[None]] = []
        self._kernels: list[Transport] = []

    async def __aenter__(self) -> Self:
        self._group = await asyncio.TaskGroup().__aenter__()
        self._listeners = [_listener() for _ in range(self._count)]
        self.ports = tuple(listener.getsockname()[1] for listener in self._listeners)
        work = [self._ether.fly(), self._ether.supervise()]
        for number, listener in enumerate(self._listeners, 1):
            work.append(_serve(listener, Radio(f"radio {number}", radio_address(number - 1), self._ether)))
        self._running = [self._group.create_task(coroutine) for coroutine in work]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._running:
            task.cancel()
        # Without the caller's error: it goes on as it is, not inside an ExceptionGroup.
        await self._group.__aexit__(None, None, None)
        for listener in self._listeners:
            listener.close()
        for kernel in self._kernels:
            await kernel.close()

    def spec(self, radio: int) -> str:
        """Give the transport spec of a radio, the first is 0, as `open_peripheral` and `open_central` take it."""
        return f"bumble:tcp-client:127.0.0.1:{self.ports[radio]}"

    @property
    def rate_bps(self) -> float:
        """Bits per second for all radios together; 0 = without limit."""
        return self._ether.rate_bps

    @rate_bps.setter
    def rate_bps(self, rate_bps: float) -> None:
        self._ether.rate_bps = rate_bps

    @property
    def latency_s(self) -> float:
        """One way."""
        return self._ether.latency_s

    @latency_s.setter
    def latency_s(self, latency_s: float) -> None:
        self._ether.latency_s = latency_s

    @property
    def out_of_range(self) -> bool:
        """Whether nobody hears anybody. Packets wait, as in a real link layer, until the supervision timeout."""
        return not self._ether.in_range.is_set()

    @out_of_range.setter
    def out_of_range(self, out_of_range: bool) -> None:
        if out_of_range:
            self._ether.in_range.clear()
            self._ether.lost.set()
        else:
            self._ether.in_range.set()

    async def lend_to_linux(self) -> str:
        """Give this machine's kernel one more radio, and return the address under which BlueZ shows it.

        For tests of BlueZ without hardware. Needs root and the module hci_vhci; raises OSError without them.
        """
        number = len(list(self._ether.radios())) + 1
        address = radio_address(number - 1)
        kernel = await open_transport("vhci")
        self._kernels.append(kernel)
        Radio(f"radio {number} (Linux)", address, self._ether).lend_to_linux(kernel)
        return address

    def cut(self) -> None:
        """End every connection now with a supervision timeout, which both hosts see."""
        self._ether.cut()


def radio_address(radio: int) -> str:
    """Give the public Bluetooth address of a radio on the air; the first is 0."""
    return f"C0:00:00:00:00:{radio + 1:02X}"


def _listener() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0), backlog=1)
    listener.setblocking(False)
    # Before the connection exists, so that the window is agreed from the start.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _WIRE_BYTES)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WIRE_BYTES)
    return listener


async def _serve(listener: socket.socket, radio: Radio) -> None:
    """Be the controller of one host after another, for ever."""
    loop = asyncio.get_running_loop()
    while True:
        wire, _ = await loop.sock_accept(listener)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader, writer = await asyncio.open_connection(sock=wire)
        writer.transport.set_write_buffer_limits(high=_WIRE_BYTES)
        radio.plug(writer)
        try:
            await _listen(reader, radio)
        finally:
            radio.unplug()
            # Not close(): that would wait for a host that stopped reading.
            writer.transport.abort()


async def _listen(reader: asyncio.StreamReader, radio: Radio) -> None:
    """Pass HCI packets to the controller until the host leaves."""
    packets = AsyncPacketReader(reader)
    try:
        while True:
            radio.on_packet(await packets.next_packet())
    except (asyncio.IncompleteReadError, ConnectionError):
        _LOGGER.debug("the host of %s left", radio.name)
    except InvalidPacketError as exc:
        _LOGGER.warning("the host of %s does not speak HCI: %s", radio.name, exc)
