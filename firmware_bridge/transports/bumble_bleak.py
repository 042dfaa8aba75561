"""A bleak backend on Bumble: unmodified bleak code on the virtual radio, a USB stick or a UART controller."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, ClassVar, cast

from bleak.args import SizedBuffer
from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic, GattCharacteristicsFlags
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError, BleakGATTProtocolError, BleakGATTProtocolErrorCode
from bumble.att import ATT_Error
from bumble.core import ProtocolError
from bumble.device import Connection, Device, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address, HCI_Error, HCI_LE_Create_Connection_Cancel_Command
from bumble.keys import KeyStore

from firmware_bridge.transports.bleak_central import Backend
from firmware_bridge.transports.bumble_adapter import BumbleAdapter, bumble_errors_as, own_address, wait_for_room
from firmware_bridge.transports.bumble_scanner import BumbleScanner, opened, text
from firmware_bridge.transports.strict_pairing import keyboard

_MTU = 517
"""The largest that a value of 512 bytes can use; what Android 14 asks for."""
_COMMAND_S = 2.0


def bumble_backend(spec: str, bonds: KeyStore, passkey: str = "") -> Backend:
    """Give a backend on the controller at a transport spec of Bumble, that can bond where there is a passkey.

    bleak takes classes, so each gets its own two.
    """
    adapter = BumbleAdapter(spec, "companion", lambda device: keyboard(device, bonds, passkey))

    class Scanner(BumbleScanner):
        """Scans with this controller."""

        controller = adapter

    class Client(BumbleClient):
        """Connects with this controller."""

        controller = adapter

    return Backend(Scanner, Client, adapter.close)


class BumbleClient(BaseBleakClient):
    """What BleakClient calls."""

    controller: ClassVar[BumbleAdapter]

    def __init__(self, address_or_ble_device: BLEDevice | str, **options: Any) -> None:
        super().__init__(address_or_ble_device, **options)
        seen = address_or_ble_device if isinstance(address_or_ble_device, BLEDevice) else None
        self._peer_address: Address = seen.details if seen else Address(self.address)
        self._name = (seen.name if seen else None) or self.address
        self._connection: Connection | None = None
        self._relays: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        """The advertised name, else the address."""
        return self._name

    @property
    def mtu_size(self) -> int:
        """The agreed ATT MTU."""
        return self._connection.att_mtu if self._connection else 23

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection."""
        return self._connection is not None

    async def connect(self, pair: bool, **_options: Any) -> None:
        """Connect, agree on the MTU and discover services. Raises BleakError."""
        device = await opened(self.controller)
        with bumble_errors_as(BleakError, "connecting"):
            self._connection = await self._reach(device)
            self._connection.on(Connection.EVENT_DISCONNECTION, self._on_disconnection)
            if pair:
                await self._connection.pair()
            elif await self._is_bonded(device):
                await _encrypt(self._connection)
            peer = Peer(self._connection)
            await peer.request_mtu(_MTU)
            self.services = await _discover(peer, lambda: self.mtu_size - 3)

    async def _reach(self, device: Device) -> Connection:
        """Connect, and leave nothing pending in the controller if that fails or is cancelled."""
        try:
            async with asyncio.timeout(self._timeout):
                return await device.connect(self._peer_address, own_address_type=own_address(device), timeout=None)
        except (TimeoutError, asyncio.CancelledError):
            if self.controller.alive:
                with contextlib.suppress(BleakError), bumble_errors_as(BleakError, "giving up"):
                    await device.host.send_sync_command(HCI_LE_Create_Connection_Cancel_Command(), _COMMAND_S)
                    if late := device.find_connection_by_bd_addr(self._peer_address):
                        await late.disconnect()
            raise

    async def _is_bonded(self, device: Device) -> bool:
        return device.keystore is not None and await device.keystore.get(str(self._peer_address)) is not None

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self.services = None
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def disconnect(self) -> None:
        """End the connection, if there is one. Raises BleakError."""
        if self._connection is not None:
            with bumble_errors_as(BleakError, "disconnecting"):
                async with asyncio.timeout(_COMMAND_S):
                    await self._connection.disconnect()

    async def pair(self, *_arguments: Any, **_options: Any) -> None:
        """Pair. Raises BleakError."""
        with bumble_errors_as(BleakError, "pairing"):
            try:
                await self._connected().pair()
            except ProtocolError as exc:
                raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION) from exc

    async def unpair(self) -> None:
        """Forget the keys. Raises BleakError."""
        keys = (await opened(self.controller)).keystore
        if keys is not None:
            with contextlib.suppress(KeyError):
                await keys.delete(str(self._peer_address))

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_options: Any
    ) -> bytearray:
        """Read from the peripheral; there is no cache. Raises BleakError."""
        self._connected()
        with bumble_errors_as(BleakError, "reading"):
            return bytearray(await characteristic.obj.read_value())

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_options: Any
    ) -> bytearray:
        """Read from the peripheral; there is no cache. Raises BleakError."""
        self._connected()
        with bumble_errors_as(BleakError, "reading"):
            return bytearray(await descriptor.obj.read_value())

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool) -> None:
        """Write; without response, wait until the controller has room. Raises BleakError."""
        connection = self._connected()
        if not response:
            await wait_for_room(connection)
            self._connected()
        with bumble_errors_as(BleakError, "writing"):
            await characteristic.obj.write_value(bytes(data), with_response=response)

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        """Write with response. Raises BleakError."""
        self._connected()
        with bumble_errors_as(BleakError, "writing"):
            await descriptor.obj.write_value(bytes(data), with_response=True)

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_options: Any
    ) -> None:
        """Subscribe, to notifications if there are any. Raises BleakError."""
        self._connected()

        def relay(value: bytes) -> None:
            callback(bytearray(value))

        self._relays[characteristic.handle] = relay
        with bumble_errors_as(BleakError, "subscribing"):
            try:
                await characteristic.obj.subscribe(relay, prefer_notify="notify" in characteristic.properties)
            except ATT_Error as exc:
                raise BleakGATTProtocolError(exc.error_code) from exc

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Unsubscribe. Raises BleakError."""
        self._connected()
        relay = self._relays.pop(characteristic.handle, None)
        if relay is not None:
            with bumble_errors_as(BleakError, "unsubscribing"):
                await characteristic.obj.unsubscribe(relay)

    def _connected(self) -> Connection:
        if self._connection is None:
            raise BleakError("not connected")
        return self._connection


async def _encrypt(connection: Connection) -> None:
    """Use the bond at once, as phones do."""
    try:
        await connection.encrypt()
    except HCI_Error as exc:
        raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION) from exc


async def _discover(peer: Peer, longest_command: Callable[[], int]) -> BleakGATTServiceCollection:
    """Read the whole attribute table into bleak's collection."""
    collection = BleakGATTServiceCollection()
    for proxy in await peer.discover_services():
        service = BleakGATTService(proxy, proxy.handle, text(proxy.uuid))
        collection.add_service(service)
        for characteristic in await proxy.discover_characteristics():
            await _add(collection, service, characteristic, longest_command)
    return collection


async def _add(
    collection: BleakGATTServiceCollection,
    service: BleakGATTService,
    proxy: CharacteristicProxy[bytes],
    longest_command: Callable[[], int],
) -> None:
    flags = [flag.name.replace("_", "-") for flag in GattCharacteristicsFlags if proxy.properties & flag.value]
    characteristic = BleakGATTCharacteristic(
        proxy,
        proxy.handle,
        text(proxy.uuid),
        cast(list[CharacteristicPropertyName], flags),
        longest_command,
        service,
    )
    collection.add_characteristic(characteristic)
    for descriptor in await proxy.discover_descriptors():
        collection.add_descriptor(
            BleakGATTDescriptor(descriptor, descriptor.handle, text(descriptor.type), characteristic)
        )
