"""A Bluetooth controller that this process drives itself, with Bumble as its host stack."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import cast

import usb1  # type: ignore[import-untyped]  # comes with Bumble
from bumble.core import BaseBumbleError
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.hci import Address, HCI_Reset_Command, OwnAddressType
from bumble.host import Host
from bumble.transport import open_transport
from bumble.transport.common import BaseSource, Transport
from bumble.utils import EventWatcher

from firmware_bridge.errors import LinkDown

_LOGGER = logging.getLogger(__name__)

_OPEN_S = 10.0
"""A USB controller that must load its firmware first needs about 3 s."""
_CLOSE_S = 1.0
_IN_FLIGHT = 7
"""ACL packets on their way to the controller. Fewer are slower; behind more, a "stop" waits for a third connection
event where a phone takes four packets in each (`earrand bench link`)."""


class BumbleAdapter:
    """Opens the controller at an HCI transport spec of Bumble when it is first needed, and again after it was lost."""

    def __init__(self, spec: str, name: str, set_up: Callable[[Device], None] | None = None) -> None:
        """`set_up` adds GATT services to the fresh device, before it is powered on."""
        self._spec = spec
        self._name = name
        self._set_up = set_up
        self._transport: Transport | None = None
        self._device: Device | None = None

    @property
    def alive(self) -> bool:
        """Whether the controller is open and there."""
        if self._device is None or self._transport is None:
            return False
        return not cast(BaseSource, self._transport.source).terminated.done()

    async def open(self) -> Device:
        """Give the powered device. Raises LinkDown when there is no such controller."""
        if self._device is not None and self.alive:
            return self._device
        await self.close()
        try:
            with bumble_errors_as(LinkDown, f"no Bluetooth controller at {self._spec}"):
                async with asyncio.timeout(_OPEN_S):
                    return await self._power_on()
        except LinkDown:
            await self.close()
            raise

    async def _power_on(self) -> Device:
        self._transport = await open_transport(self._spec)
        host = Host(self._transport.source, self._transport.sink)
        device = Device(config=DeviceConfiguration(name=self._name), host=host)
        if self._set_up is not None:
            self._set_up(device)
        await device.power_on()
        self._device = device
        return device

    async def close(self) -> None:
        """Reset the controller, which else goes on advertising without us, and let it go."""
        transport, self._transport = self._transport, None
        device, self._device = self._device, None
        if transport is None:
            return
        try:
            if device is not None and not cast(BaseSource, transport.source).terminated.done():
                with contextlib.suppress(LinkDown), bumble_errors_as(LinkDown, "closing"):
                    await device.host.send_sync_command(HCI_Reset_Command(), response_timeout=_CLOSE_S)
                    await device.power_off()
        finally:
            await transport.close()


def own_address(device: Device) -> OwnAddressType:
    """Choose the address to be known by: the controller's own, which stays the same, if it has one."""
    public = device.public_address not in (Address.ANY, Address.ANY_RANDOM)
    return OwnAddressType.PUBLIC if public else OwnAddressType.RANDOM


async def wait_for_room(connection: Connection) -> None:
    """Wait until the controller has sent most of what it was given, or the connection has ended.

    Bumble queues notifications and commands without bound and says nothing; this is the back-pressure.
    """
    device = connection.device
    host_side = device.host.connections.get(connection.handle)
    if host_side is None:
        return
    queue = host_side.acl_packet_queue
    most = min(queue.max_in_flight, _IN_FLIGHT)
    changed = asyncio.Event()
    with contextlib.closing(EventWatcher()) as watcher:
        watcher.on(queue, "flow", changed.set)
        # The queue is flushed without a "flow" when the connection ends.
        watcher.on(connection, Connection.EVENT_DISCONNECTION, lambda _: changed.set())
        while queue.pending >= most and device.connections.get(connection.handle) is connection:
            changed.clear()
            await changed.wait()


@contextlib.contextmanager
def bumble_errors_as(error: type[Exception], what: str) -> Iterator[None]:
    """Translate everything that Bumble and its transports raise."""
    try:
        yield
    except asyncio.CancelledError as exc:
        # Bumble cancels the future that it waits for when the connection ends. If nobody cancelled us, it was that.
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise error(f"{what}: the connection ended") from exc
    except (BaseBumbleError, OSError, TimeoutError, usb1.USBError) as exc:
        raise error(f"{what}: {exc or type(exc).__name__}") from exc
