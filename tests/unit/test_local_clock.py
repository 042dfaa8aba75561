from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

import pytest

from edge.local_clock import LocalClock, StepWatch, local_zone


def test_the_zone_of_the_device_knows_its_clock_changes(tmp_path: Path) -> None:
    source = next((path for folder in TZPATH if (path := Path(folder) / "Europe" / "Berlin").exists()), None)
    if source is None:
        pytest.skip("no zone files on this system")
    shutil.copy(source, tmp_path / "localtime")
    zone = local_zone(tmp_path, name="")
    assert datetime(2026, 7, 1, tzinfo=zone).utcoffset() != datetime(2026, 1, 1, tzinfo=zone).utcoffset()


def test_a_zone_may_be_named_and_without_any_it_is_utc(tmp_path: Path) -> None:
    assert local_zone(tmp_path, name="America/New_York") == ZoneInfo("America/New_York")
    assert local_zone(tmp_path, name="") is UTC
    assert local_zone(tmp_path, name="Nowhere/At_All") is UTC
    (tmp_path / "localtime").write_bytes(b"no zone")
    assert local_zone(tmp_path, name="") is UTC


def test_the_local_clock_is_aware() -> None:
    assert LocalClock(UTC).now().tzinfo is UTC


def test_a_step_is_seen_and_drift_is_not() -> None:
    watch = StepWatch(wall=1000.0, steady=5.0)
    assert watch.step(1010.1, 15.0) == 0.0
    assert watch.step(4620.1, 25.0) == pytest.approx(3600.0)
    assert watch.step(4630.1, 35.0) == 0.0
    assert watch.step(4000.1, 45.0) == pytest.approx(-640.0)
