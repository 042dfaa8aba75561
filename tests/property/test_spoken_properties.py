"""Any text can be said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.speakable import LONGEST_PIECE, pieces, speakable
from models.spoken import spoken

# Mostly what the rules look at, so that they meet in strange orders.
WRITTEN = st.text(st.sampled_from("0123456789:.,-+/()$€£%°½²٣①TZ apmkhst Mayndr")) | st.text()


@given(WRITTEN)
def test_no_digit_is_left(text: str) -> None:
    assert not any(character.isdigit() for character in spoken(text))


@given(WRITTEN)
def test_saying_it_again_changes_nothing(text: str) -> None:
    said = spoken(text)
    assert spoken(said) == said


@given(WRITTEN)
def test_a_text_with_digits_is_never_silent(text: str) -> None:
    assert any(c.isdigit() for c in text) <= any(c.isalpha() for c in spoken(text))


@given(st.text(st.characters(codec=None)))
def test_what_a_voice_gets_is_printable_or_nothing(text: str) -> None:
    said = speakable(text)
    assert said == speakable(said)
    assert said.encode("utf-8").isascii() or said.strip()
    assert "[[" not in said
    assert "".join(pieces(said)) == said
    assert all(0 < len(piece) <= LONGEST_PIECE for piece in pieces(said))
