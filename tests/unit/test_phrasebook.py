from __future__ import annotations

import itertools
import logging
from typing import Any

import pytest

from edge.clocks import Alarm, Due, Timer
from edge.phrase_lines import PhraseFileError
from edge.phrasebook import Phrases
from edge.tools import ErrandRequest
from firmware_bridge.errands import TERMINAL, Errand, State
from tests.errand_samples import ERRANDS, NINE, REASONS
from tests.wearable_fakes import SUNDAY_EVENING, FakeTime

SAID = {
    "calendar.add_event": "Dentist is in your calendar tomorrow at nine in the morning.",
    "calendar.list_events": "There is one thing in your calendar tomorrow: dentist at nine in the morning.",
    "calendar.remove_event": "Dentist, tomorrow at nine in the morning, is out of your calendar.",
    "reminders.add_reminder": "I will remind you tomorrow at nine in the morning to call mum.",
    "reminders.list_reminders": "You have one reminder: call mum.",
    "reminders.finish_reminder": "Call mum is ticked off.",
    "contacts.find_contact": "Anna Bell has the number five five five one two.",
    "contacts.add_contact": "Bob is in your contacts with the number plus four nine one seven zero.",
    "messages.send_message": "Your message to Anna waits in the outbox of your phone.",
    "messages.read_messages": "You have one message. Anna wrote: where are you?",
    "messages.wait_for_reply": "Anna wrote: ok.",
    "notes.take_note": "Your note is kept: milk is out.",
    "notes.read_notes": "You have one note: milk is out.",
    "notes.add_to_list": "Milk is on your shopping list.",
    "notes.read_list": "On your shopping list: a, b, c and two more.",
    "notes.remove_from_list": "Milk is off your shopping list.",
}
SORRY = "Something went wrong. Please try again."


@pytest.fixture
def phrases() -> Phrases:
    """Give the English phrases on Sunday, 22 November 2026, 20:00."""
    return Phrases(FakeTime().now)


def errand(tool: str, state: State, result: Any = None, reason: str | None = None) -> Errand:
    """Give a record with the usual arguments of its tool."""
    return Errand("0" * 32, tool, ERRANDS[tool][0], 0.0, state, result, reason)


@pytest.mark.parametrize("tool", ERRANDS)
def test_the_end_is_told_from_the_record(phrases: Phrases, tool: str) -> None:
    completed = errand(tool, State.COMPLETED, ERRANDS[tool][1])
    assert phrases.ended(completed) == SAID[tool]
    assert phrases.ended(completed, announce=True) == f"Task completed. {SAID[tool]}"


@pytest.mark.parametrize(("tool", "state"), list(itertools.product([*ERRANDS, "weather.now", ""], sorted(State))))
def test_every_end_has_a_sentence_whatever_the_reason(phrases: Phrases, tool: str, state: State) -> None:
    arguments = ERRANDS.get(tool, ({"title": "x"}, {}))[0]
    for reason, result in itertools.product(REASONS, [None, {}, ERRANDS.get(tool, ({}, {}))[1]]):
        record = Errand("0" * 32, tool, arguments, 0.0, state, result, reason)
        said, announced = phrases.ended(record), phrases.ended(record, announce=True)
        assert said
        assert said != SORRY
        assert said.endswith((".", "?", "!"))
        if state in TERMINAL:
            assert announced == f"Task {state}. {said}"
        assert announced.startswith("Task completed") == (state is State.COMPLETED)


def test_failures_say_why(phrases: Phrases) -> None:
    def failed(tool: str, reason: str) -> str:
        return phrases.ended(errand(tool, State.FAILED, reason=reason))

    assert failed("contacts.find_contact", "not_found") == "I see no anna in your contacts."
    assert failed("notes.add_to_list", "disk_full") == (
        "I could not put milk on your shopping list. There is no space left."
    )
    assert failed("messages.send_message", "unknown_outcome") == (
        "I don't know whether your message to anna went out. Please look on your phone."
    )
    assert phrases.ended(errand("notes.read_notes", State.CANCELLED)) == "I will not read your notes."


def test_sent_is_said_only_of_what_was_sent(phrases: Phrases) -> None:
    how: list[Any] = ["sent", "outbox", "", None, 5, ["sent"], "other", "SENT", "x.y"]
    said = [phrases.ended(errand("messages.send_message", State.COMPLETED, {"to": "Anna", "how": one})) for one in how]
    assert said[0] == "Your message to Anna was sent."
    assert not [line for line in said[1:] if "sent" in line]


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], "There is nothing on your shopping list."),
        (["milk"], "On your shopping list there is milk."),
        (["milk", "eggs"], "On your shopping list: milk and eggs."),
        (["milk", "eggs", "tea", "rum"], "On your shopping list: milk, eggs, tea and one more."),
        (["milk", None, 7], "On your shopping list: milk, seven and one more."),
        ([None], "Your phone was able to read your shopping list."),
        ("milk", "Your phone was able to read your shopping list."),
        (None, "Your phone was able to read your shopping list."),
    ],
)
def test_lists_are_cut_for_the_ear(phrases: Phrases, items: Any, said: str) -> None:
    assert phrases.ended(errand("notes.read_list", State.COMPLETED, {"list_name": "shopping", "items": items})) == said


def test_messages_are_told_one_by_one(phrases: Phrases) -> None:
    messages = [{"sender": "Anna", "text": text} for text in ("hello", "late?", "ok!", "bye")]
    assert phrases.ended(errand("messages.read_messages", State.COMPLETED, {"messages": messages})) == (
        "You have four messages. Anna wrote: hello. Anna wrote: late? Anna wrote: ok! And one more."
    )


def test_days_without_hours_are_said_so(phrases: Phrases) -> None:
    trip = {"title": "trip", "start": "2026-11-27T00:00:00+01:00", "all_day": True}
    assert phrases.ended(errand("calendar.add_event", State.COMPLETED, trip)) == "Trip is in your calendar on Friday."
    listed = {"day": "2026-11-27", "events": [trip, trip | {"start": "soon"}]}
    assert phrases.ended(errand("calendar.list_events", State.COMPLETED, listed)) == (
        "There are two things in your calendar on Friday: trip all day and trip."
    )


def test_a_contact_is_told_with_what_is_known(phrases: Phrases) -> None:
    def found(**values: Any) -> str:
        return phrases.ended(errand("contacts.find_contact", State.COMPLETED, {"name": "Anna", **values}))

    assert found(phone=None, email="a@b.c") == "Anna has no number, but the address a@b.c."
    assert found(phone="", email="") == "Anna is in your contacts, with no number and no address."
    assert found(phone="11 2", email="a@b.c") == "Anna has the number one one two, and the address a@b.c."


def test_a_very_long_text_is_cut(phrases: Phrases) -> None:
    said = phrases.ended(errand("messages.wait_for_reply", State.COMPLETED, {"sender": "Anna", "text": "word " * 500}))
    assert said.endswith("word, and so on.")
    assert len(said) < 350


def test_what_is_asked_is_told_without_a_claim(phrases: Phrases) -> None:
    request = ErrandRequest("calendar.add_event", ERRANDS["calendar.add_event"][0])
    assert phrases.acknowledge(request) == (
        "Asking your phone to put dentist into your calendar tomorrow at nine in the morning."
    )
    assert phrases.acknowledge(request, connected=False).startswith("Your phone is not here.")
    assert phrases.acknowledge(ErrandRequest("x.y", {})) == "Asking your phone."


def test_running_errands_are_described(phrases: Phrases) -> None:
    milk = errand("notes.add_to_list", State.WORKING)
    assert phrases.doing(milk) == "Your phone was asked to put milk on your shopping list."
    wanted = errand("notes.add_to_list", State.WORKING, reason="cancel_wanted")
    assert phrases.doing(wanted) == "Your phone was asked not to put milk on your shopping list."
    assert phrases.ended(milk) == phrases.doing(milk)
    assert phrases.doing(errand("notes.add_to_list", State.COMPLETED, {})) == "Milk is on your shopping list."


def test_a_message_is_read_back_word_for_word(phrases: Phrases) -> None:
    request = ErrandRequest("messages.send_message", {"to": "Anna", "text": "I am running late"})
    assert phrases.read_back(request) == "Message to Anna: I am running late. Shall I send it?"
    assert phrases.read_back(request, again=True) == (
        "Please say yes or no. Message to Anna: I am running late. Shall I send it?"
    )
    long = ErrandRequest("messages.send_message", {"to": "Anna", "text": "word " * 399 + "end?"})
    assert phrases.read_back(long).endswith("word end? Shall I send it?")
    assert len(phrases.read_back(long)) > 2000


def test_what_no_sentence_covers_is_read_back_argument_by_argument(phrases: Phrases) -> None:
    extra = ErrandRequest("messages.send_message", {"to": "Anna", "text": "hi", "attach": "photo"})
    assert phrases.read_back(extra) == (
        "I would run messages send message with to: Anna, text: hi and attach: photo. Shall I?"
    )
    hidden = ErrandRequest("notes.add_to_list", {"item": "milk", "list_name": "shopping", "share": True})
    assert "share: true" in phrases.read_back(hidden)
    odd = ErrandRequest("calendar.add_event", {"title": "x", "start": "soon", "all_day": False})
    assert "start: soon" in phrases.read_back(odd)
    both = ErrandRequest("reminders.add_reminder", {"what": "x", "due": NINE, "start": NINE})
    assert f"due: {NINE}" in phrases.read_back(both)
    assert phrases.read_back(ErrandRequest("lights.off", {})) == "I would run lights off. Shall I?"
    assert phrases.read_back(ErrandRequest("notes.read_notes", {})) == "Shall I read your notes?"


def test_a_question_that_ended_without_a_yes_is_told(phrases: Phrases) -> None:
    request = ErrandRequest("messages.send_message", {"to": "Anna", "text": "hi"})
    for verdict in ("refused", "timed_out", "dropped"):
        assert "I will not send Anna a message." in phrases.not_approved(verdict, request)
    assert phrases.not_approved("refused", ErrandRequest("x", {})) == "All right, I will not do it."


def test_timers_and_alarms_ring_with_their_names(phrases: Phrases) -> None:
    at = SUNDAY_EVENING.timestamp()
    assert phrases.rang(Due(Timer(1, "pasta", 480, at), False)) == "Your pasta timer has ended."
    assert phrases.rang(Due(Timer(1, "", 480, at), False)) == "Your timer for eight minutes has ended."
    assert phrases.rang(Due(Timer(1, "pasta", 480, at - 3600), True)) == (
        "Your pasta timer ended while I was off, today at seven in the evening."
    )
    assert phrases.rang(Due(Alarm(1, at), False)) == "It is eight in the evening. This is your alarm."
    assert phrases.rang(Due(Alarm(1, at - 86400), True)) == (
        "I was off yesterday at eight in the evening, so your alarm did not ring."
    )


def test_what_cannot_be_said_is_said_in_general_and_logged(phrases: Phrases, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert phrases.say("clock.time") == phrases.say("no.such.key") == SORRY
    assert "no.such.key" in caplog.text


def test_a_language_without_a_file_is_an_error() -> None:
    with pytest.raises(PhraseFileError):
        Phrases(FakeTime().now, "xx")
