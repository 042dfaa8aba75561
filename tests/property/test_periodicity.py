"""What holds for how much sound repeats itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE
from audio.periodicity import Periodicity


def last(sound: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Give what the last of some frames gets."""
    pcm = sound.clip(-32768, 32767).astype("<i2").tobytes()
    periodicity = Periodicity()
    return [periodicity.take(pcm[at : at + FRAME_BYTES]) for at in range(0, len(pcm), FRAME_BYTES)][-1]


@given(st.binary(min_size=FRAME_BYTES, max_size=FRAME_BYTES), st.binary(min_size=FRAME_BYTES, max_size=FRAME_BYTES))
def test_any_sound_gets_0_to_1(first: bytes, second: bytes) -> None:
    periodicity = Periodicity()
    assert 0 <= periodicity.take(first) <= 1
    assert 0 <= periodicity.take(second) <= 1


@given(st.floats(85, 300), st.floats(-50, -10))
def test_a_buzz_with_the_pitch_of_a_voice_repeats_itself_however_loud(hertz: float, peak_db: float) -> None:
    phase = 2 * np.pi * hertz * np.arange(3 * FRAME_SAMPLES) / SAMPLE_RATE
    buzz = np.sum([np.sin(number * phase) for number in range(1, 6)], axis=0) / 5
    assert last(buzz * 32768 * 10 ** (peak_db / 20)) > 0.9


@given(st.integers(0, 2**32 - 1))
def test_hiss_does_not(seed: int) -> None:
    assert last(np.random.default_rng(seed).normal(0, 1000, 3 * FRAME_SAMPLES)) < 0.5


@given(st.floats(5, 15))
def test_nor_does_rumble(hertz: float) -> None:
    assert last(np.sin(2 * np.pi * hertz * np.arange(3 * FRAME_SAMPLES) / SAMPLE_RATE) * 8000) < 0.7


def test_silence_does_not() -> None:
    assert last(np.zeros(3 * FRAME_SAMPLES)) == 0
