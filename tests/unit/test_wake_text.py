"""What is left of an utterance without its wake word."""

from __future__ import annotations

import pytest

from edge.wake_text import strip_wake

NAMES = ("okay nabu", "alexa", "hey jarvis")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("okay nabu what time is it", "what time is it"),
        ("okay nobu set a timer", "set a timer"),
        ("nabu what time is it", "what time is it"),
        ("alexa call anna", "call anna"),
        ("hey jarvis stop", "stop"),
        ("okay nabu", ""),
        ("", ""),
    ],
)
def test_a_wake_word_goes(text: str, left: str) -> None:
    assert strip_wake(text, NAMES) == left


@pytest.mark.parametrize(
    "text", ["what time is it", "okay call anna", "tell alexa to call", "a", "hey what time is it", "stop", "next song"]
)
def test_other_words_stay(text: str) -> None:
    assert strip_wake(text, NAMES) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("okay what time is it", "what time is it"),
        ("hey stop", "stop"),
        ("okay", "okay"),
        ("alexa", ""),
        ("stop", "stop"),
    ],
)
def test_the_first_word_goes_too_where_a_wake_word_was_cut(text: str, left: str) -> None:
    assert strip_wake(text, NAMES, cut=True) == left


def test_without_names_all_stays() -> None:
    assert strip_wake("okay nabu", ()) == "okay nabu"
