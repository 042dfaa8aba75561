"""Facts about WebRTC's echo canceller."""

from __future__ import annotations

import importlib
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from audio.echo import EchoCanceller
from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE, EchoError
from audio.webrtc import WebRtcEchoCanceller, WebRtcOptions


def talk(seconds: float, seed: int) -> np.ndarray:
    """Make noise in syllables of a fifth of a second."""
    count = round(seconds * SAMPLE_RATE)
    loud = np.abs(np.sin(np.arange(count) * math.pi / (SAMPLE_RATE / 5)))
    return np.asarray(np.random.default_rng(seed).standard_normal(count) * loud * 3000)


def pcm(sound: np.ndarray) -> bytes:
    return bytes(sound.clip(-32768, 32767).astype("<i2").tobytes())


def run(canceller: EchoCanceller, near: np.ndarray, far: np.ndarray) -> np.ndarray:
    frames = range(0, len(near) * 2, FRAME_BYTES)
    near_pcm, far_pcm = pcm(near), pcm(far)
    out = b"".join(
        canceller.process(near_pcm[start : start + FRAME_BYTES], far_pcm[start : start + FRAME_BYTES])
        for start in frames
    )
    return np.frombuffer(out, "<i2").astype(float)


def less_db(near: np.ndarray, out: np.ndarray) -> float:
    return float(10 * np.log10((near @ near) / max(1.0, out @ out)))


@pytest.mark.parametrize("delay", [SAMPLE_RATE // 50, SAMPLE_RATE // 10, SAMPLE_RATE // 4])
def test_it_removes_25_db_of_a_late_echo_after_a_second(delay: int) -> None:
    far = talk(4, seed=1)
    near = np.concatenate([np.zeros(delay), 0.3 * far])[: len(far)]
    out = run(WebRtcEchoCanceller(), near, far)
    assert less_db(near[SAMPLE_RATE:], out[SAMPLE_RATE:]) >= 25


@pytest.mark.parametrize("volume_db", [0, -16, -24])
def test_soft_echo_goes_as_well_as_loud_echo_from_the_first_second_on(volume_db: float) -> None:
    """WebRTC alone removes 24, 10 and 5 dB here."""
    delay = SAMPLE_RATE // 10
    far = talk(2, seed=1) * 10 ** (volume_db / 20)
    near = np.concatenate([np.zeros(delay), 0.3 * far])[: len(far)]
    out = run(WebRtcEchoCanceller(), near, far)
    first = slice(delay, delay + SAMPLE_RATE)
    assert less_db(near[first], out[first]) >= 20


def test_where_the_gain_falls_nothing_gets_louder() -> None:
    """What comes out is late, so the gain of before must be undone for that long."""
    begin = 25 * FRAME_SAMPLES
    knock = np.zeros(SAMPLE_RATE)
    knock[begin] = 30000
    near = np.random.default_rng(5).standard_normal(len(knock)) * 300 + knock
    out = run(WebRtcEchoCanceller(WebRtcOptions(high_pass_filter=False)), near, np.zeros(len(near)))
    before, after = out[begin - FRAME_SAMPLES : begin].std(), out[begin : begin + 128].std()
    assert after == pytest.approx(before, rel=0.3)


def test_with_a_silent_loudspeaker_the_wearer_is_kept() -> None:
    near = talk(4, seed=2)
    out = run(WebRtcEchoCanceller(), near, np.zeros(len(near)))
    assert abs(less_db(near[SAMPLE_RATE:], out[SAMPLE_RATE:])) < 1


def test_with_noise_suppression_steady_noise_goes_too() -> None:
    hiss = np.random.default_rng(4).standard_normal(4 * SAMPLE_RATE) * 300
    out = run(WebRtcEchoCanceller(WebRtcOptions(noise_suppression=True)), hiss, np.zeros(len(hiss)))
    assert less_db(hiss[2 * SAMPLE_RATE :], out[2 * SAMPLE_RATE :]) > 6


def test_two_cancellers_do_not_share_what_they_learned() -> None:
    far = talk(2, seed=3)
    first = run(WebRtcEchoCanceller(), 0.3 * far, far)
    assert np.array_equal(run(WebRtcEchoCanceller(), 0.3 * far, far), first)


@pytest.mark.parametrize("size", [0, FRAME_BYTES - 2, FRAME_BYTES * 2])
def test_only_whole_frames_are_taken(size: int) -> None:
    canceller = WebRtcEchoCanceller()
    with pytest.raises(ValueError, match="640 bytes"):
        canceller.process(bytes(size), bytes(FRAME_BYTES))
    with pytest.raises(ValueError, match="640 bytes"):
        canceller.process(bytes(FRAME_BYTES), bytes(size))


def test_without_the_package_the_error_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "livekit").mkdir()
    (tmp_path / "livekit" / "rtc.py").write_text("raise OSError('version `GLIBC_2.28\\' not found')\n")
    for name in [name for name in sys.modules if name.partition(".")[0] == "livekit"] + ["audio.webrtc"]:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(EchoError, match=r"livekit.*GLIBC_2\.28"):
        importlib.import_module("audio.webrtc")
