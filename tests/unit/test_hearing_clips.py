"""Recordings in noise and in rooms, and their halves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.files import write_wav
from edge.benches.hearing_clips import Condition, Sounds, half_of, noise_gain, read_clips, reverberated, voiced_power

_RATE = 16000


def tone(seconds: float = 1.0, hertz: float = 440.0, loudness: float = 3000.0) -> np.ndarray:
    return loudness * np.sin(2 * np.pi * hertz * np.arange(int(seconds * _RATE)) / _RATE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of two clips, a noise and a room, as WAV in files that are called FLAC: FFmpeg looks inside."""
    for part in ("clips", "noise", "rooms"):
        (tmp_path / part).mkdir()
    click = np.zeros(800)
    click[40] = 20000
    noise = np.random.default_rng(1).normal(0, 500, 3 * _RATE)
    for name, sound in {"clips/a": tone(), "clips/b": tone(0.5), "noise/n": noise, "rooms/r": click}.items():
        write_wav(tmp_path / f"{name}.flac", sound.astype("<i2").tobytes())
    lines = [
        {
            "file": f"clips/{name}.flac",
            "text": "Stop it.",
            "speaker": name,
            "kind": "read",
            "source": "us",
            "licence": "-",
        }
        for name in "ab"
    ]
    (tmp_path / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    return tmp_path


def test_the_halves_are_apart_and_together_are_all(folder: Path) -> None:
    halves = [read_clips(folder, half) for half in ("tune", "exam")]
    assert sorted(clip.file for half in halves for clip in half) == [clip.file for clip in read_clips(folder)]
    assert {half_of(f"{number}.flac") for number in range(20)} == {"tune", "exam"}


def test_an_unknown_half_is_named(folder: Path) -> None:
    with pytest.raises(ValueError, match="'test'"):
        read_clips(folder, "test")


def test_a_clip_sounds_the_same_every_time_and_has_pauses_around_it(folder: Path) -> None:
    (clip, _), where = read_clips(folder), Condition(10)
    one, other = (Sounds(folder).hear(clip, where) for _ in range(2))
    assert one == other
    assert len(one) // 2 == int(1.8 * _RATE)


def test_noise_is_there_when_it_is_asked_for(folder: Path) -> None:
    clip = read_clips(folder)[0]
    pauses = [
        np.std(np.frombuffer(Sounds(folder).hear(clip, where), "<i2")[: int(0.3 * _RATE)].astype(float))
        for where in (Condition(), Condition(20), Condition(0))
    ]
    assert pauses[0] < 20 < pauses[1] < pauses[2] / 5


def test_a_room_keeps_loudness_length_and_time(folder: Path) -> None:
    clip = read_clips(folder)[0]
    dry, wet = (Sounds(folder).hear(clip, where) for where in (Condition(), Condition(in_room=True)))
    # The room of one click changes nothing at all.
    assert np.max(np.abs(np.frombuffer(dry, "<i2").astype(int) - np.frombuffer(wet, "<i2"))) <= 2


def test_a_folder_without_noise_says_so(folder: Path) -> None:
    (folder / "noise" / "n.flac").unlink()
    with pytest.raises(ValueError, match="noise/"):
        Sounds(folder).hear(read_clips(folder)[0], Condition(10))


@given(above_db=st.floats(-20, 40), loudness=st.floats(1, 5000))
def test_the_noise_is_as_far_under_the_speech_as_was_asked(above_db: float, loudness: float) -> None:
    speech = np.concatenate([np.zeros(_RATE), tone(), np.zeros(_RATE)])
    noise = np.random.default_rng(2).normal(0, loudness, len(speech))
    gain = noise_gain(speech, noise, above_db)
    assert 10 * np.log10(voiced_power(speech) / np.mean((noise * gain) ** 2)) == pytest.approx(above_db)


def test_pauses_do_not_make_a_voice_quieter() -> None:
    assert voiced_power(np.concatenate([tone(), np.zeros(5 * _RATE)])) == pytest.approx(voiced_power(tone()))


def test_an_echo_comes_after_the_direct_sound() -> None:
    response = np.zeros(2000)
    response[[100, 900]] = 1.0, 0.5
    knock = np.zeros(_RATE)
    knock[4000] = 1000.0
    assert np.argsort(np.abs(reverberated(knock, response)))[-2:].tolist() == [4800, 4000]
