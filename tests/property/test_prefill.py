"""Reading ahead: only what was said, never the newest word of a guess, and no word counted twice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.agreement import Agreement
from models.asr import Partial
from models.prefill import ReadAhead, Tally

WORDS = st.lists(st.sampled_from(["set", "a", "timer", "for", "five", "nine"]), max_size=8)


def partials(hypotheses: Sequence[Sequence[str]], agree: int, hold_back: int) -> list[Partial]:
    """Make the stream that a recogniser with these hypotheses gives."""
    agreement = Agreement(agree, hold_back)
    return [partial for words in hypotheses if (partial := agreement.add(words)) is not None]


STREAMS = st.builds(partials, st.lists(WORDS, max_size=12), st.integers(1, 3), st.integers(0, 2))
POLICIES = st.builds(ReadAhead, st.integers(1, 4), st.integers(0, 3))


@given(STREAMS, POLICIES)
def test_only_words_of_the_newest_hypothesis_are_read(stream: list[Partial], policy: ReadAhead) -> None:
    for partial in stream:
        words = f"{partial.committed} {partial.tentative}".split()
        if (text := policy.hear(partial)) is not None:
            assert text.split() == words[: len(text.split())]


@given(STREAMS, POLICIES)
def test_committed_words_are_always_among_the_read_ones(stream: list[Partial], policy: ReadAhead) -> None:
    read: list[str] = []
    for partial in stream:
        if (text := policy.hear(partial)) is not None:
            read = text.split()
        committed = partial.committed.split()
        assert read[: len(committed)] == committed


@given(STREAMS, st.integers(1, 4), st.integers(1, 3))
def test_the_newest_words_of_a_guess_are_held_back(stream: list[Partial], agree: int, hold_back: int) -> None:
    policy = ReadAhead(agree, hold_back)
    for partial in stream:
        committed = len(partial.committed.split())
        guessed = len(partial.tentative.split())
        if (text := policy.hear(partial)) is not None:
            assert len(text.split()) <= max(committed, committed + guessed - hold_back)


@given(STREAMS, POLICIES)
def test_a_new_utterance_owes_nothing_to_the_last(stream: list[Partial], policy: ReadAhead) -> None:
    fresh = [policy.hear(partial) for partial in stream]
    policy.begin()
    assert [policy.hear(partial) for partial in stream] == fresh


def test_a_word_is_read_once_two_hypotheses_had_it_with_another_behind_it() -> None:
    policy = ReadAhead(agree=2, hold_back=1)
    said = ["set", "set a", "set a ten", "set a timer", "set a timer for", "set a"]
    assert [policy.hear(Partial("", words)) for words in said] == [None, "set", "set a", None, "set a timer", None]


def test_a_hypothesis_that_turns_around_is_read_anew() -> None:
    policy = ReadAhead(agree=1, hold_back=0)
    assert [policy.hear(Partial("", words)) for words in ("call an", "call an", "call anna")] == [
        "call an",
        None,
        "call anna",
    ]


def test_a_policy_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        ReadAhead(agree=0)


@given(st.lists(WORDS, max_size=10), WORDS)
def test_every_token_read_ahead_was_useful_or_wasted(readings: list[list[str]], said: list[str]) -> None:
    tally = Tally()
    for reading in readings:
        tally.read(reading)
    useful = tally.finish(said)
    assert tally.evaluated == useful + tally.wasted
    assert 0 <= useful <= len(said)


def test_growing_words_waste_nothing_and_a_wrong_one_costs_what_followed_it() -> None:
    tally = Tally()
    for reading in ("set a", "set a ten minute", "set a timer"):
        tally.read(reading.split())
    assert tally.finish(["set", "a", "timer", "for", "five"]) == 3
    assert (tally.evaluated, tally.wasted) == (5, 2)
