"""Facts about the short sounds."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from audio import earcons
from audio.frames import FRAME_SAMPLES, SAMPLE_RATE

ALL: tuple[Callable[[], bytes], ...] = (
    earcons.listening,
    earcons.done,
    earcons.problem,
    earcons.cancelled,
    earcons.no_link,
    earcons.ring,
)


def samples(pcm: bytes) -> np.ndarray:
    return np.frombuffer(pcm, "<i2").astype(float)


@pytest.mark.parametrize("earcon", ALL, ids=lambda earcon: earcon.__name__)
def test_an_earcon_is_short_soft_and_starts_and_ends_without_a_click(earcon: Callable[[], bytes]) -> None:
    sound = samples(earcon())
    assert 0.1 < len(sound) / SAMPLE_RATE < 0.4
    assert 3000 < np.abs(sound).max() < 10000
    assert np.abs(sound[:8]).max() < 500
    assert np.abs(sound[-8:]).max() < 500
    assert np.abs(np.diff(sound)).max() < 6000


def test_an_earcon_is_the_same_each_time() -> None:
    assert all(earcon() == earcon() for earcon in ALL)


def picture(pcm: bytes) -> np.ndarray:
    """Give which pitch sounds when, as a vector of length 1."""
    sound = samples(pcm)
    padded = np.pad(sound, (0, round(0.4 * SAMPLE_RATE) - len(sound)))
    frames = padded[: len(padded) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    pitches = np.sqrt(np.abs(np.fft.rfft(frames * np.hanning(FRAME_SAMPLES), axis=1)))
    return np.asarray((pitches / np.linalg.norm(pitches)).ravel())


def test_no_two_earcons_sound_alike() -> None:
    assert len(ALL) < 10
    for one, other in itertools.combinations(ALL, 2):
        likeness = float(picture(one()) @ picture(other()))
        assert likeness < 0.8, f"{one.__name__} is like {other.__name__}: {likeness:.2f}"
