"""Speech comes through whole, long silence does not come through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.speech_gate import WINDOW_S, GateOptions, SpeechGate

PROBABILITIES = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.4, 0.6, 1.0]), st.integers(1, 60)), max_size=12).map(
    lambda runs: [probability for probability, count in runs for _ in range(count)]
)
AFTER = round(1.0 / WINDOW_S - 0.5)
BEFORE = round(0.4 / WINDOW_S)


def numbered(place: int) -> bytes:
    return place.to_bytes(4, "big")


def let_through(probabilities: list[float]) -> tuple[SpeechGate, list[int]]:
    gate = SpeechGate()
    pcm = b"".join(gate.push(numbered(place), one) for place, one in enumerate(probabilities))
    return gate, [int.from_bytes(pcm[place : place + 4], "big") for place in range(0, len(pcm), 4)]


@given(PROBABILITIES)
def test_each_window_comes_through_once_and_in_order(probabilities: list[float]) -> None:
    gate, kept = let_through(probabilities)
    assert kept == sorted(set(kept))
    assert gate.kept_s == pytest.approx(len(kept) * WINDOW_S)


@given(PROBABILITIES)
def test_speech_comes_through_with_what_is_around_it_and_no_more(probabilities: list[float]) -> None:
    speech = [place for place, one in enumerate(probabilities) if one >= 0.5]
    voiced, speaking = [], False
    for place, one in enumerate(probabilities):
        speaking = one >= (0.35 if speaking else 0.5)
        voiced += [place] if speaking else []
    gate, kept = let_through(probabilities)
    assert set(speech) <= set(kept)
    around = {place + near for place in voiced for near in range(-BEFORE, AFTER + 1)}
    assert set(kept) == around & set(range(len(probabilities))) - late(probabilities, voiced)
    assert gate.voiced_s() == pytest.approx(len(voiced) * WINDOW_S)


def late(probabilities: list[float], voiced: list[int]) -> set[int]:
    """What comes before speech is known only when it comes: the end of the sound may lack it."""
    last = max(voiced, default=-1)
    return {place for place in range(len(probabilities)) if place > last + AFTER}


@given(st.lists(st.floats(0.0, 0.49), max_size=200))
def test_without_speech_nothing_comes_through(probabilities: list[float]) -> None:
    gate, kept = let_through(probabilities)
    assert kept == []
    assert (gate.kept_s, gate.silent_s, gate.voiced_s()) == (0.0, 0.0, 0.0)


@given(PROBABILITIES, st.floats(0, 10), st.floats(0, 10))
def test_speech_is_counted_by_time(probabilities: list[float], one: float, other: float) -> None:
    gate, _ = let_through(probabilities)
    parts = gate.voiced_s(0.0, one) + gate.voiced_s(one, one + other) + gate.voiced_s(one + other)
    assert parts == pytest.approx(gate.voiced_s())


def test_silence_is_counted_from_the_last_speech() -> None:
    gate, _ = let_through([1.0] * 5 + [0.0] * 50)
    assert gate.silent_s == pytest.approx(50 * WINDOW_S)
    gate.push(b"", 1.0)
    assert gate.silent_s == 0.0


@pytest.mark.parametrize("options", [GateOptions(speech=0.2), GateOptions(after_s=-1.0), GateOptions(before_s=-0.1)])
def test_a_gate_without_sense_is_refused(options: GateOptions) -> None:
    with pytest.raises(ValueError, match="gate"):
        SpeechGate(options)
