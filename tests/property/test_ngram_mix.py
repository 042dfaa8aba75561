"""A mixed, a thinned and a rounded language model are still distributions over the next word."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ngram import BEGIN, Trigram, build_trigram
from models.ngram_mix import Shares, mix, read_arpa, without

WORDS = st.sampled_from(["turn", "on", "off", "the", "light", "a", "timer", "for", "ten", "minutes"])
SENTENCES = st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=12)
MODELS = st.builds(build_trigram, SENTENCES, st.lists(st.sampled_from(["light", "pineapple", "half"]), max_size=3))
SHARES = st.builds(Shares, st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.05, 0.95))


def assert_is_a_distribution(model: Trigram, within: float = 1e-5) -> None:
    contexts = [(), (BEGIN,), *model.backoff, ("pineapple",), ("never", "seen"), (BEGIN, "turn")]
    for context in contexts:
        total = sum(model.probability(word, context) for word in model.words)
        assert total == pytest.approx(1.0, abs=within), context


@given(MODELS, MODELS, SHARES)
def test_a_mixture_is_a_distribution(one: Trigram, other: Trigram, shares: Shares) -> None:
    assert_is_a_distribution(mix(one, other, shares))


@given(MODELS, MODELS, st.floats(0.05, 0.95))
def test_what_either_has_seen_is_as_likely_as_both_say(one: Trigram, other: Trigram, share: float) -> None:
    mixed = mix(one, other, Shares(share, share, share))
    for order in (*one.orders, *other.orders):
        for *context, word in order:
            both = (1 - share) * one.probability(word, context) + share * other.probability(word, context)
            assert mixed.probability(word, context) == pytest.approx(both)


@given(MODELS, st.data())
def test_a_thinned_model_is_a_distribution_and_keeps_the_rest(model: Trigram, data: st.DataObject) -> None:
    rare = data.draw(st.sets(st.sampled_from(sorted(model.orders[2])))) if model.orders[2] else set()
    thinned = without(model, rare)
    assert_is_a_distribution(thinned)
    assert rare.isdisjoint(thinned.orders[2])
    for *context, word in model.orders[2].keys() - rare:
        assert thinned.probability(word, context) == pytest.approx(model.probability(word, context))


@given(MODELS)
def test_an_arpa_file_is_read_as_it_was_written(model: Trigram) -> None:
    again = read_arpa(line for lines in model.arpa() for line in lines.split("\n"))
    assert_is_a_distribution(again, within=1e-3)
    for context in ((), (BEGIN,), *model.backoff):
        for word in model.words:
            wanted = math.log10(model.probability(word, context))
            assert math.log10(again.probability(word, context)) == pytest.approx(wanted, abs=0.02)
