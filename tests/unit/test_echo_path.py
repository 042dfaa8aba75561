"""Facts about how the echo bench pairs, measures and counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE
from edge.benches.echo_double import kept
from edge.benches.echo_path import at_volume, cancel, pairs, removed
from edge.benches.echo_triggers import Detector, Ears, Triggers, WordDetector, count_triggers
from edge.benches.own_voice import OWN_WORDS, sentences, speech
from edge.benches.room import Room, RoomOptions, pcm, signal

QUIET = RoomOptions(coupling_db=0.0, noise_db=-300.0)


class Turn:
    """An EchoCanceller that makes everything softer from the frame `begin` on."""

    def __init__(self, gain: float, begin: int = 0) -> None:
        self._gain = gain
        self._begin = begin
        self._frames = 0

    def process(self, near: bytes, far: bytes) -> bytes:
        self._frames += 1
        return pcm(signal(near) * self._gain) if self._frames > self._begin else near


class LoudIsSpeech:
    """A VoiceActivity: above -40 dB of full scale it is speech."""

    def probability(self, pcm: bytes) -> float:
        return 1.0 if np.std(signal(pcm)) > 0.01 else 0.0

    def reset(self) -> None:
        pass


class Whistle:
    """A Voice that hisses for a tenth of a second a word."""

    def speak(self, sentence: str) -> Iterator[bytes]:
        yield hiss(5 * len(sentence.split()))

    def interrupt(self) -> None:
        pass


def hiss(frames: int, level: float = 0.1) -> bytes:
    return pcm(np.random.default_rng(1).standard_normal(frames * FRAME_SAMPLES) * level)


def cut(sound: bytes) -> list[bytes]:
    return [sound[start : start + FRAME_BYTES] for start in range(0, len(sound), FRAME_BYTES)]


@pytest.mark.parametrize("frames", [1, 24, 25, 26, 60])
def test_each_frame_of_the_microphone_comes_with_what_is_played_then(frames: int) -> None:
    played = cut(hiss(frames))
    room = Room(np.ones(1), RoomOptions(0.0, delay=2 * FRAME_SAMPLES, noise_db=-300))
    near, far = zip(*pairs(played, room), strict=True)
    assert list(far) == played
    assert list(near) == ([bytes(FRAME_BYTES)] * 2 + played)[:frames]


def test_the_wearer_is_heard_on_top_from_the_first_sample_on() -> None:
    wearer = np.full(FRAME_SAMPLES * 3, 0.25)
    paired = list(pairs(cut(bytes(FRAME_BYTES * 5)), Room(np.ones(1), QUIET), wearer))
    assert [signal(near).max() for near, _ in paired] == [0.25, 0.25, 0.25, 0, 0]


@pytest.mark.parametrize("drift_ppm", [-3000, 3000])
def test_two_clocks_slip_by_whole_frames_and_no_more_than_two_wait(drift_ppm: float) -> None:
    played = cut(hiss(2000))
    room = Room(np.ones(1), RoomOptions(0.0, 0, drift_ppm=drift_ppm, noise_db=-300))
    paired = list(pairs(played, room))
    assert abs(len(paired) - 2000 / (1 + drift_ppm * 1e-6)) < 2
    late = [index - played.index(far) for index, (_, far) in enumerate(paired) if any(far)]
    # By the end the clocks are six frames apart: the reference must have followed.
    ends = late[-1] + drift_ppm * 1e-6 * len(paired)
    assert -2 <= ends <= 3


def test_what_a_canceller_removes_is_told_second_by_second() -> None:
    sound = cut(hiss(200))
    run = cancel(Turn(0.01, begin=50), ((frame, frame) for frame in sound))
    result = removed(run, echo_from=0)
    assert result.first_s_db == pytest.approx(0, abs=0.1)
    assert result.second_s_db == pytest.approx(40, abs=0.1)
    assert result.later_db == pytest.approx(40, abs=0.1)
    assert result.good_after_s == pytest.approx(1.5, abs=0.05)
    assert run.seconds == 4


def test_a_canceller_that_never_gets_there_is_told_too() -> None:
    run = cancel(Turn(0.1), ((frame, frame) for frame in cut(hiss(200))))
    assert removed(run, 0).good_after_s is None


def test_volume_is_a_square() -> None:
    assert signal(next(at_volume([pcm(np.full(FRAME_SAMPLES, 0.5))], 50)))[0] == 0.125


def test_what_is_kept_of_the_wearer_is_level_likeness_and_what_a_detector_still_hears() -> None:
    voice = signal(hiss(50))
    played = cut(hiss(250, 1e-4)) + cut(hiss(100))
    row = kept("half", ("ear", np.ones(1)), 10.0, [voice], played, lambda: Turn(0.5), LoudIsSpeech())
    assert row.level_db == pytest.approx(-6, abs=1.5)
    assert row.correlation > 0.9
    assert row.heard == 1


def triggers(canceller: Turn, paired: Sequence[tuple[bytes, bytes]]) -> Triggers:
    words: list[Detector] = [WordDetector("word", lambda frame: LoudIsSpeech().probability(frame) > 0.5)]
    return count_triggers(canceller, paired, Ears(LoudIsSpeech(), words), Ears(LoudIsSpeech(), words))


def test_stretches_of_speech_are_counted_once_before_and_after_the_canceller() -> None:
    sound = cut((hiss(10) + bytes(10 * FRAME_BYTES)) * 3 + hiss(4) + bytes(10 * FRAME_BYTES))
    silent_far = [(frame, bytes(FRAME_BYTES)) for frame in sound]
    left_in = triggers(Turn(1), silent_far)
    assert (left_in.raw_speech, left_in.speech) == (3, 3)
    assert left_in.fired == left_in.raw_fired == ["word"] * 34
    taken_out = triggers(Turn(0.01), silent_far)
    assert (taken_out.raw_speech, taken_out.speech, taken_out.fired) == (3, 0, [])


def test_our_own_voice_says_every_phrase_and_our_own_words() -> None:
    said = sentences()
    assert len(said) > 200
    assert not any(set("{}[]") & set(sentence) for sentence in said)
    frames = speech(Whistle())
    heard = [next(frames) for _ in range(50 * 60)]
    assert heard == [frame for frame, _ in zip(speech(Whistle()), heard, strict=False)]
    assert all(len(frame) == FRAME_BYTES for frame in heard)
    assert 0.3 < sum(any(frame) for frame in heard) / len(heard) < 0.9
    assert any("okay nabu" in words.lower() for words in OWN_WORDS)
    assert len(heard) * FRAME_SAMPLES == 60 * SAMPLE_RATE
