"""What holds for attention whatever happens."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from edge.attention import LONGEST_UTTERANCE_S, Attention, AttentionOptions, Meaning, Verdict

OPTIONS = AttentionOptions("wake", wait_s=6, window_s=5)
LONGEST_WAIT_S = max(OPTIONS.wait_s, OPTIONS.window_s) + LONGEST_UTTERANCE_S
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["woke", "began", "command", "closing", "nothing", "answered", "ask", "settled", "sleep"]),
        st.floats(0.01, 8.0),
    ),
    max_size=40,
)


def play(attention: Attention, steps: list[tuple[str, float]], now_s: float = 0.0) -> float:
    """Let it all happen; give the time at which it ends."""
    began_s: float | None = None
    for step, seconds in steps:
        now_s += seconds
        match step:
            case "woke":
                attention.woke(now_s)
            case "began":
                began_s = now_s
                attention.began(now_s)
            case "command" | "closing" | "nothing":
                start_s = now_s - seconds if began_s is None else began_s
                attention.judge(start_s, now_s, Meaning[step.upper()])
                began_s = None
            case "answered":
                attention.answered(now_s)
            case "ask" | "settled":
                attention.question(step == "ask")
            case "sleep":
                attention.sleep("stop")
    return now_s


@given(STEPS)
def test_asleep_only_an_opener_opens(steps: list[tuple[str, float]]) -> None:
    openers = {"woke", "answered", "ask"}
    attention = Attention(OPTIONS)
    now_s = play(attention, [step for step in steps if step[0] not in openers])
    assert not attention.hears(now_s)


@given(STEPS, STEPS)
def test_who_slept_stays_asleep_without_an_opener(
    before: list[tuple[str, float]], after: list[tuple[str, float]]
) -> None:
    attention = Attention(OPTIONS)
    now_s = play(attention, before)
    attention.sleep("stop")
    now_s = play(attention, [step for step in after if step[0] not in {"woke", "answered", "ask"}], now_s)
    assert not attention.hears(now_s)


@given(STEPS)
def test_every_window_ends(steps: list[tuple[str, float]]) -> None:
    attention = Attention(OPTIONS)
    now_s = play(attention, steps)
    attention.question(False)
    attention.answered(now_s)
    assert not attention.hears(now_s + LONGEST_WAIT_S + 0.1)


@given(STEPS, st.lists(st.floats(0.2, 4.0), min_size=1, max_size=20))
def test_talk_that_is_not_for_us_never_keeps_a_window_open(steps: list[tuple[str, float]], gaps: list[float]) -> None:
    attention = Attention(OPTIONS)
    now_s = play(attention, steps)
    attention.question(False)
    attention.answered(now_s)
    deadline_s = now_s + OPTIONS.window_s
    verdicts = []
    for gap in gaps:
        began_s = now_s + gap
        attention.began(began_s)
        now_s = began_s + 1.0
        verdicts.append(attention.judge(began_s, now_s, Meaning.NOTHING))
    assert set(verdicts) <= {Verdict.IGNORE, Verdict.NOT_CAUGHT}
    assert verdicts.count(Verdict.NOT_CAUGHT) <= 1
    if Verdict.NOT_CAUGHT not in verdicts:
        assert not attention.hears(max(now_s, math.nextafter(deadline_s, math.inf)))


@given(STEPS, st.floats(0.01, 1000), st.sampled_from(list(Meaning)))
def test_the_answer_to_a_question_is_always_heard(
    steps: list[tuple[str, float]], later: float, meaning: Meaning
) -> None:
    attention = Attention(OPTIONS)
    now_s = play(attention, steps)
    attention.question(True)
    assert attention.hears(now_s + later)
    attention.began(now_s + later)
    assert attention.judge(now_s + later, now_s + later + 1, meaning) is not Verdict.IGNORE


@given(STEPS, st.floats(0.31, 5.9))
def test_a_command_after_the_wake_word_is_always_for_us(steps: list[tuple[str, float]], later: float) -> None:
    attention = Attention(OPTIONS)
    now_s = play(attention, steps)
    attention.woke(now_s)
    attention.began(now_s + later)
    assert attention.judge(now_s + later, now_s + later + 1, Meaning.COMMAND) is Verdict.FOR_US
