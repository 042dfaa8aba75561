"""The companion on bleak: BlueZ, CoreBluetooth, Windows, or any backend that bleak is given."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from bleak import BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import BaseBleakScanner
from bleak.exc import BleakError, BleakGATTProtocolError, BleakGATTProtocolErrorCode

from firmware_bridge import gatt
from firmware_bridge.errors import LinkDown, LocalProtocolError, NotLetIn, RemoteProtocolError
from firmware_bridge.packet import MAX_PACKET
from firmware_bridge.pipe import Pipe
from firmware_bridge.transports import bluez_agent
from firmware_bridge.transports.arrivals import Arrivals

_LOGGER = logging.getLogger(__name__)

_SCAN_S = 30.0
"""A scan is begun anew after this: an adapter that was pulled out is noticed only when a scan starts."""
_CONNECT_S = 20.0
"""The first discovery of a wearable's services takes BlueZ up to 4 s, a busy phone 10."""
_NOT_BONDED = (
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHORIZATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
)
"""What a wearable answers that has no bond with us."""


@dataclass(frozen=True, slots=True)
class Backend:
    """What bleak takes as its `backend`, when it shall not choose the platform's own."""

    scanner: type[BaseBleakScanner]
    client: type[BaseBleakClient]
    close: Callable[[], Awaitable[None]]
    """Ends what the two need to run."""


class BleakCentral:
    """The companion's `Transport`. Leaving the `async with` around it closes its backend. One `connect` at a time."""

    def __init__(
        self,
        name_filter: str | None = None,
        adapter: str | None = None,
        backend: Backend | None = None,
        *,
        passkey: str = "",
    ) -> None:
        """Look for the wearable of that name, else for any; `adapter` is BlueZ's, such as "hci0".

        With `passkey`, the six digits that the owner heard, make a new bond on each connection to a wearable that takes
        them. Where neither BlueZ nor a backend of ours is below, the system asks the owner itself.
        """
        self._name = name_filter
        self._passkey = passkey
        self._backend = backend
        # On the other platforms bleak ignores what is for BlueZ.
        self._options: dict[str, Any] = {"bluez": {"adapter": adapter}} if adapter else {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._backend is not None:
            await self._backend.close()

    @contextlib.asynccontextmanager
    async def connect(self) -> AsyncIterator[Pipe]:
        """Look for the wearable as long as it takes, then connect once and subscribe.

        Raises LinkDown, also when the wearable was seen and the attempt to connect failed: try again. Raises NotLetIn
        when there is no bond with it, or it makes none with us.
        Raises RemoteProtocolError when the wearable's service is not the one of PROTOCOL.md.
        """
        with _bleak_errors_as_link_down("looking for the wearable"):
            device = await self._find()
            if self._passkey:
                device = await self._forgotten(device)
                await self._bond_in_bluez(device)
        arrivals = Arrivals()
        client = self._client(device, disconnected_callback=lambda _: arrivals.end())
        try:
            yield await self._subscribe(client, device, arrivals)
        finally:
            arrivals.end()
            with contextlib.suppress(LinkDown), _bleak_errors_as_link_down("disconnecting"):
                await client.disconnect()

    def _client(self, device: BLEDevice, **options: Any) -> BleakClient:  # as BleakClient takes them
        backend = self._backend.client if self._backend else None
        return BleakClient(device, timeout=_CONNECT_S, backend=backend, **options, **self._options)

    async def _forgotten(self, device: BLEDevice) -> BLEDevice:
        """Drop an old bond with the wearable, which may have dropped it too."""
        with contextlib.suppress(NotImplementedError):  # macOS
            await self._client(device).unpair()
        return await self._find()

    async def _bond_in_bluez(self, device: BLEDevice) -> None:
        """Pair before connecting: of a connection that there is already BlueZ 5.82 makes Just Works."""
        if (path := _path_in_bluez(device)) is None:
            return
        async with self._client(device) as client:
            asks = (await _info(client)).bond
        if asks:
            await bluez_agent.pair(path, self._passkey)

    async def _subscribe(self, client: BleakClient, device: BLEDevice, arrivals: Arrivals) -> _BleakPipe:
        with _bleak_errors_as_link_down("connecting"):
            await client.connect()
            up = client.services.get_characteristic(gatt.UP)
            if up is None:
                raise RemoteProtocolError("the wearable lacks the characteristic for packets up")
            info = await _info(client)
            # Hello settles the version; this is for the log of a session that will fail.
            _LOGGER.info("the wearable speaks version %s and sees packets of %s bytes", info.version, info.max_packet)
            if info.bond:
                await self._use_bond(client, device)
            # BlueZ 5.82 never answers where it then tries to pair by itself, and is refused.
            async with asyncio.timeout(_CONNECT_S):
                await client.start_notify(gatt.DOWN, lambda _, packet: arrivals.put(bytes(packet)))
        return _BleakPipe(client, up, arrivals)

    async def _use_bond(self, client: BleakClient, device: BLEDevice) -> None:
        """Make the bond, or be sure that there is one, where that is for us and not for the system to do."""
        if self._passkey:
            if self._backend is not None:
                await client.pair()
        elif _path_in_bluez(device) and not device.details["props"].get("Paired"):
            raise NotLetIn("no bond with the wearable")

    async def _find(self) -> BLEDevice:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SCAN_S):
                    return await self._scan()

    async def _scan(self) -> BLEDevice:
        backend = self._backend.scanner if self._backend else None
        async with (
            BleakScanner(service_uuids=[gatt.SERVICE], backend=backend, **self._options) as scanner,
            contextlib.aclosing(scanner.advertisement_data()) as heard,
        ):
            async for device, advertisement in heard:
                if self._name is None or self._name in (advertisement.local_name, device.name):
                    _LOGGER.info("found %s, %s dBm", device, advertisement.rssi)
                    return device
        raise LinkDown("the scan ended")


class _BleakPipe:
    """One connection to the wearable."""

    def __init__(self, client: BleakClient, up: BleakGATTCharacteristic, arrivals: Arrivals) -> None:
        self._client = client
        self._up = up
        self._arrivals = arrivals

    @property
    def max_packet(self) -> int:
        # Not client.mtu_size, which is 23 on BlueZ whatever was agreed.
        return min(self._up.max_write_without_response_size, MAX_PACKET)

    def packets(self) -> AsyncIterator[bytes]:
        return self._arrivals.read()

    async def send(self, packet: bytes) -> None:
        if self._arrivals.ended:
            raise LinkDown("the wearable is gone")
        if len(packet) > self.max_packet:
            raise LocalProtocolError(f"packet of {len(packet)} bytes, at most {self.max_packet}")
        with _bleak_errors_as_link_down("sending"):
            await self._client.write_gatt_char(self._up, packet, response=False)


def _path_in_bluez(device: BLEDevice) -> str | None:
    return str(device.details["path"]) if isinstance(device.details, dict) and "path" in device.details else None


async def _info(client: BleakClient) -> gatt.Info:
    """Read what the wearable says of itself. Raises RemoteProtocolError, BleakError."""
    return gatt.decode_info(bytes(await client.read_gatt_char(gatt.INFO)))


@contextlib.contextmanager
def _bleak_errors_as_link_down(what: str) -> Iterator[None]:
    try:
        yield
    except BleakGATTProtocolError as exc:
        if exc.code in _NOT_BONDED:
            raise NotLetIn(f"{what}: no bond with the wearable") from exc
        raise LinkDown(f"{what}: {exc}") from exc
    # bleak lets D-Bus errors of a lost bus pass as EOFError and OSError.
    except (BleakError, TimeoutError, OSError, EOFError) as exc:
        raise LinkDown(f"{what}: {exc or type(exc).__name__}") from exc
