"""How recordings of people are marked."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from edge.benches.hearing_marks import Meaning, Outcome, mark
from edge.tools.tool import Risk

TIME = Meaning(("tell_time",), Risk.READS)
TIMER = Meaning(("set_timer",), Risk.REVERSIBLE)
CALL = Meaning(("call_person",), Risk.REACHES_OTHERS)
NOTHING = Meaning()
READ = Outcome("a.flac", "books", False, "the night is cool", "the light is cool", 0.6, True, NOTHING, NOTHING)
COMMAND = Outcome("b.flac", "us", True, "what time is it", "what time is it", 0.9, True, TIME, TIME)

MEANINGS = st.sampled_from([NOTHING, TIME, TIMER, CALL, replace(TIMER, is_sure=False)])
OUTCOMES = st.builds(
    Outcome,
    file=st.just("a.flac"),
    source=st.just("us"),
    is_command=st.booleans(),
    said=st.sampled_from(["", "stop", "call anna now"]),
    heard=st.sampled_from(["", "stop", "call ben"]),
    confidence=st.floats(0, 1),
    believed=st.booleans(),
    wanted=MEANINGS,
    meant=MEANINGS,
)


def test_words_are_counted_over_all_clips_believed_or_not() -> None:
    score = mark([READ, replace(COMMAND, heard="what time", believed=False, meant=NOTHING)])
    assert (score.words, score.word_errors, score.not_caught) == (8, 3, 1)
    assert score.word_error_percent == 37.5


def test_a_command_is_done_only_by_its_own_tool() -> None:
    score = mark([COMMAND, replace(COMMAND, meant=TIMER), replace(COMMAND, meant=NOTHING)])
    assert (score.commands, score.commands_done, score.commands_wrong) == (3, 1, 1)


def test_a_command_that_is_none_of_ours_is_no_failure() -> None:
    assert mark([replace(COMMAND, wanted=NOTHING, meant=NOTHING)]).commands == 0


def test_what_only_reads_is_a_false_call_without_an_effect() -> None:
    score = mark([replace(READ, meant=TIME)])
    assert (score.others, score.false_calls, score.false_effects) == (1, 1, 0)


def test_an_effect_counts_also_where_a_question_comes_first() -> None:
    score = mark([replace(READ, meant=one) for one in (TIMER, replace(TIMER, is_sure=False), CALL, NOTHING)])
    assert (score.false_effects, score.false_unasked, score.false_effect_percent) == (3, 1, 75.0)


def test_an_effect_that_the_written_words_have_too_is_told_apart() -> None:
    assert mark([replace(READ, wanted=TIMER, meant=TIMER), replace(READ, meant=TIMER)]).own_effects == 1


def test_no_clips_make_no_trouble() -> None:
    score = mark([])
    assert (score.word_error_percent, score.false_effect_percent) == (0.0, 0.0)


@given(st.lists(OUTCOMES, max_size=8))
def test_the_parts_are_never_more_than_the_whole(outcomes: list[Outcome]) -> None:
    score = mark(outcomes)
    assert score.commands_done + score.commands_wrong <= score.commands
    assert score.commands + score.others <= score.clips
    assert score.false_unasked <= score.false_effects <= score.false_calls <= score.others
