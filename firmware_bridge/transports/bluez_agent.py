"""The phone's side of Bluetooth pairing on BlueZ: an agent that types the six digits which the wearable spoke."""

# No `from __future__ import annotations` here: dbus-fast reads the signatures from the annotations themselves.

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusObjectPath, DBusUInt32
from dbus_fast.errors import DBusFastError
from dbus_fast.service import ServiceInterface, dbus_method

from firmware_bridge.errors import LinkDown, NotLetIn

_PATH = "/earrand/keyboard"
_PAIR_S = 40.0
"""The owner has 30 s to type (Core Specification, Vol 3, Part H, 3.4)."""


class _Keyboard(ServiceInterface):
    """What BlueZ asks. The questions of weaker ways to pair have no answer here, and BlueZ takes that as a no."""

    def __init__(self, ask: Callable[[], Awaitable[str]]) -> None:
        super().__init__("org.bluez.Agent1")
        self._ask = ask

    @dbus_method()
    async def RequestPasskey(self, _device: DBusObjectPath) -> DBusUInt32:
        return int(await self._ask())

    @dbus_method()
    def Cancel(self) -> None:
        """Hear that BlueZ has given up."""

    @dbus_method()
    def Release(self) -> None:
        """Hear that BlueZ needs us no more."""


async def pair(device: str, ask: Callable[[], Awaitable[str]]) -> None:
    """Pair with the connected device at this D-Bus path.

    On a connection of our own to the bus: BlueZ asks the agent of whoever calls Pair. Raises LinkDown without a bus,
    NotLetIn when the other side does not pair.
    """
    try:
        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    except (DBusFastError, OSError, EOFError) as exc:
        raise LinkDown(f"no system bus: {exc}") from exc
    try:
        bus.export(_PATH, _Keyboard(ask))
        await _call(bus, "/org/bluez", "org.bluez.AgentManager1", "RegisterAgent", "os", [_PATH, "KeyboardOnly"])
        await _call(bus, device, "org.bluez.Device1", "Pair")
    finally:
        bus.disconnect()


async def forget(device: str) -> None:
    """Drop what BlueZ knows of a device, if it does: the other side may have forgotten the bond."""
    with contextlib.suppress(DBusFastError, OSError, EOFError, NotLetIn):
        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        try:
            await _call(bus, device.rsplit("/", maxsplit=1)[0], "org.bluez.Adapter1", "RemoveDevice", "o", [device])
        finally:
            bus.disconnect()


async def _call(
    bus: MessageBus,
    path: str,
    interface: str,
    member: str,
    signature: str = "",
    body: list[Any] | None = None,  # D-Bus values of any type
) -> None:
    message = Message("org.bluez", path, interface, member, signature=signature, body=body or [])
    try:
        async with asyncio.timeout(_PAIR_S):
            reply = await bus.call(message)
    except (DBusFastError, OSError, EOFError, TimeoutError) as exc:
        raise NotLetIn(f"{member}: {exc or type(exc).__name__}") from exc
    if reply is None or reply.message_type is MessageType.ERROR:
        raise NotLetIn(f"{member}: {reply.error_name if reply else 'no answer'}")
