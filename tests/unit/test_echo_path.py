"""Facts about how the echo bench pairs, measures and counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE
from edge.benches.echo_double import kept
from edge.benches.echo_path import at_volume, cancel, pairs, removed
from edge.benches.echo_triggers import Ears, Triggers, WordDetector, count_raw, count_triggers, speaks
from edge.benches.own_voice import OWN_WORDS, sentences, speech
from edge.benches.room import Room, RoomOptions, pcm, signal
from edge.detector import Detector

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


def test_what_is_removed_of_a_second_turn_is_told_apart() -> None:
    sound = cut(hiss(200))
    run = cancel(Turn(0.1, begin=100), ((frame, frame) for frame in sound))
    result = removed(run, 0, again_from=100 * FRAME_SAMPLES)
    assert result.later_db == pytest.approx(0, abs=0.1)
    assert result.again_db == pytest.approx(20, abs=0.1)


def test_volume_is_a_square() -> None:
    assert signal(next(at_volume([pcm(np.full(FRAME_SAMPLES, 0.5))], 50)))[0] == 0.125


def test_what_is_kept_of_the_wearer_is_level_likeness_and_what_a_detector_still_hears() -> None:
    voice = signal(hiss(50))
    played = cut(hiss(250, 1e-4)) + cut(hiss(100))
    row = kept("half", ("ear", np.ones(1)), 10.0, [voice], played, lambda: Turn(0.5), LoudIsSpeech())
    assert row.level_db == pytest.approx(-6, abs=1.5)
    assert row.correlation > 0.9
    assert row.heard == 1


class Words:
    """WakeWords and a StopWord that notice every loud frame."""

    names = ("word",)
    lag = 0

    def detect(self, pcm: bytes) -> str | None:
        return "word" if self.heard(pcm) else None

    def heard(self, pcm: bytes) -> bool:
        return LoudIsSpeech().probability(pcm) > 0.5

    def reset(self) -> None:
        pass


def triggers(canceller: Turn, paired: Sequence[tuple[bytes, bytes]]) -> Triggers:
    return count_triggers(Detector(LoudIsSpeech(), canceller=canceller, wake=Words(), stop=Words()), paired)


def test_stretches_of_speech_are_counted_once_in_the_microphone() -> None:
    sound = cut((hiss(10) + bytes(10 * FRAME_BYTES)) * 3 + hiss(4) + bytes(10 * FRAME_BYTES))
    ears = Ears(LoudIsSpeech(), [WordDetector("word", Words().detect)])
    raw = count_raw([(frame, bytes(FRAME_BYTES)) for frame in sound], ears)
    assert (raw.speech, raw.fired) == (3, ["word"] * 34)


def test_our_own_voice_left_in_is_counted_as_all_that_it_sets_off() -> None:
    said = cut(bytes(50 * FRAME_BYTES) + hiss(300) + bytes(50 * FRAME_BYTES))
    found = triggers(Turn(1), [(frame, frame) for frame in said])
    assert (found.seconds, found.speaking_s) == (8, 6)
    assert len(found.woke) == 300
    assert found.utterances == 1
    assert found.held >= 1
    assert found.gave_way >= 1
    # After some seconds the meter knows, and nothing of it is the wearer's any more.
    assert found.deaf_s > 1
    assert 0 < found.stops < 300


def test_our_own_voice_taken_out_sets_off_nothing() -> None:
    said = cut(bytes(50 * FRAME_BYTES) + hiss(100) + bytes(50 * FRAME_BYTES))
    found = triggers(Turn(0.001), [(frame, frame) for frame in said])
    assert (found.woke, found.stops, found.utterances, found.held, found.gave_way, found.deaf_s) == ([], 0, 0, 0, 0, 0)
    assert "removed" in found.last_report


def test_we_speak_through_the_pauses_between_sentences_but_not_between_answers() -> None:
    loud, still = [b"\1\0"], [bytes(2)]
    fars = still * 5 + loud * 3 + still * 29 + loud * 2 + still * 30 + loud + still * 4
    assert list(speaks(fars)) == [False] * 5 + [True] * 34 + [False] * 30 + [True] + [False] * 4


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
