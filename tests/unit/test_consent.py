from __future__ import annotations

from typing import Any

import pytest

from edge.consent import Answer, Approved, Consent, Dropped, Question, Refused, TimedOut, needs_yes
from edge.tools.tool import ErrandRequest, Risk
from firmware_bridge.consent import digest

MESSAGE = ErrandRequest("messages.send_message", {"to": "anna", "text": "I am running late"})


def spoken_question(at: float = 10.0) -> tuple[Consent, Question]:
    """Give a consent whose question was spoken to its end."""
    consent = Consent()
    question = consent.ask(MESSAGE)
    consent.asked(question.number, at)
    return consent, question


def test_a_yes_approves_exactly_what_was_read_back() -> None:
    consent, _ = spoken_question()
    assert consent.hear(Answer.YES, 11.0) == Approved(MESSAGE, digest(MESSAGE.tool, MESSAGE.arguments))
    assert consent.open is None
    assert consent.hear(Answer.YES, 12.0) is None


def test_arguments_that_change_behind_the_question_do_not_run() -> None:
    arguments: dict[str, Any] = {"to": "anna", "items": ["a"]}
    consent = Consent()
    question = consent.ask(ErrandRequest("t", arguments))
    arguments["to"] = "everybody"
    arguments["items"].append("b")
    consent.asked(question.number, 1.0)
    approved = consent.hear(Answer.YES, 2.0)
    assert isinstance(approved, Approved)
    assert approved.request.arguments == {"to": "anna", "items": ["a"]}
    assert approved.digest == digest("t", {"to": "anna", "items": ["a"]}) == question.digest


def test_a_yes_that_began_before_the_end_of_the_question_only_brings_it_again() -> None:
    consent, question = spoken_question(10.0)
    again = consent.hear(Answer.YES, 10.0)
    assert isinstance(again, Question)
    assert again.again
    assert again.number != question.number
    consent.asked(again.number, 20.0)
    assert isinstance(consent.hear(Answer.YES, 20.5), Approved)


def test_a_yes_while_the_question_is_spoken_or_was_cut_short_approves_nothing() -> None:
    consent = Consent()
    question = consent.ask(MESSAGE)
    again = consent.hear(Answer.YES, 5.0)
    assert isinstance(again, Question)
    consent.cut(again.number, 8.0)
    consent.asked(again.number, 8.1)
    consent.asked(question.number, 8.1)
    assert consent.hear(Answer.YES, 9.0) == Dropped(MESSAGE)


def test_a_no_counts_at_any_time() -> None:
    consent, _ = spoken_question()
    assert consent.hear(Answer.NO, 2.0) == Refused(MESSAGE)
    consent.ask(MESSAGE)
    assert consent.hear(Answer.NO, 2.0) == Refused(MESSAGE)


def test_neither_yes_nor_no_brings_the_question_once_more_and_then_drops_it() -> None:
    consent, _ = spoken_question()
    again = consent.hear(Answer.OTHER, 11.0)
    assert isinstance(again, Question)
    assert again.request == MESSAGE
    consent.asked(again.number, 15.0)
    assert consent.hear(Answer.OTHER, 16.0) == Dropped(MESSAGE)


def test_silence_is_no() -> None:
    consent, _ = spoken_question(10.0)
    assert consent.tick(18.0) is None
    assert consent.tick(18.1) == TimedOut(MESSAGE)
    assert consent.tick(19.0) is None
    assert consent.hear(Answer.YES, 18.05) is None


def test_silence_runs_only_after_the_question() -> None:
    consent = Consent()
    question = consent.ask(MESSAGE)
    assert consent.tick(1000.0) is None
    consent.cut(question.number, 1000.0)
    assert consent.tick(1009.0) == TimedOut(MESSAGE)


def test_a_yes_that_began_in_time_is_waited_for() -> None:
    consent, _ = spoken_question(10.0)
    assert consent.tick(19.0, speech_since=17.9) is None
    assert isinstance(consent.hear(Answer.YES, 17.9), Approved)


def test_speech_that_began_too_late_or_never_ends_is_not_waited_for() -> None:
    consent, _ = spoken_question(10.0)
    assert consent.tick(19.0, speech_since=18.5) == TimedOut(MESSAGE)
    consent, _ = spoken_question(10.0)
    assert consent.tick(41.0, speech_since=12.0) == TimedOut(MESSAGE)
    consent, _ = spoken_question(10.0)
    assert consent.hear(Answer.YES, 18.1) == TimedOut(MESSAGE)


def test_a_new_question_closes_the_old_one() -> None:
    consent, old = spoken_question(10.0)
    new = consent.ask(ErrandRequest("notes.take_note", {"text": "milk"}))
    consent.asked(old.number, 11.0)
    assert isinstance(consent.hear(Answer.YES, 12.0), Question)
    assert consent.open is not None
    assert consent.open.request == new.request
    assert consent.drop() == Dropped(new.request)
    assert consent.drop() is None


def test_arguments_that_are_not_json_cannot_be_asked_for() -> None:
    consent = Consent()
    with pytest.raises(ValueError, match="JSON"):
        consent.ask(ErrandRequest("t", {"a": object()}))
    assert consent.open is None


def test_what_needs_a_yes() -> None:
    assert [needs_yes(risk) for risk in Risk] == [False, False, True, True]
    assert [needs_yes(risk, foreign_text=True) for risk in Risk] == [False, True, True, True]
