"""Calls to BlueZ over the system bus, with its errors as ours."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusFastError

from firmware_bridge.errors import LinkDown

BLUEZ = "org.bluez"
_CALL_S = 10.0
"""BlueZ answers within milliseconds, or, where the controller hangs, after its own timeouts."""


async def open_bus() -> MessageBus:
    """Give a connection of one's own. Raises LinkDown."""
    with _dbus_errors_as_link_down("no system bus"):
        return await MessageBus(bus_type=BusType.SYSTEM, negotiate_unix_fd=True).connect()


async def call(
    bus: MessageBus,
    path: str,
    interface: str,
    member: str,
    signature: str = "",
    body: list[Any] | None = None,  # D-Bus values of any type
    *,
    destination: str = BLUEZ,
    within_s: float = _CALL_S,
) -> list[Any]:
    """Call a method and give what it answers. Raises LinkDown."""
    message = Message(
        destination=destination, path=path, interface=interface, member=member, signature=signature, body=body or []
    )
    with _dbus_errors_as_link_down(member):
        async with asyncio.timeout(within_s):
            reply = await bus.call(message)
    if reply is None or reply.message_type is MessageType.ERROR:
        raise LinkDown(f"{member} on {path}: {reply.error_name if reply else 'no answer'}")
    return list(reply.body)


@contextlib.contextmanager
def _dbus_errors_as_link_down(what: str) -> Iterator[None]:
    try:
        yield
    except (DBusFastError, OSError, EOFError, TimeoutError) as exc:
        raise LinkDown(f"{what}: {exc or type(exc).__name__}") from exc
