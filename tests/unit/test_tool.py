from __future__ import annotations

from pathlib import Path

import pytest

from edge.clocks import Clocks
from edge.phrasebook import Phrases
from edge.quiet_hours import QuietHours
from edge.tools import (
    AboutTools,
    BadArguments,
    ClockTools,
    NotYetTools,
    PairingTools,
    PhoneTools,
    QuietTools,
    Risk,
    SoundTools,
    SumTools,
    Tool,
    ToolResult,
    collect,
    tool,
)
from tests.wearable_fakes import FakeBattery, FakeDesk, FakeMixer, FakePhones, FakeTime, FakeVoice, MemoryClockStore

READS = """tell_time tell_date timer_status list_alarms repeat battery status help errand_status confirm deny thanks
list_events list_reminders find_contact read_messages wait_for_reply read_notes read_list calculate convert weather news
search ask song_info order_status route find_place describe_view read_text scan translate"""
REVERSIBLE = """set_timer cancel_timer set_alarm cancel_alarm change_volume set_volume stop cancel_errand add_event
cancel_event add_reminder finish_reminder add_contact take_note add_to_list remove_from_list play_music play_media
media_control rate_music take_photo device_setting privacy set_quiet_hours
be_quiet end_quiet pair_phone forget_phone"""
REACHES_OTHERS = "send_message book_table call_person post"
SPENDS = "order_food hail_ride book_ticket control_home shopping"


def all_tools() -> dict[str, Tool]:
    """Give every tool of the wearable."""
    now = FakeTime().now
    phrases = Phrases(now)
    return collect(
        ClockTools(now, Clocks(MemoryClockStore(), 0.0), phrases),
        SoundTools(FakeMixer(), FakeVoice(), phrases),
        AboutTools(FakeDesk(), FakeBattery(), phrases),
        PhoneTools(now, phrases),
        PairingTools(FakePhones(), FakeDesk(), phrases),
        QuietTools(QuietHours(Path("quiet.json"), now), now, phrases),
        SumTools(phrases),
        NotYetTools(phrases),
    )


def test_every_tool_has_its_risk_class() -> None:
    risks = {name: tool.risk for name, tool in all_tools().items()}
    classes = zip(Risk, (READS, REVERSIBLE, REACHES_OTHERS, SPENDS), strict=True)
    assert risks == {name: risk for risk, names in classes for name in names.split()}


def test_a_schema_says_what_a_tool_takes() -> None:
    schema = all_tools()["set_alarm"].schema
    assert schema.description == "Set an alarm that rings once at this time."
    assert schema.parameters["required"] == ["hour"]
    assert schema.parameters["additionalProperties"] is False
    assert schema.parameters["properties"]["hour"] == {"type": "integer"}
    assert "tomorrow" in schema.parameters["properties"]["day"]["enum"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("set_alarm", {}),
        ("set_alarm", {"hour": "nine"}),
        ("set_alarm", {"hour": 9, "day": "someday"}),
        ("set_alarm", {"hour": 9, "loud": True}),
        ("set_volume", {"percent": True}),
        ("play_media", {"kind": "film"}),
        ("control_home", {"device": "lamp"}),
        ("privacy", {"state": "maybe"}),
    ],
)
def test_arguments_that_do_not_fit_are_not_used(name: str, arguments: dict[str, object]) -> None:
    with pytest.raises(BadArguments) as caught:
        all_tools()[name].call(arguments)
    assert caught.value.say == ""


def test_a_call_runs_the_method() -> None:
    assert all_tools()["set_timer"].call({"minutes": 5}) == ToolResult("Your timer for five minutes is set.")
    assert all_tools()["add_event"].call({"title": "dentist", "day": "friday", "hour": None})


class Silent:
    """Has a tool that no model could understand."""

    @tool(Risk.READS)
    def tell_time(self) -> ToolResult:
        return ToolResult("")


def test_a_tool_without_a_docstring_and_two_of_a_name_are_mistakes() -> None:
    with pytest.raises(ValueError, match="no docstring"):
        collect(Silent())
    phone = PhoneTools(FakeTime().now, Phrases(FakeTime().now))
    with pytest.raises(ValueError, match="two tools"):
        collect(phone, phone)
