"""Where a stream of text is cut into pieces to speak."""

# ruff: noqa: RUF001  # Chinese has its own commas

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
        ("He said no. Then he left.", ["He said no.", "Then he left."]),
        ("One\ntwo", ["One", "two"]),
        ("It is nine.\nyou see", ["It is nine.", "you see"]),
        ("It is nine...  you see", ["It is nine...  you see"]),
        ("任务完成。好的！", ["任务完成。", "好的！"]),
        ("他说：“好的！”然后走了。", ["他说：“好的！”", "然后走了。"]),
        ("", []),
        ("   ", []),
    ],
)
def test_text_is_cut_where_a_reader_would_breathe(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
    assert sentences(*text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The weather in the city is fine, with a little wind from the west, and no rain.",
            ["The weather in the city is fine,", "with a little wind from the west, and no rain."],
        ),
        (
            "It will be warm in the whole country today and it stays so, as far as I know.",
            ["It will be warm in the whole country today", "and it stays so, as far as I know."],
        ),
        ("You have two meetings — one is soon.", ["You have two meetings —", "one is soon."]),
        ("明天北京天气晴朗，最高气温25度，有微风。", ["明天北京天气晴朗，", "最高气温25度，有微风。"]),
        ("Sure, here it is.", ["Sure, here it is."]),
        ("好的，我知道了。", ["好的，我知道了。"]),
    ],
)
def test_the_first_piece_ends_at_a_clause_when_it_is_long_enough(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
    assert sentences(*text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Meet Dr. Smith at 9.30 on example.com today.",
        "The meeting with everybody is at 9 a.m. on Monday.",
        "The meeting with everybody is at 9 p.m. Monday.",
        "The appointment you asked for is on Sunday, November 22, 2026.",
        "The place that you asked for is at 12 Main St., Apt. 4B, Salem, IL 62704.",
        "The number that you asked for is No. 5 of the list.",
        "The price that they ask for is $1,234.50 or 1.234,50 euros.",
        "The people who are there now: Anna, Ben and Clara.",
        "The number that you asked for is +49 170 1234567.",
        "The page that you asked for is https://example.com/a,b;c:d.",
        "The train that you asked for leaves at 9:30, 10:30 and 11:30.",
        "The bill for all of the things comes to twelve dollars and fifty cents.",
        "The recipe needs for all of you together one and a half liters of milk.",
        "The meeting with everybody was on Nov. 23 last year.",
        "It was founded in the U.S. Army by a soldier.",
        "1. Milk",
        "验证码是12，34和56。",
    ],
)
def test_numbers_times_dates_addresses_and_short_forms_stay_whole(text: str) -> None:
    assert sentences(text) == [text]
    assert sentences(*text) == [text]


def test_later_pieces_are_sentences_or_long_clauses() -> None:
    first, second = "It is nine. ", "You have, as far as I can tell, three things to do. "
    long = "The longest of them is the one that you have put off for so many weeks that I no longer count them at all"
    assert sentences(first, second) == [first.strip(), second.strip()]
    assert sentences(first, f"{long} today, which is bad.") == [first.strip(), f"{long} today, which is bad."]
    assert sentences(first, f"{long} for some reason, which is bad.") == [
        first.strip(),
        f"{long} for some reason,",
        "which is bad.",
    ]


def test_a_sentence_is_given_before_the_next_one_is_whole() -> None:
    stream = SentenceStream()
    assert stream.feed("It is nine. Y") == ["It is nine."]


def test_a_first_clause_is_given_before_its_sentence_is_whole() -> None:
    stream = SentenceStream()
    assert stream.feed("The weather is fine today, b") == ["The weather is fine today,"]
    assert SentenceStream().feed("明天北京天气晴朗，最") == ["明天北京天气晴朗，"]


PARTS = [
    *(
        "It is nine",
        "you see",
        "Dr",
        "St",
        "no",
        "No",
        "5",
        "1,234",
        "9:30",
        "a.m",
        "U.S",
        "and",
        "but",
        "Anna",
        "—",
        "-",
    ),
    *(
        ".",
        "!",
        "?",
        "…",
        ",",
        ";",
        ":",
        "\n",
        '"',
        ")",
        "。",
        "，",
        "！",
        "”",
        "今天天气很好",
        " ",
        " ",
        " ",
        "x" * 130,
    ),
    "word " * 40,
]
TEXT = st.lists(st.sampled_from(PARTS), max_size=30).map("".join) | st.text(max_size=700)


@given(TEXT)
def test_no_word_is_lost_and_no_sentence_is_endless(text: str) -> None:
    cut = sentences(text)
    assert "".join("".join(cut).split()) == "".join(text.split())
    assert all(cut)
    assert all(len(sentence) <= LONGEST_SENTENCE for sentence in cut)


@given(TEXT, st.data())
def test_the_pieces_are_the_same_however_the_text_arrives(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    deltas = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert sentences(*deltas) == sentences(text) == sentences(*text)
