"""What holds for the simulated room whatever is played in it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.benches.room import Clipping, Room, RoomOptions, clipped, pcm, signal

QUIET = -300.0
PIECES = st.lists(st.integers(0, 700), min_size=1, max_size=8)
OPTIONS = st.builds(
    RoomOptions,
    coupling_db=st.floats(-40, 10),
    delay=st.integers(0, 500),
    clipping=st.sampled_from(Clipping),
    drift_ppm=st.sampled_from([0.0, 50.0, -50.0, 3000.0]),
    noise_db=st.sampled_from([QUIET, -60.0]),
)


def sound(samples: int, seed: int = 1) -> np.ndarray:
    return np.asarray(np.random.default_rng(seed).standard_normal(samples) * 0.1)


@given(PIECES, OPTIONS, st.integers(1, 300))
@settings(deadline=None)
def test_it_does_not_matter_in_which_pieces_sound_is_played(
    pieces: list[int], options: RoomOptions, length: int
) -> None:
    played, response = sound(sum(pieces)), sound(length, seed=2)
    whole = Room(response, options).hear(played)
    room, parts = Room(response, options), np.split(played, np.cumsum(pieces)[:-1])
    heard = np.concatenate([room.hear(part) for part in parts])
    assert np.allclose(heard, whole[: len(heard)], atol=1e-9)
    assert len(heard) == len(whole)


@given(st.integers(0, 400), st.floats(-30, 0))
@settings(deadline=None)
def test_the_echo_comes_after_the_delay_and_at_the_level_that_was_asked_for(delay: int, coupling_db: float) -> None:
    played = sound(20_000)
    options = RoomOptions(coupling_db, delay, noise_db=QUIET)
    heard = Room(sound(50, seed=2), options).hear(played)
    assert not np.any(np.abs(heard[:delay]) > 1e-9)
    level_db = 20 * np.log10(np.std(heard[delay:]) / np.std(played))
    assert abs(level_db - coupling_db) < 0.5


@given(st.floats(-4000, 4000))
@settings(deadline=None, max_examples=40)
def test_a_faster_loudspeaker_gives_fewer_samples_and_a_higher_tone(drift_ppm: float) -> None:
    time = np.arange(8000) / 16_000
    options = RoomOptions(0.0, 0, drift_ppm=drift_ppm, noise_db=QUIET)
    heard = Room(np.ones(1), options).hear(np.sin(2 * np.pi * 1000 * time))
    faster = 1 + drift_ppm * 1e-6
    assert abs(len(heard) - 8000 / faster) <= 20
    ideal = np.sin(2 * np.pi * 1000 * faster * np.arange(len(heard)) / 16_000)
    assert np.std((heard - ideal)[100:]) < 1e-3


@given(st.sampled_from(Clipping), st.floats(0.01, 1))
def test_clipping_never_exceeds_its_ceiling_and_leaves_soft_sounds_alone(clipping: Clipping, ceiling: float) -> None:
    wave = np.linspace(-3, 3, 1001)
    out = clipped(wave, clipping, ceiling)
    soft = np.abs(wave) < ceiling / 10
    assert np.allclose(out[soft], wave[soft], rtol=0.01)
    if clipping is not Clipping.NONE:
        assert np.abs(out).max() <= ceiling


@given(st.binary(max_size=200).filter(lambda raw: len(raw) % 2 == 0))
def test_pcm_survives_the_way_through_a_signal(raw: bytes) -> None:
    assert pcm(signal(raw)) == raw
