from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.sentence_stream import LONGEST_SENTENCE, SentenceStream


def sentences(*deltas: str) -> list[str]:
    stream = SentenceStream()
    return [sentence for delta in deltas for sentence in stream.feed(delta)] + stream.finish()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is nine. You are late! Run?", ["It is nine.", "You are late!", "Run?"]),
        ("Meet Dr. Smith at 9.30 on example.com today.", ["Meet Dr. Smith at 9.30 on example.com today."]),
        ("One\ntwo", ["One", "two"]),
        ("任务完成。好的！", ["任务完成。", "好的！"]),  # noqa: RUF001  # Chinese has its own full stops
        ("", []),
        ("   ", []),
    ],
)
def test_text_is_cut_where_a_reader_would_breathe(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
    assert sentences(*text) == expected


def test_a_sentence_is_given_before_the_next_one_is_whole() -> None:
    stream = SentenceStream()
    assert stream.feed("It is nine. You") == ["It is nine."]


@given(st.lists(st.text(max_size=400), max_size=6))
def test_no_word_is_lost_and_no_sentence_is_endless(deltas: list[str]) -> None:
    cut = sentences(*deltas)
    assert "".join("".join(cut).split()) == "".join("".join(deltas).split())
    assert all(len(sentence) <= LONGEST_SENTENCE for sentence in cut)
