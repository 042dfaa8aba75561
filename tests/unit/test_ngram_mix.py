"""Joining language models and reading them."""

from __future__ import annotations

import pytest

from models.ngram import build_trigram
from models.ngram_mix import Shares, mix, read_arpa, without

COMMANDS = build_trigram(["turn off the light", "turn off the fan", "call anna"])
EVERYDAY = build_trigram(["turn off the noise", "is it going to rain"])


def test_a_mixture_can_say_the_sentences_of_both() -> None:
    mixed = mix(COMMANDS, EVERYDAY, Shares(0.1, 0.3, 0.9))
    assert mixed.log10("call anna") > mixed.log10("rain anna")
    assert mixed.log10("is it going to rain") > mixed.log10("is it going to anna")


def test_a_greater_share_makes_the_other_models_sentences_likelier() -> None:
    little, much = (mix(COMMANDS, EVERYDAY, Shares(share, share, share)) for share in (0.2, 0.8))
    assert much.log10("is it going to rain") > little.log10("is it going to rain")
    assert much.log10("call anna") < little.log10("call anna")


def test_who_alone_knows_the_words_before_is_asked() -> None:
    mixed = mix(COMMANDS, EVERYDAY, Shares(one_knows=0.1, both_know=0.5, other_knows=0.8))
    for share, context, word in ((0.1, ("call",), "anna"), (0.5, ("off", "the"), "fan"), (0.8, ("is", "it"), "going")):
        both = (1 - share) * COMMANDS.probability(word, context) + share * EVERYDAY.probability(word, context)
        assert mixed.probability(word, context) == pytest.approx(both)


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_a_share_is_more_than_nothing_and_less_than_all(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        Shares(0.5, share, 0.5)


def test_what_is_left_out_is_as_likely_as_the_shorter_context_says() -> None:
    thinned = without(COMMANDS, {("the", "light"), ("off", "the", "light")})
    assert ("off", "the", "light") not in thinned.orders[2]
    ratio = thinned.probability("light", ("off", "the")) / thinned.probability("light")
    assert ratio == pytest.approx(thinned.backoff["off", "the"] * thinned.backoff["the",])


@pytest.mark.parametrize("text", ["", "\\1-grams:\n", "\\1-grams:\n-1.0\n", "\\1-grams:\nx a\n", "hello"])
def test_what_is_no_arpa_file_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"gram|float"):
        read_arpa(text.split("\n"))
