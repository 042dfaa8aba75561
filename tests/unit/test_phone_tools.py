from __future__ import annotations

import pytest

from edge.phrasebook import Phrases
from edge.tools import BadArguments, ErrandRequest, PhoneTools, Risk, collect
from tests.wearable_fakes import FakeTime


@pytest.fixture
def phone() -> PhoneTools:
    """Give the tools on Sunday, 22 November 2026, 20:00 in Berlin."""
    time = FakeTime()
    return PhoneTools(time.now, Phrases(time.now))


def test_an_event_has_a_resolved_time(phone: PhoneTools) -> None:
    assert phone.add_event("dentist", "tomorrow", 9) == ErrandRequest(
        "calendar.add_event", {"title": "dentist", "start": "2026-11-23T09:00:00+01:00", "all_day": False}
    )
    evening = phone.add_event("party", "friday", part="evening").arguments
    assert (evening["start"], evening["all_day"]) == ("2026-11-27T19:00:00+01:00", False)


def test_an_event_without_an_hour_lasts_all_day(phone: PhoneTools) -> None:
    assert phone.add_event("trip", "friday").arguments == {
        "title": "trip",
        "start": "2026-11-27T00:00:00+01:00",
        "all_day": True,
    }


def test_an_event_without_any_time_is_a_question(phone: PhoneTools) -> None:
    with pytest.raises(BadArguments) as caught:
        phone.add_event("dentist")
    assert caught.value.say == "On which day?"
    with pytest.raises(BadArguments) as caught:
        phone.add_event("dentist", "today", 9, part="morning")
    assert caught.value.say == "That time has passed. When?"


def test_a_reminder_may_have_no_time(phone: PhoneTools) -> None:
    assert phone.add_reminder("call mum").arguments == {"what": "call mum", "due": None}
    assert phone.add_reminder("call mum", "tomorrow").arguments["due"] == "2026-11-23T09:00:00+01:00"
    assert phone.add_reminder("call mum", hour=9).arguments["due"] == "2026-11-22T21:00:00+01:00"


def test_days_are_dates(phone: PhoneTools) -> None:
    assert phone.list_events().arguments == {"day": "2026-11-22"}
    assert phone.list_events("").arguments == {"day": "2026-11-22"}
    assert phone.list_events("saturday").arguments == {"day": "2026-11-28"}


def test_a_number_is_digits(phone: PhoneTools) -> None:
    request = phone.add_contact("bob", "five five five one two")
    assert request == ErrandRequest("contacts.add_contact", {"name": "bob", "phone": "55512"})
    with pytest.raises(BadArguments):
        phone.add_contact("bob", "the usual")


def test_the_other_errands_carry_what_was_said(phone: PhoneTools) -> None:
    assert [
        phone.cancel_event("dentist"),
        phone.list_reminders(),
        phone.finish_reminder("call mum"),
        phone.find_contact("anna"),
        phone.send_message("anna", " on my\nway "),
        phone.read_messages(),
        phone.wait_for_reply("anna"),
        phone.take_note("milk is out"),
        phone.read_notes(),
        phone.add_to_list("milk"),
        phone.read_list("packing list"),
        phone.remove_from_list("milk", "list"),
    ] == [
        ErrandRequest("calendar.remove_event", {"title": "dentist"}),
        ErrandRequest("reminders.list_reminders", {}),
        ErrandRequest("reminders.finish_reminder", {"what": "call mum"}),
        ErrandRequest("contacts.find_contact", {"name": "anna"}),
        ErrandRequest("messages.send_message", {"to": "anna", "text": "on my way"}),
        ErrandRequest("messages.read_messages", {"sender": ""}),
        ErrandRequest("messages.wait_for_reply", {"sender": "anna"}, waits=True),
        ErrandRequest("notes.take_note", {"text": "milk is out"}),
        ErrandRequest("notes.read_notes", {}),
        ErrandRequest("notes.add_to_list", {"item": "milk", "list_name": "shopping"}),
        ErrandRequest("notes.read_list", {"list_name": "packing"}),
        ErrandRequest("notes.remove_from_list", {"item": "milk", "list_name": "shopping"}),
    ]


@pytest.mark.parametrize("text", ["", "  \n", "\ud800", "x" * 2001])
def test_nothing_and_far_too_much_are_not_sent(phone: PhoneTools, text: str) -> None:
    with pytest.raises(BadArguments):
        phone.send_message("anna", text)


def test_only_a_message_reaches_others(phone: PhoneTools) -> None:
    tools = collect(phone)
    assert len(tools) == 16
    assert [name for name, tool in tools.items() if tool.risk >= Risk.REACHES_OTHERS] == ["send_message"]
