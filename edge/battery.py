"""Reads the wearable's battery from the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

POWER_SUPPLIES = Path("/sys/class/power_supply")


@dataclass(frozen=True, slots=True)
class Charge:
    """How full the battery is."""

    percent: int
    charging: bool


class KernelBattery:
    """The first battery that feeds this device; a Pi on a power supply has none."""

    def __init__(self, supplies: Path = POWER_SUPPLIES) -> None:
        self._supplies = supplies

    def charge(self) -> Charge | None:
        """Give the charge, or None when there is no battery that can be read."""
        try:
            supplies = sorted(self._supplies.iterdir())
        except OSError:
            return None
        return next((charge for supply in supplies if (charge := _charge(supply)) is not None), None)


def _charge(supply: Path) -> Charge | None:
    # Scope "Device" is the battery of something attached: a mouse, an earbud.
    if _line(supply / "type") != "Battery" or _line(supply / "scope") == "Device":
        return None
    capacity = _line(supply / "capacity")
    if not (capacity.isascii() and capacity.isdigit()) or int(capacity) > 100:
        return None
    return Charge(int(capacity), charging=_line(supply / "status") in ("Charging", "Full"))


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
