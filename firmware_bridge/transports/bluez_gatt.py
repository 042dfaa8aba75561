"""The wearable's GATT table and advertisement as the D-Bus objects that BlueZ asks for."""

# No `from __future__ import annotations` here: dbus-fast reads the signatures from the annotations themselves.

from collections.abc import Callable
from typing import Annotated

from dbus_fast.annotations import DBusBool, DBusBytes, DBusDict, DBusObjectPath, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.constants import PropertyAccess
from dbus_fast.errors import DBusError
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

from firmware_bridge import gatt

ROOT = "/earrand"
ADVERTISEMENT = f"{ROOT}/advertisement"
_ADVERTISING_MS = 152

_DEVICE_INFORMATION, _MANUFACTURER, _MODEL = "180a", "2a29", "2a24"
_BATTERY, _LEVEL = "180f", "2a19"

Strings = Annotated[list[str], DBusSignature("as")]
SocketAndMtu = Annotated[tuple[int, int], DBusSignature("hq")]

Acquire = Callable[[str, int], int]
"""Given the central's object path and the ATT MTU, gives the file descriptor that BlueZ shall read packets from."""
Write = Callable[[str, bytes], None]
"""Given the central's object path and a packet, takes the packet."""


class Service(ServiceInterface):
    """A primary service."""

    def __init__(self, uuid: str) -> None:
        super().__init__("org.bluez.GattService1")
        self._uuid = uuid

    @dbus_property(access=PropertyAccess.READ)
    def UUID(self) -> DBusStr:
        return self._uuid

    @dbus_property(access=PropertyAccess.READ)
    def Primary(self) -> DBusBool:
        return True


class Characteristic(ServiceInterface):
    """A value that can be read, or packets in one direction.

    Packets down go through a socket and not the Value property: a burst through the property has no back-pressure,
    and has been seen to end in the loss of the whole D-Bus connection. Packets up come by WriteValue and not through
    a socket: BlueZ 5.82 does not copy the writes that arrive before the socket is there, and two of the first three
    packets were the same.
    """

    def __init__(
        self,
        service: str,
        uuid: str,
        flags: list[str],
        read: Callable[[int], bytes] | None = None,
        write: Write | None = None,
        acquire: Acquire | None = None,
    ) -> None:
        """`service` is its object path; `read` is given the ATT MTU."""
        super().__init__("org.bluez.GattCharacteristic1")
        self._service = service
        self._uuid = uuid
        self._flags = flags
        self._read = read
        self._write = write
        self._acquire = acquire

    @dbus_property(access=PropertyAccess.READ)
    def UUID(self) -> DBusStr:
        return self._uuid

    @dbus_property(access=PropertyAccess.READ)
    def Service(self) -> DBusObjectPath:
        return self._service

    @dbus_property(access=PropertyAccess.READ)
    def Flags(self) -> Strings:
        return self._flags

    @dbus_property(access=PropertyAccess.READ)
    def NotifyAcquired(self) -> DBusBool:
        # That the property exists makes BlueZ ask for a socket. There must be none called WriteAcquired.
        return False

    @dbus_method()
    def ReadValue(self, options: DBusDict) -> DBusBytes:
        if self._read is None:
            raise DBusError("org.bluez.Error.NotSupported", "not readable")
        return self._read(int(options["mtu"].value) if "mtu" in options else 23)

    @dbus_method()
    def WriteValue(self, value: DBusBytes, options: DBusDict) -> None:
        if self._write is None:
            raise DBusError("org.bluez.Error.NotSupported", "not writable")
        self._write(str(options["device"].value), bytes(value))

    @dbus_method()
    def AcquireNotify(self, options: DBusDict) -> SocketAndMtu:
        if self._acquire is None:
            raise DBusError("org.bluez.Error.NotSupported", "no notifications")
        mtu = int(options["mtu"].value)
        return self._acquire(str(options["device"].value), mtu), mtu


class Advertisement(ServiceInterface):
    """What scanning centrals hear."""

    def __init__(self, name: str, service: str) -> None:
        super().__init__("org.bluez.LEAdvertisement1")
        self._name = name
        self._service = service

    @dbus_property(access=PropertyAccess.READ)
    def Type(self) -> DBusStr:
        return "peripheral"

    @dbus_property(access=PropertyAccess.READ)
    def ServiceUUIDs(self) -> Strings:
        return [self._service]

    @dbus_property(access=PropertyAccess.READ)
    def LocalName(self) -> DBusStr:
        return self._name

    @dbus_property(access=PropertyAccess.READ)
    def Discoverable(self) -> DBusBool:
        # Else the flags say "not discoverable", and a BlueZ central ignores us (seen with 5.82).
        return True

    @dbus_property(access=PropertyAccess.READ)
    def MinInterval(self) -> DBusUInt32:
        return _ADVERTISING_MS

    @dbus_property(access=PropertyAccess.READ)
    def MaxInterval(self) -> DBusUInt32:
        return _ADVERTISING_MS

    @dbus_method()
    def Release(self) -> None:
        """Hear that BlueZ dropped the advertisement."""


def table(
    info: Callable[[int], bytes], write_up: Write, acquire_down: Acquire, battery: Callable[[], int] | None
) -> dict[str, ServiceInterface]:
    """Give every object of the GATT application by its path. `info` is given the ATT MTU, `battery` gives percent."""
    link, about, power = (f"{ROOT}/{name}" for name in ("link", "about", "power"))
    objects: dict[str, ServiceInterface] = {
        link: Service(gatt.SERVICE),
        f"{link}/up": Characteristic(link, gatt.UP, ["write-without-response"], write=write_up),
        f"{link}/down": Characteristic(link, gatt.DOWN, ["notify"], acquire=acquire_down),
        f"{link}/info": Characteristic(link, gatt.INFO, ["read"], read=info),
        about: Service(_DEVICE_INFORMATION),
        f"{about}/manufacturer": Characteristic(about, _MANUFACTURER, ["read"], read=lambda _: b"Earrand"),
        f"{about}/model": Characteristic(about, _MODEL, ["read"], read=lambda _: b"wearable"),
    }
    if battery is not None:
        objects[power] = Service(_BATTERY)
        objects[f"{power}/level"] = Characteristic(power, _LEVEL, ["read"], read=lambda _: bytes([battery()]))
    return objects
