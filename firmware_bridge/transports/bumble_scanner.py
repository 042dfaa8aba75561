"""The scanner of the bleak backend on Bumble."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bleak.exc import BleakError
from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement, Device

from firmware_bridge.errors import LinkDown
from firmware_bridge.transports.bumble_adapter import BumbleAdapter, bumble_errors_as, own_address

_UUID_SIZES = {
    AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    AdvertisingData.Type.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    AdvertisingData.Type.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
    AdvertisingData.Type.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
}


class BumbleScanner(BaseBleakScanner):
    """What BleakScanner calls."""

    controller: ClassVar[BumbleAdapter]

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str = "active",
        **_options: Any,  # for other platforms
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._active = scanning_mode != "passive"

    async def start(self) -> None:
        """Start scanning. Raises BleakError."""
        self.seen_devices = {}
        device = await opened(self.controller)
        device.on(Device.EVENT_ADVERTISEMENT, self._on_advertisement)
        with bumble_errors_as(BleakError, "scanning"):
            await device.start_scanning(active=self._active, own_address_type=own_address(device))

    async def stop(self) -> None:
        """Stop scanning. Raises BleakError."""
        if not self.controller.alive:
            return
        device = await opened(self.controller)
        device.remove_listener(Device.EVENT_ADVERTISEMENT, self._on_advertisement)
        with bumble_errors_as(BleakError, "scanning"):
            await device.stop_scanning()

    def _on_advertisement(self, heard: Advertisement) -> None:
        address = str(heard.address).split("/", maxsplit=1)[0]
        _, before = self.seen_devices.get(address, (None, None))
        advertisement = _merged(before, heard)
        name = advertisement.local_name
        device = self.create_or_update_device(address, address, name, heard.address, advertisement)
        if self.is_allowed_uuid(advertisement.service_uuids):
            self.call_detection_callbacks(device, advertisement)


async def opened(controller: BumbleAdapter) -> Device:
    try:
        return await controller.open()
    except LinkDown as exc:
        raise BleakError(str(exc)) from exc


def _merged(before: AdvertisementData | None, heard: Advertisement) -> AdvertisementData:
    """Put what was heard now over what was heard before: a scan response carries the rest of an advertisement."""
    types = AdvertisingData.Type
    name = before.local_name if before else None
    services = list(before.service_uuids) if before else []
    makers = dict(before.manufacturer_data) if before else {}
    for kind, data in heard.data.ad_structures:
        if kind in (types.COMPLETE_LOCAL_NAME, types.SHORTENED_LOCAL_NAME):
            name = data.decode(errors="replace")
        elif kind in _UUID_SIZES:
            found = {text(UUID.from_bytes(uuid)) for uuid in _pieces(data, _UUID_SIZES[kind])}
            services += sorted(found.difference(services))
        elif kind == types.MANUFACTURER_SPECIFIC_DATA:
            makers[int.from_bytes(data[:2], "little")] = bytes(data[2:])
    return AdvertisementData(name, makers, {}, services, None, heard.rssi, (heard,))


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (bytes(data[start : start + size]) for start in range(0, len(data) - size + 1, size))


def text(short_or_long: UUID) -> str:
    """Write a UUID as bleak does: 128 bits, lower case."""
    return str(uuid.UUID(bytes=short_or_long.to_bytes(force_128=True)[::-1]))
