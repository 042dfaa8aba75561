"""The n-gram model and its ARPA file."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from pocketsphinx import NGramModel  # type: ignore[import-untyped]  # ships no types

from models.ngram import END, build_trigram

SENTENCES = ["turn on the light", "turn off the light", "turn off the fan", "set a timer"]


def test_a_seen_sentence_is_likelier_than_its_words_in_another_order() -> None:
    model = build_trigram(SENTENCES)
    assert model.log10("turn off the light") > model.log10("light the off turn") > -math.inf


def test_a_sentence_counts_as_often_as_it_is_repeated() -> None:
    once, often = build_trigram(SENTENCES), build_trigram([*SENTENCES, "set a timer", "set a timer"])
    assert often.probability("set", ["<s>"]) > once.probability("set", ["<s>"])


def test_witten_bell_by_hand() -> None:
    model = build_trigram(["a b", "a b", "a c"])
    # Three words follow "a", two of them different: 2 / (2 + 3) goes to the shorter context.
    assert model.backoff[("a",)] == pytest.approx(0.4)
    assert model.probability("b", ["a"]) == pytest.approx(0.6 * 2 / 3 + 0.4 * model.probability("b"))
    assert model.probability("a", ["a"]) == pytest.approx(0.4 * model.probability("a"))


def test_words_of_the_vocabulary_may_come_anywhere() -> None:
    model = build_trigram(SENTENCES, ["pineapple", "light"])
    assert model.probability("pineapple", ["turn", "on"]) > 0
    assert model.probability("light") > model.probability("pineapple")
    assert build_trigram(SENTENCES).probability("pineapple") == 0
    assert build_trigram(SENTENCES).log10("turn on pineapple") == -math.inf


@pytest.mark.parametrize("sentences", [[], ["", "  "]])
def test_no_words_make_no_model(sentences: list[str]) -> None:
    with pytest.raises(ValueError, match="at least one sentence"):
        build_trigram(sentences, ["word"])


def test_the_arpa_file_announces_what_it_holds() -> None:
    lines = "\n".join(build_trigram(SENTENCES, ["pineapple"]).arpa()).split("\n")
    assert lines[0] == "\\data\\"
    assert lines[-1] == "\\end\\"
    for order in (1, 2, 3):
        start = lines.index(f"\\{order}-grams:") + 1
        grams = lines[start : lines.index("", start)]
        assert f"ngram {order}={len(grams)}" in lines
        assert all(len(gram.split()) == order + (1 if order == 3 else 2) for gram in grams)


def test_pocketsphinx_reads_the_same_probabilities(tmp_path: Path) -> None:
    ours = build_trigram(SENTENCES, ["pineapple"])
    path = tmp_path / "model.arpa"
    path.write_text("\n".join(ours.arpa()) + "\n")
    theirs = NGramModel.readfile(str(path))
    for words in (["turn", "off", "the"], ["off", "the", "light"], ["set", "a", "fan"], ["pineapple", "a", END]):
        expected = math.log10(ours.probability(words[2], words[:2]))
        # It wants the newest word first, and gives base 1.0001 logarithms.
        assert theirs.prob(words[::-1]) * math.log10(1.0001) == pytest.approx(expected, abs=0.01)
