"""The fast path answers any text, always the same, in bounded time; its choice does not hang on an order."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.fast_path import MAX_WORDS, Candidate, FastPath, choose
from edge.spoken_time import counts, number_words, times
from models.llm import ToolCall

FAST_PATH = FastPath("en", ("Anna", "Ben Miller"), ("shopping", "to do"))
LONGEST_S = 1.0
"""Seconds for one match: thirty times what the worst utterance takes on a desktop, for busy machines."""

COMMAND_WORDS = (
    "please remind me to call add put the a my list shopping calendar at nine on friday tomorrow for in set timer "
    "minutes send message saying anna tell that cancel meeting with number one and turn light off"
)
command_words = st.sampled_from(COMMAND_WORDS.split())
candidates = st.builds(
    Candidate,
    st.builds(ToolCall, st.sampled_from(["a", "b", "c"]), st.dictionaries(st.sampled_from("xy"), st.text(max_size=2))),
    st.integers(0, 5),
    st.integers(0, 3),
    st.integers(0, 20),
)


@given(st.text(max_size=200), st.booleans())
@settings(deadline=None, max_examples=150)
def test_any_text_gives_a_call_or_none(text: str, expects_answer: bool) -> None:
    call = FAST_PATH.match(text, expects_answer=expects_answer)
    assert call is None or call.tool


@given(st.lists(command_words, max_size=MAX_WORDS + 5))
@settings(deadline=None, max_examples=100)
def test_any_heap_of_command_words_takes_bounded_time_and_gives_the_same_twice(words: list[str]) -> None:
    text = " ".join(words)
    start = time.process_time()
    call = FAST_PATH.match(text)
    assert time.process_time() - start < LONGEST_S
    assert FAST_PATH.match(text) == call
    assert call is None or len(words) <= MAX_WORDS


@given(st.lists(candidates, max_size=6), st.randoms())
def test_the_choice_does_not_depend_on_the_order(some: list[Candidate], dice: object) -> None:
    assert choose(some) == choose(reversed(some)) == choose(sorted(some, key=repr))


@given(st.lists(candidates, min_size=1, max_size=6))
def test_nothing_beats_the_choice_in_free_words(some: list[Candidate]) -> None:
    fewest = min(one.free_words for one in some)
    assert choose(some) in [one.call for one in some if one.free_words == fewest]


@given(st.sampled_from(sorted(times().items(), key=lambda pair: pair[0])))
@settings(deadline=None, max_examples=100)
def test_every_spoken_time_ends_a_reminder(spoken: tuple[str, object]) -> None:
    call = FAST_PATH.match(f"remind me to call the bank tomorrow at {spoken[0]}")
    said = times()[spoken[0]]
    expected: dict[str, str | int] = {"what": "call the bank", "day": "tomorrow", "hour": said.hour}
    if said.minute:
        expected["minute"] = said.minute
    if said.part:
        expected["part"] = said.part
    assert call == ToolCall("add_reminder", expected)


@given(st.integers(0, 999))
def test_number_words_are_one_to_one(number: int) -> None:
    assert counts(number, number)[number_words(number)] == number


def test_spoken_times_are_times() -> None:
    table = times()
    assert all(0 <= said.hour <= 23 and 0 <= said.minute <= 59 for said in table.values())
    assert {(said.hour, said.minute) for said in table.values()} == {(h, m) for h in range(24) for m in range(60)}
    assert all(first != second for first, second in pairwise(sorted(table)))
