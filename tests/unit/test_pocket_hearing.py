"""The trigram of everyday sentences: what is learned, what is left out, and the file that ships."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import pytest

from models.everyday import EVERYDAY, read_everyday, with_everyday
from models.ngram import build_trigram
from models.pocket.hearing import everyday, packed, public

SENTENCES = [
    "is it going to rain",
    "is it going to snow",
    "tell xyzzy the secret number",
    "tell plugh about it",
]


def test_what_one_sentence_alone_says_cannot_be_read_back() -> None:
    model = everyday(SENTENCES, [])
    assert ("is", "it", "going") in model.orders[2]
    assert not any({"secret", "xyzzy"} & set(gram) for order in model.orders for gram in order)


def test_a_sentence_that_counts_often_is_still_one_sentence() -> None:
    assert ("going", "to", "rain") not in everyday([*SENTENCES, *SENTENCES[:1] * 5], ["rain"]).orders[2]


def test_a_word_that_can_be_pronounced_is_kept_though_only_one_sentence_has_it() -> None:
    model = everyday(SENTENCES, ["rain"])
    assert model.probability("rain") > 0
    assert model.probability("xyzzy") == 0


def test_the_packed_file_says_what_the_model_says(tmp_path: Path) -> None:
    model = everyday(SENTENCES, ["rain", "snow"])
    path = tmp_path / "model.arpa.xz"
    path.write_bytes(packed(model))
    again = read_everyday(path)
    assert again.words == model.words
    for word in model.words:
        assert math.log10(again.probability(word, ["going", "to"])) == pytest.approx(
            math.log10(model.probability(word, ["going", "to"])), abs=0.01
        )


def test_only_english_lines_are_learned(tmp_path: Path) -> None:
    for name in ("nlu_train", "clinc_train", "snips_train"):
        (tmp_path / f"{name}.jsonl").write_text("")
    lines = [{"text": "Turn it on!", "language": "en"}, {"text": "turn it off", "language": "zh-CN"}]
    (tmp_path / "hass_sentences.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, lines)))
    assert list(public(tmp_path)) == ["turn it on"]


def test_the_model_that_ships_is_small_and_knows_everyday_speech() -> None:
    assert EVERYDAY.stat().st_size < 1_500_000
    joined = with_everyday(build_trigram(["call anna", "turn off the light"]), EVERYDAY)
    assert joined.log10("what is the weather like this weekend") > joined.log10("this is like what the weekend weather")
    assert joined.log10("call anna") > -5


@pytest.mark.parametrize("damage", [b"", b"hello", b"\xfd7zXZ\x00"])
def test_a_damaged_file_is_named(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "broken.xz"
    path.write_bytes(damage)
    with pytest.raises(ValueError, match=r"broken\.xz|no trigram"):
        read_everyday(path)
