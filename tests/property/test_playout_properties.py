"""What holds for the heard text whatever was said and whenever it was cut off."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audio.playout import Playout

SENTENCES = st.lists(
    st.tuples(
        st.lists(st.text("abcé'.,?", min_size=1, max_size=9), min_size=1, max_size=8).map(" ".join),
        st.integers(1, 100_000),
    ),
    max_size=6,
)


def playout_of(sentences: list[tuple[str, int]], finish: bool) -> Playout:
    playout = Playout()
    for text, samples in sentences:
        playout.begin(text)
        playout.wrote(samples // 2)
        playout.wrote(samples - samples // 2)
    if finish:
        playout.finish()
    return playout


@given(SENTENCES, st.integers(0, 700_000), st.booleans())
def test_heard_text_is_a_prefix_at_a_word_boundary(sentences: list[tuple[str, int]], played: int, done: bool) -> None:
    words = " ".join(text for text, _ in sentences).split()
    heard = playout_of(sentences, done).heard(played).split()
    assert heard == words[: len(heard)]


@given(SENTENCES, st.integers(0, 700_000), st.integers(0, 700_000), st.booleans())
def test_the_longer_it_played_the_more_was_heard(
    sentences: list[tuple[str, int]], one: int, other: int, done: bool
) -> None:
    playout = playout_of(sentences, done)
    assert playout.heard(max(one, other)).startswith(playout.heard(min(one, other)))


@given(SENTENCES)
def test_all_is_heard_at_the_end_and_nothing_at_the_start(sentences: list[tuple[str, int]]) -> None:
    playout = playout_of(sentences, finish=True)
    assert playout.heard(0) == ""
    assert playout.heard(playout.written) == " ".join(text for text, _ in sentences)


@given(st.text(max_size=60), st.integers(0, 50_000), st.integers(0, 60_000))
def test_any_text_may_be_said(text: str, samples: int, played: int) -> None:
    assert text.strip().startswith(playout_of([(text, samples)], finish=True).heard(played))
