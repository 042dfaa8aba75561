"""Noise out of an utterance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.frames import SAMPLE_RATE
from models import noise_suppression
from models.noise_suppression import suppress_noise

pytest.importorskip("livekit.rtc", reason="needs the package livekit")


def noise(seconds: float, loudness: float = 800.0) -> np.ndarray:
    return np.random.default_rng(3).normal(0, loudness, round(seconds * SAMPLE_RATE))


def samples(pcm: bytes) -> np.ndarray:
    return np.frombuffer(pcm, "<i2").astype(float)


def pcm(sound: np.ndarray) -> bytes:
    return sound.clip(-32768, 32767).astype("<i2").tobytes()


def test_steady_noise_is_quieter_from_the_first_sample_on() -> None:
    quiet = samples(suppress_noise(pcm(noise(2))))
    assert np.std(quiet[:3200]) < 0.5 * 800
    assert np.std(quiet) < 0.5 * 800


def test_what_comes_and_goes_stays() -> None:
    times = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    syllables = 8000 * np.sin(2 * np.pi * 300 * times) * (np.sin(2 * np.pi * 3 * times) > 0)
    quiet = samples(suppress_noise(pcm(syllables + noise(2))))
    assert np.std(quiet[syllables != 0]) > 0.5 * np.std(syllables[syllables != 0])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 4000))
def test_it_stays_as_long_as_it_was_and_is_the_same_every_time(length: int) -> None:
    sound = pcm(noise(0.3)[:length])
    assert suppress_noise(sound) == suppress_noise(sound)
    assert len(suppress_noise(sound)) == len(sound)


def test_where_webrtc_does_not_load_the_sound_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise_suppression, "_LOADS", False)
    assert suppress_noise(pcm(noise(0.1))) == pcm(noise(0.1))
