"""Texts become words and words texts, in every script."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from models.transcript import Piece, as_written, join, plain, plain_words, timed_words

TEXTS = st.text(st.one_of(st.sampled_from("abc 'é,.!開灯カส वि한9"), st.characters()), max_size=40)


@given(TEXTS)
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert plain_words(once) == plain_words(text)


@given(st.lists(st.tuples(TEXTS, st.floats(0, 30), st.floats(0, 30), st.floats(0, 1)), max_size=8))
def test_pieces_become_the_words_of_their_text_in_order(pieces: list[tuple[str, float, float, float]]) -> None:
    words = timed_words([Piece(*piece) for piece in pieces])
    text = "".join(piece[0] for piece in pieces)
    assert [word.text for word in words] == plain_words(text)
    assert all(word.start <= word.end for word in words)
    assert all(one.end <= other.start for one, other in itertools.pairwise(words))
    assert plain(as_written(words)) == plain(text)


def test_a_piece_shares_its_time_among_its_words() -> None:
    words = timed_words([Piece(" Ten-minute", 1.0, 2.0, 0.5), Piece(" timer.", 2.0, 2.6, 0.9)])
    assert [(word.text, round(word.start, 2), round(word.end, 2)) for word in words] == [
        ("ten", 1.0, 1.3),
        ("minute", 1.4, 2.0),
        ("timer", 2.0, 2.5),
    ]
    assert [word.written for word in words] == ["Ten-", "minute ", "timer."]
    assert [word.ends_sentence() for word in words] == [False, False, True]
    assert words[0].probability == 0.5


def test_pieces_of_a_word_are_put_together() -> None:
    """In Chinese Whisper gives its tokens, and writes foreign words in several."""
    words = timed_words([Piece("打开", 0.0, 0.4, 0.9), Piece("wi", 0.4, 0.6, 0.8), Piece("fi。", 0.6, 1.0, 0.7)])
    assert [(word.text, word.probability) for word in words] == [("打", 0.9), ("开", 0.9), ("wifi", 0.7)]
    assert join(word.text for word in words) == "打开wifi"
