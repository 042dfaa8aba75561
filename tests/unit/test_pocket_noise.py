"""Pairs of what was said and what was heard, without an engine."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.asr import Heard, Partial
from models.pocket import noise
from models.pocket.noise import Pair, misheard
from models.pocket.speakers import in_a_room
from models.pocket.word_errors import word_error_rate, word_errors
from models.pocket.wording import as_heard

WORDS = st.lists(st.sampled_from(["turn", "on", "the", "light"]), max_size=6)
TEXTS = [f"remind me of number {number}" for number in ("one", "two", "three")]


class Whistler:
    """A speaker of one note, whose length tells the sentence."""

    def __init__(self, note: int = 20) -> None:
        self._note = note

    def speak(self, sentence: str) -> bytes:
        return (np.sin(np.arange(100 * len(sentence)) / self._note) * 9_000).astype("<i2").tobytes()


class Deaf:
    """A recogniser that hears the number of times it listened."""

    def __init__(self) -> None:
        self.times = 0
        self.sounds: list[bytes] = []

    def start(self) -> None:
        self.sounds.append(b"")

    def feed(self, pcm: bytes) -> Partial | None:
        self.sounds[-1] += pcm
        return None

    def reread(self) -> str:
        return ""

    def finish(self, sensible: str = "") -> Heard:
        self.times += 1
        return Heard(f"sound {self.times}", 0.25, ("something",))


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("Wake me at 5 p.m., it's Anna\N{RIGHT SINGLE QUOTATION MARK}s day", "wake me at five pm it's anna's day"),
        ("'play' the users' radio", "play the users radio"),
        ("\N{GRINNING FACE} ...", ""),
    ],
)
def test_written_sentences_become_what_a_recogniser_would_write(written: str, heard: str) -> None:
    assert as_heard(written) == heard


@given(st.text())
@example("P:M")
def test_what_is_heard_is_plain_words_and_is_heard_as_it_is(text: str) -> None:
    heard = as_heard(text)
    assert set(heard) <= set("abcdefghijklmnopqrstuvwxyz' ")
    assert as_heard(heard) == heard


@given(WORDS, WORDS)
def test_word_errors_are_a_distance(said: list[str], heard: list[str]) -> None:
    errors = word_errors(said, heard)
    assert (errors == 0) == (said == heard)
    assert errors == word_errors(heard, said)
    assert abs(len(said) - len(heard)) <= errors <= max(len(said), len(heard))


def test_the_word_error_rate_counts_words_not_sentences() -> None:
    said = ["turn", "on", "the", "light", "in", "the", "kitchen"]
    assert word_error_rate([(said, said), (["stop"], ["top"])]) == pytest.approx(1 / 8)
    assert word_error_rate([]) == 0.0


def test_every_sentence_is_said_once_and_those_that_are_done_are_not() -> None:
    recogniser = Deaf()
    pairs = list(misheard(recogniser, [Whistler()], TEXTS, {TEXTS[1]}))
    assert pairs == [
        Pair(TEXTS[0], "sound 1", 0.25, ("something",)),
        Pair(TEXTS[2], "sound 2", 0.25, ("something",)),
    ]


def test_the_same_sentence_sounds_the_same_after_a_run_that_was_cut_off() -> None:
    whole, rest = Deaf(), Deaf()
    voices = [Whistler()]
    list(misheard(whole, voices, TEXTS))
    list(misheard(rest, voices, TEXTS, set(TEXTS[:2])))
    assert rest.sounds == whole.sounds[2:]


def test_a_room_is_never_silent_and_leaves_a_pause_on_both_sides() -> None:
    loud = np.full(16_000, 10_000, "<i2").tobytes()
    room = np.frombuffer(in_a_room(loud, random.Random(1)), "<i2").astype(float)
    assert len(room) == 16_000 * 1.8
    for quiet in (room[:4_800], room[-8_000:]):
        assert 0 < np.std(quiet) < 60
    assert np.mean(room[4_800:-8_000]) > 3_000


def test_the_program_adds_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out, lexicon = tmp_path / "in", tmp_path / "out", tmp_path / "lexicon"
    source.write_bytes(b"\n".join(msgspec.json.encode({"text": text, "tool": "x"}) for text in TEXTS))
    lexicon.write_text('{"sentences": ["stop"], "vocabulary": []}')
    done = Pair(TEXTS[0], "earlier", 1.0, ())
    out.write_bytes(msgspec.json.encode(done) + b"\n")
    monkeypatch.setattr(noise, "open_recogniser", lambda *_args, **_options: Deaf())
    noise.main(["--in", str(source), "--out", str(out), "--lexicon", str(lexicon)])
    pairs = [msgspec.json.decode(line, type=Pair) for line in out.read_bytes().splitlines()]
    assert pairs[0] == done
    assert sorted(pair.text for pair in pairs) == sorted(TEXTS)
