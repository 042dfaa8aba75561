"""Tells the local time of the wearable, and notices when its wall clock is stepped."""

from __future__ import annotations

import os
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

STEP = 2.0
"""Seconds between wall and steady clock that are a step, not drift."""


def local_zone(etc: Path = Path("/etc"), name: str | None = None) -> tzinfo:
    """Give the zone of the device, with its clock changes; UTC when the device does not say."""
    name = os.environ.get("TZ", "").removeprefix(":") if name is None else name
    try:
        if name:
            return ZoneInfo(name)
        with (etc / "localtime").open("rb") as file:
            return ZoneInfo.from_file(file, key="localtime")
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return UTC


class LocalClock:
    """The wall clock in one zone."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def now(self) -> datetime:
        """Give the local time."""
        return datetime.now(self._zone)


class StepWatch:
    """Finds steps of the wall clock by holding it against a steady one. Pure."""

    def __init__(self, wall: float, steady: float) -> None:
        self._apart = wall - steady

    def step(self, wall: float, steady: float) -> float:
        """Give how far the wall clock was stepped since the last call; 0 for drift."""
        moved = wall - steady - self._apart
        self._apart += moved
        return moved if abs(moved) > STEP else 0.0
