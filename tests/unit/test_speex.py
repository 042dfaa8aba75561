"""Facts about the peer of the echo bench."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import numpy as np
import pytest

from audio.frames import FRAME_BYTES, EchoError
from edge.benches import speex
from edge.benches.speex import SpeexEchoCanceller


@pytest.fixture
def canceller() -> Iterator[SpeexEchoCanceller]:
    try:
        ctypes.CDLL("libspeexdsp.so.1")
    except OSError:
        pytest.skip("needs libspeexdsp1")
    canceller = SpeexEchoCanceller()
    yield canceller
    canceller.close()


def test_it_removes_echo(canceller: SpeexEchoCanceller) -> None:
    dice, near_power, out_power = np.random.default_rng(1), 0.0, 0.0
    for index in range(400):
        far = dice.standard_normal(FRAME_BYTES // 2) * 3000
        near = (far * 0.3).astype("<i2").tobytes()
        out = canceller.process(near, far.astype("<i2").tobytes())
        assert len(out) == FRAME_BYTES
        if index >= 200:
            near_power += float(np.square(np.frombuffer(near, "<i2").astype(float)).sum())
            out_power += float(np.square(np.frombuffer(out, "<i2").astype(float)).sum())
    assert near_power > 100 * out_power


def test_only_whole_frames_are_taken(canceller: SpeexEchoCanceller) -> None:
    with pytest.raises(ValueError, match="640 bytes"):
        canceller.process(bytes(2), bytes(FRAME_BYTES))


def test_without_the_library_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speex, "_LIBRARY", "libnonesuch.so.1")
    with pytest.raises(EchoError, match="sudo apt-get install libspeexdsp1"):
        SpeexEchoCanceller()
