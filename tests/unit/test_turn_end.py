"""Facts about how much silence ends an utterance."""

from __future__ import annotations

import pytest

from audio.frames import SAMPLE_RATE
from edge.completeness import Completeness, Endings, Judge, shares_of_endings
from edge.fast_path import FastPath
from edge.turn_end import Patience, TurnEnd, TurnEndOptions
from models.llm import ToolCall

SENTENCES = (
    ["set a timer for twenty minutes"] * 20
    + ["set a timer for twenty five minutes"] * 20
    + ["remind me to call anna"] * 12
    + ["remind me to call anna tomorrow"] * 38
    + ["what time is it"] * 30
    + ["turn on the light"] * 12
    + ["turn on the light please"] * 18
)
ALL = list(Completeness)


class Known:
    """Templates that know whole sentences only."""

    def match(self, text: str, *, expects_answer: bool = False) -> ToolCall | None:
        known = text in SENTENCES or (text == "yes" and expects_answer)
        return ToolCall("known", {}) if known else None


@pytest.mark.parametrize(
    ("text", "is_"),
    [
        ("", Completeness.UNKNOWN),
        ("set a", Completeness.INCOMPLETE),
        ("remind me to", Completeness.INCOMPLETE),
        ("set a timer for twenty", Completeness.INCOMPLETE),
        ("set a timer for twenty minutes", Completeness.COMPLETE),
        ("remind me to call anna", Completeness.OPEN),
        ("turn on the light", Completeness.EXTENDABLE),
        ("remind me to call anna tomorrow", Completeness.COMPLETE),
        ("i wonder what the weather was like", Completeness.UNKNOWN),
        ("the house is far from a", Completeness.INCOMPLETE),
    ],
)
def test_words_are_judged_by_the_templates_and_by_how_their_sentences_go_on(text: str, is_: Completeness) -> None:
    assert Judge(Known(), Endings(shares_of_endings(SENTENCES))).judge(text) is is_


def test_numbers_that_were_never_seen_are_judged_as_those_that_were() -> None:
    endings = Endings(shares_of_endings(SENTENCES))
    assert endings.share(["for", "eleven", "minutes"]) == endings.share(["for", "twenty", "minutes"]) == 1.0
    assert endings.share(["for", "sixty", "one"]) == endings.share(["for", "twenty"]) == 0.0


def test_an_answer_is_whole_only_while_it_is_expected() -> None:
    judge = Judge(Known(), Endings(shares_of_endings(SENTENCES)))
    assert judge.judge("yes") is Completeness.UNKNOWN
    assert judge.judge("yes", expects_answer=True) is Completeness.COMPLETE
    assert judge.judge("yes") is Completeness.UNKNOWN


def test_the_real_templates_are_judged_so() -> None:
    templates = FastPath("en", ["anna"], ["shopping"])
    judge = Judge(templates, Endings(shares_of_endings(SENTENCES)))
    assert judge.judge("set a timer for twenty minutes") is Completeness.COMPLETE
    assert judge.judge("remind me to call anna") is Completeness.OPEN


def test_the_more_is_to_be_expected_the_longer_we_wait() -> None:
    turn_end = TurnEnd()
    for asking in (False, True):
        waits = [
            turn_end.silence(completeness, asking=asking)
            for completeness in (
                Completeness.COMPLETE,
                Completeness.EXTENDABLE,
                Completeness.OPEN,
                Completeness.UNKNOWN,
                Completeness.INCOMPLETE,
            )
        ]
        assert waits == sorted(waits)
        assert len(set(waits)) == len(waits)


def test_a_voice_that_fell_shortens_the_wait_only_where_the_words_say_nothing() -> None:
    turn_end = TurnEnd(TurnEndOptions(fall_semitones=1.0))
    assert turn_end.silence(Completeness.UNKNOWN, 1.0) < turn_end.silence(Completeness.UNKNOWN, 0.9)
    assert turn_end.silence(Completeness.UNKNOWN, 0.9) == turn_end.silence(Completeness.UNKNOWN, None)
    for completeness in ALL:
        if completeness is not Completeness.UNKNOWN:
            assert turn_end.silence(completeness, 5.0) == turn_end.silence(completeness, None)


def test_answers_are_awaited_less_long_but_for_a_yes_and_slow_speakers_are_given_longer() -> None:
    turn_end, slow = TurnEnd(), TurnEnd(slowness=2.0)
    for completeness in ALL:
        command = turn_end.silence(completeness)
        asking = turn_end.silence(completeness, asking=True)
        assert asking < command or completeness is Completeness.COMPLETE
        assert slow.silence(completeness) == 2 * command


def test_no_patience_is_refused() -> None:
    with pytest.raises(ValueError, match="over 0"):
        Patience(SAMPLE_RATE, SAMPLE_RATE, SAMPLE_RATE, 0, SAMPLE_RATE, SAMPLE_RATE)
