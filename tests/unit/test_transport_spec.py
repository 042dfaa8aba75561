import pytest

from firmware_bridge.transports import open_central, open_peripheral
from firmware_bridge.transports.bleak_central import BleakCentral
from firmware_bridge.transports.bluez_peripheral import BlueZPeripheral
from firmware_bridge.transports.bumble_peripheral import BumblePeripheral

CONTROLLERS = [
    "bumble:tcp-client:127.0.0.1:6401",
    "bumble:usb:0",
    "bumble:serial:/dev/ttyS0,1000000",
    "bumble:hci-socket:0",
]


@pytest.mark.parametrize("spec", CONTROLLERS)
def test_bumble_serves_both_sides(spec: str) -> None:
    assert isinstance(open_peripheral(spec, "Glasses"), BumblePeripheral)
    assert isinstance(open_central(spec), BleakCentral)


@pytest.mark.parametrize("spec", ["bluez", "bluez:hci1"])
def test_the_wearable_can_use_the_systems_bluetooth(spec: str) -> None:
    assert isinstance(open_peripheral(spec, "Glasses"), BlueZPeripheral)


@pytest.mark.parametrize("spec", ["bleak", "bleak:hci1"])
def test_the_companion_can_use_the_systems_bluetooth(spec: str) -> None:
    assert isinstance(open_central(spec), BleakCentral)


@pytest.mark.parametrize(
    "spec", ["", "bumble", "bumble:", "bumble:usb", "bumble:usb:", "bumble:file:x", "usb:0", "bluez:", "bleak"]
)
def test_an_unknown_wearable_spec_is_answered_with_the_valid_ones(spec: str) -> None:
    with pytest.raises(ValueError, match=r"(?s)no transport of a wearable.*bumble:usb:0"):
        open_peripheral(spec, "Glasses")


@pytest.mark.parametrize("spec", ["", "bleak:", "bleakish", "bumble:pty:x", "BLEAK"])
def test_an_unknown_companion_spec_is_answered_with_the_valid_ones(spec: str) -> None:
    with pytest.raises(ValueError, match=r"(?s)no transport of a companion.*bleak:hci1.*bumble:usb:0"):
        open_central(spec)
