"""The wearable on a Bluetooth controller that Bumble drives: the virtual radio, a USB stick, a UART, an HCI socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Self

from bumble.core import UUID, AdvertisingData
from bumble.data_types import CompleteLocalName, Flags, IncompleteListOf128BitServiceUUIDs
from bumble.device import Connection, Device
from bumble.gatt import (
    GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
    Characteristic,
    CharacteristicValue,
    Descriptor,
    Service,
)
from bumble.keys import KeyStore
from bumble.profiles.battery_service import BatteryService
from bumble.profiles.device_information_service import DeviceInformationService
from bumble.utils import EventWatcher

from firmware_bridge import gatt
from firmware_bridge.errors import LinkDown, LocalProtocolError
from firmware_bridge.messages import PROTOCOL_VERSION
from firmware_bridge.packet import MAX_PACKET
from firmware_bridge.pairing import PairingWindow
from firmware_bridge.pipe import Pipe
from firmware_bridge.transports.arrivals import Arrivals
from firmware_bridge.transports.bumble_adapter import BumbleAdapter, bumble_errors_as, own_address, wait_for_room
from firmware_bridge.transports.strict_pairing import display

_LOGGER = logging.getLogger(__name__)

_ADVERTISING_MS = 152.5
"""One of the intervals that Apple's accessory guidelines ask for; found within half a second."""
_NAME_BYTES = 29
"""What a scan response of 31 bytes holds."""
_SUBSCRIBE_S = 10.0
"""A central that connects and does not subscribe by then is sent away, or it would keep the companion out. BlueZ needs
up to 4 s for the discovery of a device that it sees for the first time."""
_PAIR_S = 40.0
"""While a phone may pair: its owner has 30 s to type (Core Specification, Vol 3, Part H, 3.4)."""
_DISCONNECT_S = 2.0


class BumblePeripheral:
    """The wearable's `Transport`.

    The first `connect` opens the controller; later ones use it again, or open it again if it was lost. Leaving the
    `async with` around the transport closes it. One `connect` at a time.
    """

    def __init__(
        self, spec: str, name: str, window: PairingWindow, bonds: KeyStore, battery: Callable[[], int] | None = None
    ) -> None:
        """`spec` is a transport spec of Bumble; phones that are not in `bonds` get there while the window is open.
        `battery` gives the charge in percent, where there is a battery."""
        self._adapter = BumbleAdapter(spec, name, self._set_up)
        self._name = name
        self._window = window
        self._bonds = bonds
        self._battery = battery
        self._pipe: _BumblePipe | None = None
        self._down: Characteristic[bytes]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._adapter.close()

    @contextlib.asynccontextmanager
    async def connect(self) -> AsyncIterator[Pipe]:
        """Advertise until a central has connected and subscribed. Raises LinkDown."""
        device = await self._adapter.open()
        try:
            yield await self._subscriber(device)
        finally:
            pipe, self._pipe = self._pipe, None
            if pipe is not None:
                await pipe.close()

    async def _subscriber(self, device: Device) -> _BumblePipe:
        while True:
            with bumble_errors_as(LinkDown, "advertising"):
                pipe = await self._central(device)
            if await pipe.subscribed(_PAIR_S if self._window.is_open() else _SUBSCRIBE_S):
                return pipe
            why = "no_subscription" if pipe.connection.is_encrypted else "no_bond"
            _LOGGER.warning("Nobody was let in: %s", why)

    async def _central(self, device: Device) -> _BumblePipe:
        """Advertise until somebody connects."""
        arrived: asyncio.Future[_BumblePipe] = asyncio.get_running_loop().create_future()

        def accept(connection: Connection) -> None:
            # Here and not after the wait: its first packets may be in the same read from the controller.
            self._pipe = _BumblePipe(connection, self._down)
            if not arrived.done():
                arrived.set_result(self._pipe)

        def lose() -> None:
            if not arrived.done():
                arrived.set_exception(LinkDown("the Bluetooth controller is gone"))

        with contextlib.closing(EventWatcher()) as watcher:
            watcher.on(device, Device.EVENT_CONNECTION, accept)
            watcher.on(device, Device.EVENT_FLUSH, lose)
            await device.start_advertising(
                own_address_type=own_address(device),
                advertising_data=_advertisement(),
                scan_response_data=_scan_response(self._name),
                advertising_interval_min=_ADVERTISING_MS,
                advertising_interval_max=_ADVERTISING_MS,
            )
            try:
                return await arrived
            finally:
                if self._adapter.alive:
                    await device.stop_advertising()

    def _set_up(self, device: Device) -> None:
        display(device, self._window, self._bonds)
        properties, permissions = Characteristic.Properties, Characteristic.Permissions
        # To Bumble each encrypted connection is an authenticated one, and so it is here: no other bonds are made.
        readable = permissions.READABLE | permissions.READ_REQUIRES_AUTHENTICATION
        writeable = permissions.WRITEABLE | permissions.WRITE_REQUIRES_AUTHENTICATION
        up: Characteristic[bytes] = Characteristic(
            gatt.UP, properties.WRITE_WITHOUT_RESPONSE, writeable, CharacteristicValue(write=self._written)
        )
        info: Characteristic[bytes] = Characteristic(
            gatt.INFO, properties.READ, permissions.READABLE, CharacteristicValue(read=_info)
        )
        # Bumble's own descriptor could be written by anybody.
        subscription = Descriptor(GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR, readable | writeable)
        self._down = Characteristic(gatt.DOWN, properties.NOTIFY, permissions.READABLE, b"", [subscription])
        subscription.value = device.gatt_server.make_descriptor_value(self._down)
        device.add_service(Service(gatt.SERVICE, [up, self._down, info]))
        device.add_service(DeviceInformationService(manufacturer_name="Earrand", model_number="wearable"))
        if self._battery is not None:
            read = self._battery
            device.add_service(BatteryService(lambda _: read()))

    def _written(self, connection: Connection, value: bytes) -> None:
        if self._pipe is not None and self._pipe.connection is connection:
            self._pipe.arrivals.put(value)


class _BumblePipe:
    """One connected central."""

    def __init__(self, connection: Connection, down: Characteristic[bytes]) -> None:
        self.connection = connection
        self.arrivals = Arrivals()
        self._down = down
        self._settled = asyncio.Event()
        """Set once it has subscribed or left."""
        self._watcher = EventWatcher()
        self._watcher.on(connection, Connection.EVENT_DISCONNECTION, lambda _: self._end())
        self._watcher.on(down, Characteristic.EVENT_SUBSCRIPTION, self._on_subscription)

    @property
    def max_packet(self) -> int:
        return _max_packet(self.connection)

    def packets(self) -> AsyncIterator[bytes]:
        return self.arrivals.read()

    async def send(self, packet: bytes) -> None:
        await wait_for_room(self.connection)
        if self.arrivals.ended:
            raise LinkDown("the companion left")
        if len(packet) > self.max_packet:
            # Bumble would cut it off without a word.
            raise LocalProtocolError(f"packet of {len(packet)} bytes, at most {self.max_packet}")
        await self.connection.device.notify_subscriber(self.connection, self._down, packet)

    async def subscribed(self, within_s: float) -> bool:
        """Wait for the subscription; send away a central that does not subscribe."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._settled.wait()
                if not self.arrivals.ended:
                    return True
        await self.close()
        return False

    async def close(self) -> None:
        """End the connection."""
        self._watcher.close()
        if not self.arrivals.ended:
            self._end()
            with contextlib.suppress(LinkDown), bumble_errors_as(LinkDown, "disconnecting"):
                async with asyncio.timeout(_DISCONNECT_S):
                    await self.connection.disconnect()

    def _on_subscription(self, connection: Connection, notify: bool, _indicate: bool) -> None:
        if connection is not self.connection:
            return
        if notify:
            self._settled.set()
        else:
            self._end()

    def _end(self) -> None:
        self.arrivals.end()
        self._settled.set()


def _max_packet(connection: Connection) -> int:
    return min(connection.att_mtu - 3, MAX_PACKET)


def _info(connection: Connection) -> bytes:
    return gatt.encode_info(gatt.Info(PROTOCOL_VERSION, _max_packet(connection), bond=True))


def _advertisement() -> bytes:
    # 21 of 31 bytes; the name goes into the scan response.
    flags = AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
    return bytes(AdvertisingData([Flags(flags), IncompleteListOf128BitServiceUUIDs([UUID(gatt.SERVICE)])]))


def _scan_response(name: str) -> bytes:
    fitting = name.encode()[:_NAME_BYTES].decode(errors="ignore")
    return bytes(AdvertisingData([CompleteLocalName(fitting)]))
