"""Reads the transport specs of the settings: which radio, and how it is reached."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bumble.keys import KeyStore, MemoryKeyStore

from firmware_bridge.keyring import BONDS
from firmware_bridge.pairing import PairingWindow
from firmware_bridge.pipe import Transport
from firmware_bridge.transports.bleak_central import BleakCentral
from firmware_bridge.transports.bluez_peripheral import BlueZPeripheral
from firmware_bridge.transports.bonds import Bonds
from firmware_bridge.transports.bumble_bleak import bumble_backend
from firmware_bridge.transports.bumble_peripheral import BumblePeripheral

_CONTROLLERS = ("tcp-client", "usb", "serial", "hci-socket")
_BUMBLE_FORMS = """\
    bumble:tcp-client:HOST:PORT       the virtual radio (firmware_bridge.air)
    bumble:usb:0                      the first USB controller
    bumble:serial:/dev/ttyS0,1000000  a controller on a UART
    bumble:hci-socket:0               hci0, taken from the kernel (bluetoothd stopped)"""
PERIPHERAL_FORMS = f"""\
    bluez                             the system's Bluetooth
    bluez:hci1                        another adapter of BlueZ
{_BUMBLE_FORMS}"""
CENTRAL_FORMS = f"""\
    bleak                             the system's Bluetooth
    bleak:hci1                        another adapter of BlueZ
{_BUMBLE_FORMS}"""


class OpenableTransport(Transport, Protocol):
    """A Transport that holds a radio: opened by the first `connect`, closed by leaving `async with`."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_peripheral(
    spec: str,
    name: str,
    battery: Callable[[], int] | None = None,
    *,
    folder: Path | None = None,
    window: PairingWindow | None = None,
) -> OpenableTransport:
    """Give the wearable's transport, advertised under this name; `battery` gives the charge in percent.

    Bluetooth bonds are kept in the data folder, else in memory; new ones are made while the window is open. Raises
    ValueError for a spec that is none.
    """
    if controller := _bumble(spec):
        return BumblePeripheral(controller, name, window or PairingWindow(time.monotonic), _bonds(folder), battery)
    stack, _, adapter = spec.partition(":")
    if stack == "bluez" and spec != "bluez:":
        return BlueZPeripheral(name, adapter or "hci0", battery)
    raise ValueError(f"{spec!r} is no transport of a wearable. Valid:\n{PERIPHERAL_FORMS}")


def open_central(
    spec: str, wearable: str | None = None, *, folder: Path | None = None, passkey: str = ""
) -> OpenableTransport:
    """Give the companion's transport, to the wearable of this name or to any.

    The Bluetooth bond is kept in the data folder, else in memory. With `passkey`, the digits that the wearable spoke, a
    new one is made. Raises ValueError for a spec that is none.
    """
    if controller := _bumble(spec):
        return BleakCentral(wearable, backend=bumble_backend(controller, _bonds(folder), passkey), passkey=passkey)
    kind, _, adapter = spec.partition(":")
    if kind == "bleak" and spec != "bleak:":
        return BleakCentral(wearable, adapter=adapter or None, passkey=passkey)
    raise ValueError(f"{spec!r} is no transport of a companion. Valid:\n{CENTRAL_FORMS}")


def _bonds(folder: Path | None) -> KeyStore:
    return Bonds(folder / BONDS) if folder else MemoryKeyStore()


def _bumble(spec: str) -> str | None:
    """Give the part of the spec that is Bumble's own, if it is one that we know to work."""
    stack, _, controller = spec.partition(":")
    scheme, _, where = controller.partition(":")
    return controller if stack == "bumble" and scheme in _CONTROLLERS and where else None
