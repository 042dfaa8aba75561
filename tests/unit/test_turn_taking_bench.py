"""Facts about the bench of turn-taking and that of barge-in: what they measure is what they say."""

from __future__ import annotations

import hashlib
from io import StringIO

import msgspec
import numpy as np
import pytest
from rich.console import Console

from audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from edge.benches import barge_in, turn_taking
from edge.benches.barge_in_sounds import Intrusion, cough, our_sentences, speech
from edge.benches.barge_in_world import AtSpeechStarted, Hold, Trial, World
from edge.benches.turn_sounds import Said, background, voiced_end, voiced_start, with_pause
from edge.benches.turn_trace import Known, Trace
from edge.completeness import Completeness
from edge.interruption import Interruption
from edge.turn_end import TurnEndOptions


class Loudness:
    """A detector that takes all loud sound for speech."""

    def probability(self, pcm: bytes) -> float:
        return float(np.abs(np.frombuffer(pcm, "<i2")).max() > 1000)

    def reset(self) -> None:
        """Have nothing to forget."""


def tone(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.sin(np.arange(round(seconds * SAMPLE_RATE))) * 8000


def trace(voiced: list[int], words: dict[int, str], reread: tuple[int, str] = (0, "")) -> Trace:
    """Make a trace of runs of frames, first of speech, then of silence, and so on; `reread` is from its frame on."""
    probabilities = [float(number % 2 == 0) for number, run in enumerate(voiced) for _ in range(run)]
    last = max(number for number, value in enumerate(probabilities) if value) + 1
    said = Said("clip", "group", "tune", "somebody", "", b"", last * FRAME_SAMPLES)
    known, so_far = [], ""
    for number in range(len(probabilities)):
        so_far = words.get(number, so_far)
        known.append(Known(so_far, reread[1] if number >= reread[0] else ""))
    return Trace(said, tuple(probabilities), tuple(known), 0.0)


def test_the_ends_of_a_sound_are_found_within_10_ms() -> None:
    sound = np.concatenate([np.zeros(5000), tone(0.5), np.zeros(8000)])
    assert voiced_start(sound) == pytest.approx(5000, abs=160)
    assert voiced_end(sound) == pytest.approx(13000, abs=160)


def test_a_pause_is_as_long_as_asked_and_as_soft_as_the_background() -> None:
    sound = tone(1.0)
    slow = with_pause(sound, 8000, 3200, np.random.default_rng(1))
    assert len(slow) == len(sound) + 3200
    assert np.abs(slow[8000:11200]).max() < 8 * background(sound)


def test_a_decision_before_the_last_sound_is_a_cut_off_and_one_after_it_a_delay() -> None:
    hesitating = trace([25, 20, 25], {30: "set a timer for", 60: "set a timer"})
    whole = trace([50], {40: "set a timer"})
    judged = {"set a timer for": Completeness.INCOMPLETE, "set a timer": Completeness.COMPLETE}
    rows = turn_taking.compare(
        [hesitating, whole], lambda text: judged.get(text, Completeness.UNKNOWN), TurnEndOptions()
    )
    found = {row.rule: row for row in rows if row.group == "group"}
    assert (found["0.3 s of silence"].cut_off, found["0.5 s of silence"].cut_off) == (1, 0)
    assert found["0.3 s of silence"].p50_ms == 300
    assert found["words and voice (ours)"].p50_ms == 200
    assert found["words and voice (ours)"].cut_off == 0


def test_words_that_are_no_command_count_as_what_they_are_read_as_in_the_pause() -> None:
    misheard = trace([50, 60], {40: "set it timer"}, reread=(58, "set a timer"))
    judged = {"set a timer": Completeness.COMPLETE}
    rows = turn_taking.compare([misheard], lambda text: judged.get(text, Completeness.UNKNOWN), TurnEndOptions())
    found = {row.rule: row.p50_ms for row in rows if row.group == "group"}
    assert (found["words and voice (ours)"], found["not read again"]) == (200, 900)


def run(policy: Hold | AtSpeechStarted, intrusion: Intrusion, residual_db: float, held_blocks: int = 1) -> Trial:
    world = World(Loudness(), policy, our_sentences(), residual_db=(residual_db,), held_blocks=held_blocks)
    return world.trial(intrusion, 3)


@pytest.mark.parametrize("held_blocks", [0, 1, 4])
def test_loud_speech_silences_us_within_a_frame_and_what_the_driver_holds(held_blocks: int) -> None:
    found = run(Hold(Interruption()), Intrusion("speech", "tone", tone(1.5), 0), 60.0, held_blocks)
    assert found.lag_ms is not None
    assert 0 < found.lag_ms <= 40 + 20 * held_blocks
    assert found.yielded
    assert (found.stale, found.not_exact, found.unheard_letters, found.false_before) == (0, 0, 0, 0)


def test_what_was_only_held_goes_on_to_the_sample() -> None:
    found = run(Hold(Interruption()), Intrusion("cough", "short tone", tone(0.1), 0), 60.0)
    assert not found.yielded
    assert 200 < found.held_ms < 500
    assert (found.stale, found.not_exact) == (0, 0)


def test_an_endpointer_alone_is_silenced_by_our_own_echo() -> None:
    found = run(AtSpeechStarted(), Intrusion("speech", "tone", tone(1.5), 0), 0.0)
    assert found.spoilt
    assert found.lag_ms is None


def test_never_stopping_counts_as_the_longest_lag() -> None:
    trial = Trial("speech", "x", 100.0, False, True, 0.0, 0, 0, 0, 1.0, 0)
    deaf = Trial("speech", "y", None, False, False, 0.0, 0, 0, 0, 1.0, 1)
    row = barge_in.summarise("policy", [trial, deaf])
    assert (row.p50_ms, row.never, row.false_holds_a_minute) == (100.0, 1, 30.0)
    assert row.p99_ms > 1e5


def test_a_hand_on_the_microphone_is_no_onset() -> None:
    rumble = np.sin(2 * np.pi * 40 * np.arange(8000) / SAMPLE_RATE) * 8000
    said = np.concatenate([np.zeros(1600), rumble, tone(0.5), np.zeros(1600)])
    assert speech("clip", said.astype("<i2").tobytes()).onset == pytest.approx(9600, abs=160)


def test_coughs_are_always_the_same() -> None:
    assert hashlib.sha256(cough(1).tobytes()).digest() == hashlib.sha256(cough(1).tobytes()).digest()
    assert not np.array_equal(cough(1)[:100], cough(2)[:100])


def test_reports_can_be_printed_and_encoded() -> None:
    out = StringIO()
    row = barge_in.summarise("policy", [Trial("cough", "x", 100.0, False, False, 260.0, 0, 0, 0, 1.0, 0)])
    held = barge_in.Report("here", "clips", "tune", (25.0,), 1, [row])
    taken = turn_taking.Report(
        "here",
        "clips",
        "tune",
        10.0,
        1.0,
        turn_taking.compare([trace([25], {})], lambda _: Completeness.UNKNOWN, TurnEndOptions()),
    )
    barge_in.show(held, Console(file=out))
    turn_taking.show(taken, Console(file=out))
    assert "policy" in out.getvalue()
    assert "words and voice" in out.getvalue()
    assert msgspec.json.decode(msgspec.json.encode(held))["rows"][0]["nuisances"][0]["held"] == 1
    assert msgspec.json.encode(taken)
