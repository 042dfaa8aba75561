"""Facts about where utterances begin and end."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from audio.endpoint import Boundary, Endpointer, EndpointOptions, SpeechEnded, SpeechStarted
from audio.frames import FRAME_SAMPLES

SPEECH, SOFT, SILENCE = 0.9, 0.4, 0.1


def run(endpointer: Endpointer, probabilities: Iterable[float], first: int = 0) -> list[Boundary]:
    taken = (endpointer.take((first + index) * FRAME_SAMPLES, value) for index, value in enumerate(probabilities))
    return [boundary for boundary in taken if boundary is not None]


def frames(count: int) -> int:
    return count * FRAME_SAMPLES


def test_an_utterance_starts_at_its_first_voiced_frame_and_ends_after_half_a_second_of_silence() -> None:
    boundaries = run(Endpointer(), [SILENCE] * 10 + [SPEECH] * 20 + [SILENCE] * 40)
    assert boundaries == [SpeechStarted(frames(10)), SpeechEnded(frames(10), frames(55), frames(30))]


def test_silence_is_counted_from_the_last_voiced_sample() -> None:
    endpointer = Endpointer()
    run(endpointer, [SPEECH] * 10)
    assert endpointer.silence == 0
    run(endpointer, [SILENCE] * 7, first=10)
    assert endpointer.silence == frames(7)
    run(endpointer, [SOFT], first=17)
    assert endpointer.silence == 0


def test_a_click_is_not_speech() -> None:
    assert run(Endpointer(), ([SPEECH] * 4 + [SILENCE]) * 20) == []


def test_soft_sound_does_not_start_an_utterance_but_keeps_it_going() -> None:
    assert run(Endpointer(), [SOFT] * 100) == []
    boundaries = run(Endpointer(), [SPEECH] * 5 + [SOFT] * 100 + [SILENCE] * 25)
    assert boundaries == [SpeechStarted(0), SpeechEnded(0, frames(130), frames(105))]


def test_a_short_pause_does_not_end_an_utterance() -> None:
    boundaries = run(Endpointer(), [SPEECH] * 10 + [SILENCE] * 24 + [SPEECH] * 10 + [SILENCE] * 25)
    assert boundaries == [SpeechStarted(0), SpeechEnded(0, frames(69), frames(44))]


def test_speech_without_pause_is_ended_by_force_and_goes_on_as_a_new_utterance() -> None:
    options = EndpointOptions(max_utterance=frames(50))
    boundaries = run(Endpointer(options), [SPEECH] * 60)
    assert boundaries == [SpeechStarted(0), SpeechEnded(0, frames(50), frames(50), True), SpeechStarted(frames(50))]


def test_patience_can_change_while_an_utterance_is_open() -> None:
    endpointer = Endpointer()
    endpointer.allow_silence(frames(50))
    assert run(endpointer, [SPEECH] * 10 + [SILENCE] * 49) == [SpeechStarted(0)]
    endpointer.allow_silence(frames(5))
    assert run(endpointer, [SILENCE], first=59) == [SpeechEnded(0, frames(60), frames(10))]
    endpointer.allow_silence(None)
    again = run(endpointer, [SPEECH] * 10 + [SILENCE] * 25, first=60)
    assert again[-1] == SpeechEnded(frames(60), frames(95), frames(70))


def test_finish_ends_what_is_open_once() -> None:
    endpointer = Endpointer()
    run(endpointer, [SPEECH] * 10 + [SILENCE])
    assert endpointer.in_speech
    assert endpointer.finish() == SpeechEnded(0, frames(11), frames(10), True)
    assert endpointer.finish() is None
    assert not endpointer.in_speech


def test_dropped_frames_count_as_time_and_speech_after_them_goes_on() -> None:
    endpointer = Endpointer()
    run(endpointer, [SPEECH] * 10)
    assert run(endpointer, [SPEECH] * 5, first=50) == []
    assert run(endpointer, [SILENCE], first=90) == [SpeechEnded(0, frames(91), frames(55))]


def test_speech_on_both_sides_of_dropped_frames_is_not_added_up_to_a_start() -> None:
    endpointer = Endpointer()
    assert run(endpointer, [SPEECH] * 3) == []
    assert run(endpointer, [SPEECH] * 4, first=20) == []
    assert run(endpointer, [SPEECH], first=24) == [SpeechStarted(frames(20))]


@pytest.mark.parametrize(
    "options",
    [
        {"start_probability": 0.3},
        {"stop_probability": 0.0},
        {"start_probability": 1.1},
        {"min_speech": 0},
        {"min_speech": 1000, "max_utterance": 1000},
        {"end_silence": 0},
    ],
)
def test_numbers_that_contradict_each_other_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        EndpointOptions(**options)  # type: ignore[arg-type]  # ints and floats from one table
