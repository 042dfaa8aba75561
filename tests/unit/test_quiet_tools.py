from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from edge.phrasebook import Phrases
from edge.quiet_hours import QuietHours
from edge.tools import BadArguments, QuietTools
from tests.wearable_fakes import FakeTime


def quiet(folder: Path) -> tuple[QuietTools, QuietHours, FakeTime]:
    time = FakeTime()
    hours = QuietHours(folder / "quiet.json", time.now)
    return QuietTools(hours, time.now, Phrases(time.now)), hours, time


@pytest.mark.parametrize(
    ("begin", "end", "minutes"),
    [
        ("10:00", "7:00", (22 * 60, 7 * 60)),
        ("10:00 pm", "7:30 morning", (22 * 60, 7 * 60 + 30)),
        ("1:00", "3:00", (13 * 60, 15 * 60)),
        ("22:00", "6:00", (22 * 60, 6 * 60)),
    ],
)
def test_hours_of_every_day_begin_in_the_evening_and_end_when_a_clock_shows_it_next(
    tmp_path: Path, begin: str, end: str, minutes: tuple[int, int]
) -> None:
    tools, hours, _ = quiet(tmp_path)
    said = tools.set_quiet_hours(begin, end)
    assert (hours.get().begin, hours.get().end) == minutes
    assert said.say.startswith("Every day from ")


def test_quiet_for_a_while_and_until_told_and_over(tmp_path: Path) -> None:
    tools, hours, time = quiet(tmp_path)
    assert not hours.holds()
    tools.be_quiet(hours=2)
    assert hours.holds()
    assert hours.get().until == pytest.approx((time.now() + timedelta(hours=2)).timestamp())
    tools.be_quiet()
    assert hours.get().holds(time.now() + timedelta(days=4000))
    tools.end_quiet()
    assert not hours.holds()


@pytest.mark.parametrize(("begin", "end"), [("", ""), ("ten", "seven"), ("25:00", "7:00"), ("7:00 pm", "7:00 pm")])
def test_what_is_no_time_is_asked_for_and_changes_nothing(tmp_path: Path, begin: str, end: str) -> None:
    tools, hours, _ = quiet(tmp_path)
    with pytest.raises(BadArguments):
        tools.set_quiet_hours(begin, end)
    assert hours.get().begin is None


def test_what_cannot_be_kept_is_not_claimed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    hours = QuietHours(tmp_path / "file" / "quiet.json", datetime.now)
    tools = QuietTools(hours, FakeTime().now, Phrases(FakeTime().now))
    assert tools.be_quiet().say == "I could not write that down, so nothing has changed."
