"""The phone's side of Bluetooth pairing on BlueZ: an agent that types the six digits which the wearable spoke."""

# No `from __future__ import annotations` here: dbus-fast reads the signatures from the annotations themselves.

from dbus_fast.annotations import DBusObjectPath, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method

from firmware_bridge.errors import LinkDown, NotLetIn
from firmware_bridge.transports.bluez_bus import call, open_bus

_PATH = "/earrand/keyboard"
_PAIR_S = 40.0
"""BlueZ connects first, and then an exchange of twenty rounds takes three connection intervals each."""


class _Keyboard(ServiceInterface):
    """What BlueZ asks. The questions of weaker ways to pair have no answer here, and BlueZ takes that as a no."""

    def __init__(self, passkey: str) -> None:
        super().__init__("org.bluez.Agent1")
        self._passkey = passkey

    @dbus_method()
    def RequestPasskey(self, _device: DBusObjectPath) -> DBusUInt32:
        return int(self._passkey)

    @dbus_method()
    def Cancel(self) -> None:
        """Hear that BlueZ has given up."""

    @dbus_method()
    def Release(self) -> None:
        """Hear that BlueZ needs us no more."""


async def pair(device: str, passkey: str) -> None:
    """Connect to the device at this D-Bus path and pair.

    On a connection of our own to the bus: BlueZ asks the agent of whoever calls Pair. Raises NotLetIn where the
    wearable does not take the digits, LinkDown without a bus.
    """
    bus = await open_bus()
    try:
        bus.export(_PATH, _Keyboard(passkey))
        await call(bus, "/org/bluez", "org.bluez.AgentManager1", "RegisterAgent", "os", [_PATH, "KeyboardOnly"])
        await call(bus, device, "org.bluez.Device1", "Pair", within_s=_PAIR_S)
    except LinkDown as exc:
        raise NotLetIn(f"no bond with the wearable: {exc}") from exc
    finally:
        bus.disconnect()
