"""A language model is a distribution over the next word, whatever it was built from."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ngram import BEGIN, build_trigram

WORDS = st.sampled_from(["turn", "on", "off", "the", "light", "a", "timer", "for", "ten", "minutes"])
SENTENCES = st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=12)
VOCABULARY = st.lists(st.sampled_from(["light", "pineapple", "doorbell", "half", "o'clock"]), max_size=4)


@given(SENTENCES, VOCABULARY)
def test_the_probabilities_after_every_context_sum_to_one(sentences: list[str], vocabulary: list[str]) -> None:
    model = build_trigram(sentences, vocabulary)
    contexts = [(), (BEGIN,), *model.backoff, ("pineapple",), ("light", "never seen"), ("never", "seen")]
    for context in contexts:
        total = sum(model.probability(word, context) for word in model.words)
        assert total == pytest.approx(1.0, abs=1e-6), context


@given(SENTENCES, VOCABULARY)
def test_every_sentence_that_it_was_built_from_can_be_said(sentences: list[str], vocabulary: list[str]) -> None:
    model = build_trigram(sentences, vocabulary)
    assert all(-math.inf < model.log10(sentence) < 0 for sentence in sentences)


@given(SENTENCES, VOCABULARY)
def test_every_word_can_follow_every_context(sentences: list[str], vocabulary: list[str]) -> None:
    model = build_trigram(sentences, vocabulary)
    assert set(vocabulary) < set(model.words)
    assert all(model.probability(word, context) > 0 for context in model.backoff for word in model.words)
