"""Any text can be said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.speakable import LONGEST_PIECE, pieces, speakable
from models.spoken import spoken, spoken_chinese

# Mostly what the rules look at, so that they meet in strange orders.
WRITTEN = st.text(st.sampled_from("0123456789:.,-+/()$€£%°½²٣①TZ apmkhst Mayndr")) | st.text()

PARTS = [
    *(
        "9:30",
        "17:00",
        "11/23",
        "2026",
        "23",
        "5",
        "0.5",
        "1,234",
        "007",
        "99",
        "1st",
        "22nd",
        "$",
        "€",
        "£",
        "%",
        "°C",
    ),
    *(
        "km",
        "km/h",
        "m²",
        "ft",
        "in",
        "x",
        "=",
        "+",
        "-",
        "\u2013",
        "/",
        ".",
        ",",
        ":",
        ";",
        "#",
        "&",
        "@",
        "~",
        "<",
        "±",
        "½",
    ),
    *(
        "'",
        "*",
        "**",
        "`",
        "am",
        "p.m.",
        "Mon",
        "Fri",
        "Nov.",
        "May",
        "in",
        "since",
        "the",
        "of",
        "Dr.",
        "St.",
        "Mr.",
        "Elm",
    ),
    *("Ave.", "Apt", "Smith", "N", "IL", "room", "code", "call", "No.", "v", "Henry", "VIII", "II", "e.g.", "etc."),
    *(
        "https://",
        "www.",
        "example.com",
        "a@b.com",
        "+49",
        "555",
        "123-4567",
        "电话",
        "年",
        "月",
        "点",
        "个",
        "第",
        "\n",
    ),
]
"""What the rules look at."""
PIECES = st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(["", " ", " ", "-"])), max_size=12).map(
    lambda pieces: "".join(part + gap for part, gap in pieces)
)
ANY = WRITTEN | PIECES


@given(ANY)
def test_no_digit_is_left(text: str) -> None:
    assert not any(character.isdigit() for character in spoken(text))
    assert not any(character.isdigit() for character in spoken_chinese(text))


@given(ANY)
def test_what_is_said_is_not_much_longer_than_what_is_written(text: str) -> None:
    assert len(spoken(text)) <= 20 * len(text)
    assert len(spoken_chinese(text)) <= 8 * len(text)


WORDS = st.lists(
    st.tuples(
        st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz'"), min_size=1), st.sampled_from(["", "", ",", "!", "?"])
    ),
    max_size=9,
).map(lambda words: " ".join(word + mark for word, mark in words))


@given(WORDS | st.text(st.sampled_from("任务完成你好。我们明天见")))
def test_plain_words_are_left_alone(text: str) -> None:
    assert spoken(text) == text
    assert spoken_chinese(text) == text


@given(WRITTEN)
def test_saying_it_again_changes_nothing(text: str) -> None:
    said = spoken(text)
    assert spoken(said) == said


@given(WRITTEN)
def test_a_text_with_digits_is_never_silent(text: str) -> None:
    for say in (spoken, spoken_chinese):
        assert any(c.isdigit() for c in text) <= any(c.isalpha() for c in say(text))


@given(st.text(st.characters(codec=None)))
def test_what_a_voice_gets_is_printable_or_nothing(text: str) -> None:
    said = speakable(text)
    assert said == speakable(said)
    assert said.encode("utf-8").isascii() or said.strip()
    assert "[[" not in said
    assert "".join(pieces(said)) == said
    assert all(0 < len(piece) <= LONGEST_PIECE for piece in pieces(said))
