"""Laws of raising two sounds together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from audio.headroom import Headroom, HeadroomOptions, scaled

OPTIONS = HeadroomOptions()
FRAME = 4
frames = st.lists(st.integers(-32768, 32767), min_size=FRAME, max_size=FRAME).map(
    lambda samples: np.array(samples, "<i2").tobytes()
)


def loudest(pcm: bytes) -> int:
    return int(np.abs(np.frombuffer(pcm, "<i2").astype(int)).max())


@given(st.lists(st.tuples(frames, frames), max_size=30))
def test_nothing_that_is_raised_clips_and_nothing_is_lowered(pairs: list[tuple[bytes, bytes]]) -> None:
    headroom = Headroom()
    for near, far in pairs:
        factor = headroom.take(near, far)
        assert 1 <= factor <= 10 ** (OPTIONS.most_db / 20) + 1e-9
        peak = max(loudest(near), loudest(far))
        assert factor == 1 or peak * factor <= OPTIONS.ceiling * 32767 * (1 + 1e-9)


@given(st.lists(st.tuples(frames, frames), min_size=2, max_size=30))
def test_the_gain_comes_back_slowly(pairs: list[tuple[bytes, bytes]]) -> None:
    headroom = Headroom()
    gains_db = [20 * np.log10(headroom.take(*pair)) for pair in pairs]
    assert max(np.diff(gains_db)) <= OPTIONS.rise_db + 1e-9


@given(frames)
def test_whichever_of_the_two_is_loud_the_gain_is_the_same(frame: bytes) -> None:
    silent = bytes(len(frame))
    assert Headroom().take(frame, silent) == Headroom().take(silent, frame)


@given(frames, st.floats(1, 10))
def test_what_was_raised_without_clipping_comes_back_as_it_was(frame: bytes, factor: float) -> None:
    if loudest(frame) * factor < 32767:
        assert scaled(scaled(frame, factor), 1 / factor) == frame


def test_soft_sound_gets_the_most_and_after_something_loud_it_takes_a_minute_and_a_half() -> None:
    soft, loud = np.array([10], "<i2").tobytes(), np.array([-32768], "<i2").tobytes()
    headroom = Headroom()
    most = headroom.take(soft)
    assert most == 10 ** (OPTIONS.most_db / 20)
    assert headroom.take(soft, loud) == 1
    frames_until = next(count for count in range(100_000) if headroom.take(soft) >= most * 0.999)
    assert 90 < frames_until / 50 < 110
