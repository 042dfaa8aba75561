"""Facts about changing the sample rate of sound that arrives in pieces."""

from __future__ import annotations

import numpy as np
import pytest

from audio.resample import Resampler


@pytest.mark.parametrize("rate", [8000, 22050, 24000, 44100, 48000])
def test_a_second_stays_a_second_and_its_level_stays(rate: int) -> None:
    wave = np.sin(2 * np.pi * 440 * np.arange(rate) / rate) * 10000
    resampler = Resampler(rate)
    out = resampler.push(wave.astype("<i2").tobytes()) + resampler.finish()
    sound = np.frombuffer(out, "<i2").astype(float)
    assert abs(len(sound) - 16000) <= 1
    expected = np.sin(2 * np.pi * 440 * np.arange(len(sound)) / 16000) * 10000
    assert np.abs(sound - expected)[100:-100].max() < 100


def test_it_may_be_used_again_after_finish() -> None:
    resampler = Resampler(22050)
    first = resampler.push(bytes(2205 * 2)) + resampler.finish()
    assert len(first) == len(resampler.push(bytes(2205 * 2)) + resampler.finish()) == 3200
    assert resampler.finish() == b""


def test_the_first_piece_gives_sound_at_once() -> None:
    assert len(Resampler(22050).push(bytes(1323 * 2))) > 900 * 2


def test_the_same_rate_changes_nothing() -> None:
    resampler = Resampler(16000)
    assert resampler.push(b"abc") + resampler.push(b"d") + resampler.finish() == b"abcd"


def test_a_rate_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="rate"):
        Resampler(0)
