"""faster-whisper itself is driven by the policy: how often it encodes, how long utterances may be, what it is told.

The weights recite a sentence or are random, so nothing here is about what is recognised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from audio.frames import SAMPLE_RATE
from models.asr import Heard, Partial
from models.transcript import plain_words
from models.whisper_asr import WhisperOptions, WhisperRecogniser
from tests.spoken import spoken
from tests.tiny_whisper import write_tiny_whisper

SENTENCE = "set a timer for ten minutes"
SECOND = 2 * SAMPLE_RATE


@dataclass
class Counter:
    """Counts the frames of 10 ms that are encoded."""

    encode: Callable[[npt.NDArray[np.float32]], Any]
    frames: list[int] = field(default_factory=list)

    def __call__(self, features: npt.NDArray[np.float32]) -> Any:
        encoded = self.encode(features)
        self.frames.append(2 * encoded.shape[1])
        return encoded


@pytest.fixture(scope="module")
def speech() -> bytes:
    return spoken("the quick brown fox jumps over the lazy dog and runs away into the deep dark forest")


def opened(folder: Path, options: WhisperOptions | None = None, recites: str = SENTENCE) -> WhisperRecogniser:
    return WhisperRecogniser(write_tiny_whisper(folder, recites=recites), options=options)


def counted(recogniser: WhisperRecogniser) -> Counter:
    model = recogniser._model
    model.encode = counter = Counter(model.encode)
    return counter


def listen(recogniser: WhisperRecogniser, pcm: bytes) -> tuple[list[tuple[float, Partial]], Heard]:
    told = [(place / SECOND, recogniser.feed(pcm[place : place + 640])) for place in range(0, len(pcm), 640)]
    return [(when, partial) for when, partial in told if partial], recogniser.finish()


def test_silence_and_noise_are_never_encoded(tmp_path: Path) -> None:
    recogniser = opened(tmp_path)
    counter = counted(recogniser)
    noise = np.random.default_rng(5).normal(0, 500, 5 * SAMPLE_RATE).astype("<i2").tobytes()
    assert listen(recogniser, bytes(5 * SECOND) + noise) == ([], Heard("", 0.0))
    assert counter.frames == []


def test_each_reading_is_encoded_once(tmp_path: Path, speech: bytes) -> None:
    """Left to itself faster-whisper encodes again what comes after the last word."""
    recogniser = opened(tmp_path, WhisperOptions(pause_s=0.0))
    counter = counted(recogniser)
    listen(recogniser, speech[: 4 * SECOND])
    assert 3 <= len(counter.frames) <= 5
    assert set(counter.frames) == {3000}


def test_the_end_after_a_pause_finds_the_work_done(tmp_path: Path, speech: bytes) -> None:
    recogniser = opened(tmp_path)
    counter = counted(recogniser)
    for place in range(0, len(speech) + SECOND, 640):
        recogniser.feed((speech + bytes(SECOND))[place : place + 640])
    before = len(counter.frames)
    assert recogniser.finish().text
    assert len(counter.frames) == before


def test_an_utterance_longer_than_whispers_window_is_told_to_the_end(tmp_path: Path, speech: bytes) -> None:
    recogniser = opened(tmp_path)
    counter = counted(recogniser)
    long = (speech * 20)[: 65 * SECOND]
    partials, heard = listen(recogniser, long)
    assert len(counter.frames) <= 66 + 65 / 0.3
    committed: list[str] = []
    for _, partial in partials:
        assert plain_words(partial.committed)[: len(committed)] == committed
        committed = plain_words(partial.committed)
    assert [when for when, _ in partials if when > 45]
    assert len(committed) > 2 * len(SENTENCE.split())
    assert plain_words(heard.text)[: len(committed)] == committed


def test_short_windows_encode_little_more_than_the_sound(tmp_path: Path, speech: bytes) -> None:
    recogniser = opened(tmp_path, WhisperOptions(short_windows=True))
    counter = counted(recogniser)
    assert listen(recogniser, speech[: 4 * SECOND])[1].text == SENTENCE
    assert counter.frames
    assert max(counter.frames) <= 600


def test_more_words_than_the_sound_holds_are_not_believed(tmp_path: Path) -> None:
    recogniser = opened(
        tmp_path, recites="the quick brown fox jumps over a lazy dog and runs into his deep dark forest"
    )
    _, heard = listen(recogniser, spoken("stop") + bytes(SECOND))
    assert heard.text.startswith("the quick brown fox")
    assert heard.confidence < 0.5


def test_random_weights_break_nothing(tmp_path: Path, speech: bytes) -> None:
    """What they say depends on the processor."""
    recogniser = opened(tmp_path, recites="")
    partials, heard = listen(recogniser, speech + bytes(SECOND))
    committed = plain_words(partials[-1][1].committed) if partials else []
    assert plain_words(heard.text)[: len(committed)] == committed
    assert 0.0 <= heard.confidence <= 1.0
    assert recogniser.finish() == Heard("", 0.0)
