"""Whether an utterance is for us."""

from __future__ import annotations

import pytest

from edge.attention import Attention, AttentionOptions, Meaning, Verdict

COMMAND, CLOSING, NOTHING = Meaning.COMMAND, Meaning.CLOSING, Meaning.NOTHING
FOR_US, NOT_CAUGHT, IGNORE = Verdict.FOR_US, Verdict.NOT_CAUGHT, Verdict.IGNORE
OPTIONS = AttentionOptions("wake", wait_s=6, window_s=5, tail_s=0.3)


def awake(at_s: float = 10.0) -> Attention:
    attention = Attention(OPTIONS)
    attention.woke(at_s)
    return attention


def spoken(attention: Attention, began_s: float, meaning: Meaning, seconds: float = 1.0) -> Verdict:
    attention.began(began_s)
    return attention.judge(began_s, began_s + seconds, meaning)


def answered(meaning: Meaning = COMMAND) -> Attention:
    """The wearer spoke at 11 s and our answer ended at 15 s."""
    attention = awake()
    assert spoken(attention, 11, meaning) is FOR_US
    attention.answered(15)
    return attention


def test_asleep_nothing_is_heard_and_nothing_is_for_us() -> None:
    attention = Attention(OPTIONS)
    assert not attention.hears(5)
    assert spoken(attention, 5, COMMAND) is IGNORE
    assert not attention.hears(7)


def test_the_wake_word_opens_and_silence_closes() -> None:
    attention = awake(10)
    assert attention.hears(16)
    assert not attention.hears(16.1)


def test_an_utterance_that_began_in_time_is_heard_to_its_end() -> None:
    attention = awake(10)
    attention.began(15.9)
    assert attention.hears(25)
    assert attention.judge(15.9, 25, COMMAND) is FOR_US


def test_the_command_may_come_in_one_breath_with_the_wake_word() -> None:
    attention = Attention(OPTIONS)
    attention.began(9.2)
    attention.woke(10)
    assert attention.judge(9.2, 11.5, COMMAND) is FOR_US


def test_the_rest_of_the_wake_word_is_no_utterance() -> None:
    attention = awake(10)
    assert attention.judge(9.2, 10.2, NOTHING) is IGNORE
    assert spoken(attention, 11, COMMAND) is FOR_US


def test_after_the_wake_word_the_excuse_is_made_once() -> None:
    attention = awake(10)
    assert spoken(attention, 11, NOTHING) is NOT_CAUGHT
    attention.answered(14)
    assert spoken(attention, 15, NOTHING) is IGNORE
    assert not attention.hears(16.1)


def test_after_an_answer_no_wake_word_is_needed() -> None:
    attention = answered()
    assert attention.hears(19.9)
    assert spoken(attention, 19, COMMAND) is FOR_US
    attention.answered(22)
    assert attention.hears(27)
    assert not attention.hears(27.1)


def test_what_we_say_unasked_in_an_open_window_is_no_silence() -> None:
    attention = answered()
    for at_s in (17.0, 17.5, 18.0):
        attention.speaks(at_s)
    assert attention.hears(23)
    assert not attention.hears(23.1)


def test_what_we_say_unasked_opens_nothing() -> None:
    attention = answered()
    attention.speaks(20.1)
    assert not attention.hears(20.1)
    attention.sleep("stop")
    attention.speaks(16)
    assert not attention.hears(16)


def test_talk_that_is_not_for_us_closes_the_window_without_a_word() -> None:
    attention = answered()
    assert spoken(attention, 16, NOTHING) is IGNORE
    assert not attention.hears(17.1)
    assert spoken(attention, 17.5, COMMAND) is IGNORE


def test_thanks_is_answered_and_closes() -> None:
    attention = answered(CLOSING)
    assert not attention.hears(15.1)


def test_the_wake_word_opens_after_thanks() -> None:
    attention = answered(CLOSING)
    attention.woke(20)
    assert spoken(attention, 21, COMMAND) is FOR_US
    attention.answered(23)
    assert attention.hears(24)


def test_while_we_answer_the_wearer_is_heard_and_a_cough_changes_nothing() -> None:
    attention = awake()
    spoken(attention, 11, COMMAND)
    assert attention.hears(60)
    assert spoken(attention, 61, NOTHING) is IGNORE
    assert attention.hears(63)
    assert spoken(attention, 64, COMMAND) is FOR_US


def test_what_is_said_while_we_answer_may_be_understood_after_it() -> None:
    attention = awake()
    spoken(attention, 11, COMMAND)
    attention.began(14)
    attention.answered(15)
    assert attention.judge(14, 14.9, COMMAND) is FOR_US


def test_an_open_question_hears_its_answer_however_late() -> None:
    attention = Attention(OPTIONS)
    attention.question(True)
    assert attention.hears(1000)
    assert spoken(attention, 1000, NOTHING) is NOT_CAUGHT
    assert spoken(attention, 1010, COMMAND) is FOR_US
    attention.question(False)
    attention.answered(1012)
    assert not attention.hears(1018)


def test_without_a_window_every_command_needs_the_wake_word() -> None:
    attention = Attention(AttentionOptions("wake", window_s=0))
    attention.woke(1)
    spoken(attention, 2, COMMAND)
    attention.answered(4)
    assert not attention.hears(4)


def test_sleep_closes_at_once() -> None:
    attention = answered()
    attention.question(True)
    attention.sleep("stop")
    assert not attention.hears(15.1)


def test_in_mode_always_every_utterance_is_for_us() -> None:
    attention = Attention(AttentionOptions("always"))
    assert attention.hears(0)
    assert spoken(attention, 500, COMMAND) is FOR_US
    assert spoken(attention, 600, NOTHING) is NOT_CAUGHT
    attention.answered(602)
    assert attention.hears(9999)


def test_a_negative_time_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        AttentionOptions(window_s=-1)


def test_the_wake_word_opens_in_the_middle_of_an_answer_to_a_question() -> None:
    attention = Attention(OPTIONS)
    attention.question(True)
    assert spoken(attention, 10, COMMAND) is FOR_US
    attention.question(False)
    attention.woke(12)
    assert attention.hears(13)
    assert spoken(attention, 13, COMMAND) is FOR_US


def test_what_was_said_while_we_slept_is_not_for_us_after_the_wake_word() -> None:
    attention = answered()
    assert not attention.hears(30)
    attention.woke(30)
    assert attention.judge(24, 25, COMMAND) is IGNORE
