"""The wearable on BlueZ, over D-Bus: the system's own Bluetooth on a Raspberry Pi or a Jetson."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, Self

from dbus_fast import Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusError

from firmware_bridge import gatt
from firmware_bridge.errors import LinkDown, LocalProtocolError
from firmware_bridge.messages import PROTOCOL_VERSION
from firmware_bridge.packet import MAX_PACKET
from firmware_bridge.pipe import Pipe
from firmware_bridge.transports.arrivals import Arrivals
from firmware_bridge.transports.bluez_bus import BLUEZ, call, open_bus
from firmware_bridge.transports.bluez_gatt import ADVERTISEMENT, ROOT, Advertisement, table

_LOGGER = logging.getLogger(__name__)

_CHECK_S = 30.0
"""How often a wait for the companion looks whether bluetoothd is still the one that knows us."""
_SOCKET_BYTES = 4096
"""Room between us and bluetoothd: about 6 packets. Linux would give 200, and a "stop" would wait behind them."""


class BlueZPeripheral:
    """The wearable's `Transport`.

    The first `connect` opens the system bus and registers the service; later ones use it again, or do it again if
    bluetoothd was restarted. Leaving the `async with` around the transport closes it. One `connect` at a time.
    """

    def __init__(self, name: str, adapter: str = "hci0", battery: Callable[[], int] | None = None) -> None:
        """`battery` gives the charge in percent, where there is a battery."""
        self._name = name
        self._adapter = f"/org/bluez/{adapter}"
        self._battery = battery
        self._bus: MessageBus | None = None
        self._owner = ""
        self._waiting: asyncio.Future[_BlueZPipe] | None = None
        self._pipe: _BlueZPipe | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    @contextlib.asynccontextmanager
    async def connect(self) -> AsyncIterator[Pipe]:
        """Advertise until a central has connected and subscribed. Raises LinkDown."""
        try:
            yield await self._subscriber()
        finally:
            if self._pipe is not None:
                await self._hang_up(self._pipe)

    async def _hang_up(self, pipe: _BlueZPipe) -> None:
        pipe.end()
        with contextlib.suppress(LinkDown):
            await self._call(pipe.device, "org.bluez.Device1", "Disconnect")
        pipe.close()
        self._pipe = None

    async def _subscriber(self) -> _BlueZPipe:
        try:
            await self._open()
            return await self._advertise()
        except LinkDown:
            self._close()
            raise

    async def _open(self) -> None:
        """Register with bluetoothd, unless the one that is running knows us."""
        if self._bus is not None and await self._owner_of_bluez() == self._owner:
            return
        self._close()
        self._bus = await open_bus()
        for path, interface in table(_info, self._write_up, self._acquire_down, self._battery).items():
            self._bus.export(path, interface)
        self._bus.export(ADVERTISEMENT, Advertisement(self._name, gatt.SERVICE))
        self._owner = await self._owner_of_bluez()
        power = ["org.bluez.Adapter1", "Powered", Variant("b", True)]
        await self._call(self._adapter, "org.freedesktop.DBus.Properties", "Set", "ssv", power)
        await self._call(self._adapter, "org.bluez.GattManager1", "RegisterApplication", "oa{sv}", [ROOT, {}])

    def _close(self) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.disconnect()

    async def _advertise(self) -> _BlueZPipe:
        """Advertise until a central subscribes."""
        self._waiting = asyncio.get_running_loop().create_future()
        manager = "org.bluez.LEAdvertisingManager1"
        await self._call(self._adapter, manager, "RegisterAdvertisement", "oa{sv}", [ADVERTISEMENT, {}])
        try:
            while not self._waiting.done():
                await asyncio.wait({self._waiting}, timeout=_CHECK_S)
                if await self._owner_of_bluez() != self._owner:
                    raise LinkDown("bluetoothd was restarted")
        finally:
            self._waiting.cancel()  # from now on a subscription comes too late
            with contextlib.suppress(LinkDown):
                await self._call(self._adapter, manager, "UnregisterAdvertisement", "o", [ADVERTISEMENT])
        pipe = self._waiting.result()
        # The answer that carried the other end of the socket went out before the calls just made.
        pipe.let_go()
        return pipe

    def _acquire_down(self, device: str, mtu: int) -> int:
        if self._waiting is None or self._waiting.done():
            raise DBusError("org.bluez.Error.NotPermitted", "there is a companion already")
        self._pipe = _BlueZPipe(device, mtu)
        self._waiting.set_result(self._pipe)
        return self._pipe.their_fd

    def _write_up(self, device: str, packet: bytes) -> None:
        if self._pipe is None or self._pipe.device != device:
            raise DBusError("org.bluez.Error.NotPermitted", "subscribe first")
        self._pipe.arrivals.put(packet)

    async def _owner_of_bluez(self) -> str:
        path, name = "/org/freedesktop/DBus", "org.freedesktop.DBus"
        reply = await self._call(path, name, "GetNameOwner", "s", ["org.bluez"], destination=name)
        return str(reply[0])

    async def _call(
        self,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: list[Any] | None = None,  # D-Bus values of any type
        *,
        destination: str = BLUEZ,
    ) -> list[Any]:
        if self._bus is None:
            raise LinkDown("the system bus is closed")
        return await call(self._bus, path, interface, member, signature, body, destination=destination)


class _BlueZPipe:
    """One subscribed central. Packets down go through a socket, of which bluetoothd holds the other end."""

    def __init__(self, device: str, mtu: int) -> None:
        self.device = device
        self.max_packet = min(mtu - 3, MAX_PACKET)
        self.arrivals = Arrivals()
        # SEQPACKET keeps the bounds of packets.
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.setblocking(False)
        self._ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BYTES)
        asyncio.get_running_loop().add_reader(self._ours, self.end)  # bluetoothd sends nothing there but the end

    @property
    def their_fd(self) -> int:
        """The end for bluetoothd."""
        return self._theirs.fileno()

    def let_go(self) -> None:
        """Close our copy of bluetoothd's end: else we would not hear it close its own."""
        self._theirs.close()

    def packets(self) -> AsyncIterator[bytes]:
        return self.arrivals.read()

    async def send(self, packet: bytes) -> None:
        if self.arrivals.ended:
            raise LinkDown("the companion left")
        if len(packet) > self.max_packet:
            raise LocalProtocolError(f"packet of {len(packet)} bytes, at most {self.max_packet}")
        try:
            await asyncio.get_running_loop().sock_sendall(self._ours, packet)
        except OSError as exc:
            raise LinkDown("the companion left") from exc

    def end(self) -> None:
        """Wake everybody who waits for this connection."""
        if not self.arrivals.ended:
            self.arrivals.end()
            asyncio.get_running_loop().remove_reader(self._ours)
            with contextlib.suppress(OSError):
                self._ours.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket; only after `end`, and when nobody waits on it any more."""
        self._ours.close()
        self._theirs.close()


def _info(mtu: int) -> bytes:
    return gatt.encode_info(gatt.Info(PROTOCOL_VERSION, min(mtu - 3, MAX_PACKET), bond=False))
