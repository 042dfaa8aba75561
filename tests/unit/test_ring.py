"""Facts about the sound that is kept for the start of an utterance."""

from __future__ import annotations

import pytest

from audio.frames import FRAME_SAMPLES, split_frames
from audio.ring import Ring


def test_it_keeps_the_last_frames_in_order() -> None:
    ring = Ring(span=3 * FRAME_SAMPLES)
    frames = list(split_frames(bytes(10 * 640)))
    for frame in frames:
        ring.push(frame)
    assert ring.take() == frames[-3:]


def test_a_frame_is_given_once() -> None:
    ring = Ring()
    for frame in split_frames(bytes(640)):
        ring.push(frame)
    assert len(ring.take()) == 1
    assert ring.take() == []


def test_after_dropped_frames_the_old_ones_are_let_go() -> None:
    ring = Ring()
    (old,) = split_frames(bytes(640))
    (new,) = split_frames(bytes(640), start=100 * FRAME_SAMPLES)
    ring.push(old)
    ring.push(new)
    assert ring.take() == [new]


def test_the_default_holds_four_tenths_of_a_second() -> None:
    ring = Ring()
    for frame in split_frames(bytes(100 * 640)):
        ring.push(frame)
    assert len(ring) * FRAME_SAMPLES == 6400


def test_a_negative_span_is_refused() -> None:
    with pytest.raises(ValueError, match="span"):
        Ring(-1)
