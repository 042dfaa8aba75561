"""What holds for utterance boundaries whatever the detector says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audio.endpoint import Boundary, Endpointer, EndpointOptions, SpeechEnded, SpeechStarted
from audio.frames import FRAME_SAMPLES, Frame
from audio.ring import Ring

OPTIONS = EndpointOptions(end_silence=5 * FRAME_SAMPLES, max_utterance=30 * FRAME_SAMPLES)
PROBABILITIES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.4, 0.5, 0.9]), st.integers(1, 12)).map(lambda run: [run[0]] * run[1]),
    max_size=30,
).map(lambda runs: [value for run in runs for value in run])
"""Runs of equal frames: independent frames would hardly ever make an utterance."""


def boundaries(probabilities: list[float]) -> list[Boundary]:
    endpointer = Endpointer(OPTIONS)
    taken = [endpointer.take(index * FRAME_SAMPLES, value) for index, value in enumerate(probabilities)]
    return [boundary for boundary in [*taken, endpointer.finish()] if boundary is not None]


@given(PROBABILITIES)
def test_starts_and_ends_alternate_and_never_overlap(probabilities: list[float]) -> None:
    found = boundaries(probabilities)
    before = 0
    for started, ended in zip(found[::2], found[1::2], strict=True):
        assert isinstance(started, SpeechStarted)
        assert isinstance(ended, SpeechEnded)
        assert before <= started.start == ended.start < ended.last_voiced <= ended.end
        before = ended.end


@given(PROBABILITIES)
def test_no_utterance_is_longer_than_allowed(probabilities: list[float]) -> None:
    lengths = [found.end - found.start for found in boundaries(probabilities) if isinstance(found, SpeechEnded)]
    assert all(length <= OPTIONS.max_utterance for length in lengths)


@given(st.lists(st.floats(0, 0.49), max_size=200))
def test_silence_never_starts(probabilities: list[float]) -> None:
    assert boundaries(probabilities) == []


@given(PROBABILITIES)
def test_what_begins_an_utterance_is_speech_without_a_break(probabilities: list[float]) -> None:
    for found in boundaries(probabilities):
        if isinstance(found, SpeechStarted):
            first = found.start // FRAME_SAMPLES
            assert min(probabilities[first : first + 5]) >= OPTIONS.start_probability


@given(PROBABILITIES)
def test_the_ring_gives_the_start_and_what_lies_before_it_and_nothing_twice(probabilities: list[float]) -> None:
    endpointer, ring, before = Endpointer(OPTIONS), Ring(), 0
    for index, value in enumerate(probabilities):
        ring.push(Frame(index * FRAME_SAMPLES, b""))
        match endpointer.take(index * FRAME_SAMPLES, value):
            case SpeechStarted(start):
                taken = [frame.start for frame in ring.take()]
                assert start in taken
                assert before <= taken[0] <= max(before, start - 15 * FRAME_SAMPLES)
                before = index * FRAME_SAMPLES + FRAME_SAMPLES
