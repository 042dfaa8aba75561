from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.quiet_hours import NotQuiet, Quiet, QuietHours

DAY = datetime(2026, 3, 4, tzinfo=UTC)
minutes = st.integers(0, 24 * 60 - 1)


@given(minutes, minutes, minutes)
def test_quiet_hours_hold_from_their_begin_to_their_end_also_over_midnight(begin: int, end: int, now: int) -> None:
    holds = Quiet(begin, end).holds(DAY + timedelta(minutes=now))
    ahead = (now - begin) % (24 * 60)
    length = (end - begin) % (24 * 60)
    assert holds == (ahead < length)


@given(st.integers(-1_000_000, 1_000_000))
def test_quiet_for_a_while_ends_by_itself(ahead: int) -> None:
    now = DAY.timestamp()
    assert Quiet(until=now + ahead).holds(DAY) == (ahead > 0)


def test_they_are_kept_over_a_restart_and_forever_too(tmp_path: Path) -> None:
    path = tmp_path / "new" / "quiet.json"
    hours = QuietHours(path, lambda: DAY)
    assert not hours.holds()
    hours.put(Quiet(22 * 60, 7 * 60, math.inf))
    again = QuietHours(path, lambda: DAY + timedelta(days=40_000))
    assert again.holds()
    assert (again.get().begin, again.get().end) == (22 * 60, 7 * 60)


@pytest.mark.parametrize(
    "broken", [b"", b"{", b'{"begin": 1440}', b'{"begin": -1}', b'{"other": 1}', b"\xff\x00", b'{"\xff": 1}']
)
def test_a_broken_file_is_no_quiet_hours_and_stops_nothing(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "quiet.json").write_bytes(broken)
    assert QuietHours(tmp_path / "quiet.json", lambda: DAY).get() == Quiet()


def test_what_cannot_be_kept_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    hours = QuietHours(tmp_path / "file" / "quiet.json", lambda: DAY)
    with pytest.raises(NotQuiet):
        hours.put(Quiet(until=math.inf))
    assert not hours.holds()
