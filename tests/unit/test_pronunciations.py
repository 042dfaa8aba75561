"""Which words can be said, and how."""

from __future__ import annotations

import logging
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.letter_sounds import sound_out
from models.pronunciations import dictionary_lines, pronounce, read_dictionary

DICTIONARY = [
    "call K AO L",
    "door D AO R",
    "cam K AE M",
    "load L OW D",
    "house HH AW S",
    "mute M Y UW T",
    "read R EH D",
    "read(2) R IY D",
    "zero Z IH R OW",
]
ARPABET = "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"


@pytest.fixture
def cmudict(tmp_path: Path) -> Path:
    path = tmp_path / "cmudict.dict"
    path.write_text("\n".join(DICTIONARY) + "\n")
    return path


def test_only_the_wanted_words_with_their_alternates(cmudict: Path) -> None:
    assert pronounce(["read", "zero"], cmudict) == {"read": ["R EH D", "R IY D"], "zero": ["Z IH R OW"]}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("calls", "K AO L Z"),
        ("house's", "HH AW S IH Z"),
        ("loaded", "L OW D AH D"),
        ("reading", "R EH D IH NG"),
        ("doorcam", "D AO R K AE M"),
        ("unmute", "AH N M Y UW T"),
    ],
)
def test_words_are_made_of_known_ones(cmudict: Path, word: str, said: str) -> None:
    assert pronounce([word], cmudict)[word][0] == said


def test_a_name_is_sounded_out_and_logged(cmudict: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert pronounce(["priya"], cmudict) == {"priya": ["P R IH Y AH"]}
    assert "priya" in caplog.text


def test_a_word_of_consonants_is_spelled(cmudict: Path) -> None:
    assert pronounce(["gps"], cmudict) == {"gps": ["JH IY P IY EH S"]}


def test_all_words_that_cannot_be_said_are_named(cmudict: Path) -> None:
    with pytest.raises(ValueError, match="'20', 'café'"):
        pronounce(["20", "read", "café"], cmudict)


def test_a_dictionary_is_read_as_it_was_written(cmudict: Path) -> None:
    said = pronounce(["read", "zero", "priya"], cmudict)
    assert read_dictionary(dictionary_lines(said)) == said


@given(st.text(string.ascii_lowercase + "'", min_size=1).filter(lambda word: word.strip("'")))
def test_every_word_of_letters_has_phones(word: str) -> None:
    phones = sound_out(word)
    assert phones
    assert set(phones) <= set(ARPABET.split())


@pytest.mark.parametrize("word", ["", "'", "a1", "über", "two words", "A"])
def test_what_is_no_word_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="not a word"):
        sound_out(word)
