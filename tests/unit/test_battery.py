from __future__ import annotations

from pathlib import Path

import pytest

from edge.battery import Charge, KernelBattery


def supply(folder: Path, name: str, **lines: str) -> None:
    """Write a power supply as the kernel shows it."""
    (folder / name).mkdir()
    for line, value in lines.items():
        (folder / name / line).write_text(f"{value}\n")


def test_the_battery_of_the_device_is_read(tmp_path: Path) -> None:
    supply(tmp_path, "AC", type="Mains", online="0")
    supply(tmp_path, "a_mouse", type="Battery", scope="Device", capacity="20")
    supply(tmp_path, "battery", type="Battery", capacity="85", status="Discharging")
    assert KernelBattery(tmp_path).charge() == Charge(85, charging=False)


@pytest.mark.parametrize(("status", "charging"), [("Charging", True), ("Full", True), ("Not charging", False)])
def test_power_is_told(tmp_path: Path, status: str, charging: bool) -> None:
    supply(tmp_path, "battery", type="Battery", capacity="100", status=status)
    assert KernelBattery(tmp_path).charge() == Charge(100, charging)


@pytest.mark.parametrize("capacity", ["", "lots", "101", "-5", "²"])
def test_a_battery_that_does_not_tell_is_none(tmp_path: Path, capacity: str) -> None:
    supply(tmp_path, "battery", type="Battery", capacity=capacity)
    supply(tmp_path, "silent", type="Battery")
    assert KernelBattery(tmp_path).charge() is None


def test_a_board_without_a_battery_has_none(tmp_path: Path) -> None:
    assert KernelBattery(tmp_path).charge() is None
    assert KernelBattery(tmp_path / "missing").charge() is None
