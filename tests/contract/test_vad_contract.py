"""What every voice activity detector must do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from audio.endpoint import Endpointer, SpeechEnded
from audio.frames import FRAME_BYTES, SAMPLE_RATE, split_frames
from models.engine import EngineFailed, EngineMissing
from models.silero_vad import SileroOptions, SileroVad
from models.vad import VoiceActivity
from tests.spoken import spoken

Make = Callable[[], VoiceActivity]
detectors = pytest.mark.parametrize("make", [SileroVad])
SILENCE = bytes(SAMPLE_RATE * 2)


@pytest.fixture(scope="module")
def speech() -> bytes:
    return spoken("What is the weather like in Basel tomorrow morning?")


def probabilities(vad: VoiceActivity, pcm: bytes) -> list[float]:
    return [vad.probability(frame.pcm) for frame in split_frames(pcm)]


def noise(level: float) -> bytes:
    wave = np.random.default_rng(1).normal(0, level * 32767, SAMPLE_RATE * 2)
    return np.clip(wave, -32768, 32767).astype("<i2").tobytes()


@detectors
def test_speech_is_speech(make: Make, speech: bytes) -> None:
    found = probabilities(make(), speech)
    assert max(found) > 0.9
    assert float(np.mean(found)) > 0.6


@detectors
@pytest.mark.parametrize("sound", [SILENCE, noise(0.01), noise(0.1)], ids=["silence", "soft noise", "loud noise"])
def test_silence_and_noise_are_not_speech(make: Make, sound: bytes) -> None:
    found = probabilities(make(), sound)
    assert max(found) < 0.5
    assert float(np.mean(found)) < 0.2


@detectors
def test_the_end_of_speech_is_noticed(make: Make, speech: bytes) -> None:
    vad, endpointer = make(), Endpointer()
    boundaries = [
        endpointer.take(frame.start, vad.probability(frame.pcm))
        for frame in split_frames(SILENCE + speech + SILENCE + SILENCE)
    ]
    ended = [boundary for boundary in boundaries if isinstance(boundary, SpeechEnded)]
    assert len(ended) == 1
    spoken_until = (len(SILENCE) + len(speech)) // 2
    assert ended[0].start == pytest.approx(len(SILENCE) // 2, abs=0.25 * SAMPLE_RATE)
    assert ended[0].last_voiced == pytest.approx(spoken_until, abs=0.5 * SAMPLE_RATE)


@detectors
def test_reset_forgets(make: Make, speech: bytes) -> None:
    vad = make()
    first = probabilities(vad, speech)
    vad.reset()
    assert probabilities(vad, speech) == first


@detectors
def test_the_answer_lies_between_0_and_1_from_the_first_frame(make: Make) -> None:
    vad = make()
    assert all(0 <= vad.probability(bytes([200, 100]) * (FRAME_BYTES // 2)) <= 1 for _ in range(10))


def test_a_missing_model_says_where_it_should_be(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match=r"none\.onnx"):
        SileroVad(SileroOptions(tmp_path / "none.onnx"))


def test_a_broken_model_is_a_failed_engine(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    with pytest.raises(EngineFailed, match=r"broken\.onnx"):
        SileroVad(SileroOptions(broken))


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(EngineFailed, match="even"):
        SileroVad().probability(b"\0")
