"""What holds for the ring whatever is pushed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, Frame
from audio.ring import Ring


@given(st.integers(0, 20), st.lists(st.integers(1, 4), max_size=60))
def test_it_holds_exactly_the_frames_of_the_last_span(span: int, steps: list[int]) -> None:
    ring, frames, index = Ring(span * FRAME_SAMPLES), [], 0
    for step in steps:
        index += step
        frames.append(Frame(index * FRAME_SAMPLES, bytes(FRAME_BYTES)))
        ring.push(frames[-1])
    recent = [frame for frame in frames if frames[-1].end - frame.start <= span * FRAME_SAMPLES]
    assert ring.take() == recent
