from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.pocket.words import Span, joined, normalise, spans_of, values_of

_LABELS = st.lists(st.sampled_from(["", "when", "who", "title"]), max_size=12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wake me up, please!", "wake me up please"),
        ("what\N{RIGHT SINGLE QUOTATION MARK}s on at 5:30 p.m.?", "what's on at 5:30 p.m"),
        ('say "hello there"', "say hello there"),
        ("<s> take_a_note </s>", "s take a note /s"),
        ("nine o'clock", "nine o'clock"),
        ("  \n\t ", ""),
        ("...", ""),
    ],
)
def test_words_are_as_a_recogniser_writes_them(text: str, words: str) -> None:
    assert " ".join(normalise(text)) == words


@given(st.text())
def test_no_mark_of_ours_is_left(text: str) -> None:
    words = normalise(text)
    assert not any(mark in word for word in words for mark in "<>_ ")
    assert all(words)


@given(_LABELS)
def test_spans_are_the_runs_of_equal_labels(labels: list[str]) -> None:
    spans = spans_of(labels)
    painted = [""] * len(labels)
    for span in spans:
        painted[span.start : span.end] = [span.argument] * (span.end - span.start)
    assert painted == labels
    assert all(span.start < span.end for span in spans)
    assert all(a.end < b.start or a.argument != b.argument for a, b in pairwise(spans))


def test_a_day_and_an_hour_with_a_small_word_between_are_one_time() -> None:
    words = ["remind", "me", "tomorrow", "at", "nine"]
    spans = [Span(2, 3, "when"), Span(4, 5, "when")]
    assert joined(words, spans) == (Span(2, 5, "when"),)
    assert values_of(words, spans) == (("when", "tomorrow at nine"),)


def test_a_word_of_weight_keeps_two_values_apart() -> None:
    words = ["add", "milk", "or", "eggs"]
    spans = [Span(1, 2, "item"), Span(3, 4, "item")]
    assert joined(words, spans) == tuple(spans)
    assert values_of(words, spans) == (("item", "milk"), ("item", "eggs"))


def test_four_small_words_are_too_many_to_join() -> None:
    words = ["monday", "at", "the", "on", "in", "nine"]
    spans = [Span(0, 1, "when"), Span(5, 6, "when")]
    assert len(joined(words, spans)) == 2
    assert len(joined(words[:3] + words[5:], [Span(0, 1, "when"), Span(3, 4, "when")])) == 1


def test_another_argument_between_does_not_hinder_what_small_words_join() -> None:
    words = ["monday", "with", "anna", "at", "nine"]
    spans = [Span(0, 1, "when"), Span(2, 3, "who"), Span(4, 5, "when")]
    assert joined(words, spans) == tuple(spans)


def test_of_one_argument_two_values_are_kept() -> None:
    spans = [Span(0, 1, "item"), Span(2, 3, "item"), Span(4, 5, "item"), Span(6, 7, "list")]
    values = values_of(["milk", "or", "eggs", "or", "bread", "picnic", "list"], spans[:3])
    assert values == (("item", "milk"), ("item", "eggs"))
    assert values_of(["milk", "or", "eggs", "or", "bread", "for", "picnics"], spans)[-1] == ("list", "picnics")


@given(_LABELS, st.data())
def test_values_are_pieces_of_the_sentence_in_its_order(labels: list[str], data: st.DataObject) -> None:
    words = data.draw(
        st.lists(st.sampled_from(["at", "the", "nine", "anna"]), min_size=len(labels), max_size=len(labels))
    )
    spans = spans_of(labels)
    values = values_of(words, spans)
    assert {name for name, _ in values} == {span.argument for span in spans}
    text = f" {' '.join(words)} "
    assert all(f" {value} " in text for _, value in values)
