"""Facts about pitch and its fall."""

from __future__ import annotations

import numpy as np
import pytest

from audio.frames import FRAME_BYTES, SAMPLE_RATE
from audio.level import SILENT_DB, level_db
from audio.prosody import Prosody, pitch


def voice(hertz: float, seconds: float) -> bytes:
    """Make a sound with five harmonics."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sound = sum(np.sin(2 * np.pi * hertz * number * time) / number for number in range(1, 6))
    return np.asarray(3000 * sound).astype("<i2").tobytes()


def heard(*sounds: bytes) -> Prosody:
    prosody, pcm = Prosody(), b"".join(sounds)
    for place in range(0, len(pcm), FRAME_BYTES):
        prosody.take(pcm[place : place + FRAME_BYTES])
    return prosody


@pytest.mark.parametrize("hertz", [80, 110, 190, 260, 380])
def test_the_pitch_of_a_voice_is_found_within_a_hundredth(hertz: float) -> None:
    found = pitch(np.frombuffer(voice(hertz, 0.1), "<i2") / 32768)
    assert found == pytest.approx(hertz, rel=0.01)


def test_hiss_and_silence_have_no_pitch() -> None:
    assert pitch(np.random.default_rng(1).normal(0, 0.1, 1600)) is None
    assert pitch(np.zeros(1600)) is None
    assert heard(bytes(SAMPLE_RATE * 2)).fall() is None


def test_a_voice_that_ends_an_octave_lower_fell_by_twelve_semitones_and_one_that_stays_by_none() -> None:
    assert heard(voice(200, 1.0), voice(100, 0.2)).fall() == pytest.approx(12, abs=0.3)
    assert heard(voice(200, 1.2)).fall() == pytest.approx(0, abs=0.1)
    assert (heard(voice(100, 1.0), voice(200, 0.2)).fall() or 0) < -11


def test_silence_after_the_voice_changes_nothing() -> None:
    assert heard(voice(200, 1.0), voice(100, 0.2), bytes(SAMPLE_RATE * 2)).fall() == pytest.approx(12, abs=0.3)


def test_a_short_sound_has_not_fallen() -> None:
    assert heard(voice(200, 0.1), voice(100, 0.1)).fall() is None


def test_a_new_utterance_begins_anew() -> None:
    prosody = heard(voice(200, 1.0))
    prosody.reset()
    assert prosody.fall() is None


def test_full_scale_is_0_db_and_silence_is_the_least() -> None:
    assert level_db(np.full(320, -32768, "<i2").tobytes()) == pytest.approx(0)
    assert level_db(np.full(320, 3277, "<i2").tobytes()) == pytest.approx(-20, abs=0.01)
    assert level_db(bytes(640)) == level_db(b"") == SILENT_DB
