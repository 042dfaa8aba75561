"""Our voice follows the noise around, slowly, within bounds, and never clips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from audio.level import SILENT_DB, level_db
from audio.loudness import OFF, Amplifier, Follow, FollowOptions, NoiseFloor, as_factor

DB = st.floats(-120, 20)
FACTOR = st.floats(0, 8)


def noise(seed: int, length: int, spread: float) -> bytes:
    sound: np.ndarray = np.random.default_rng(seed).normal(0, spread, length)
    return bytes(np.clip(sound, -32768, 32767).astype("<i2").tobytes())


SOUND = st.builds(noise, st.integers(0, 999), st.integers(0, 4000), st.floats(0, 30000))


def hiss(level: float, seconds: float = 0.02, seed: int = 0) -> bytes:
    return noise(seed, round(seconds * SAMPLE_RATE), 32768 * as_factor(level))


@given(st.floats(-70, -20))
def test_the_floor_finds_the_level_of_a_steady_noise(level: float) -> None:
    floor = NoiseFloor()
    for seed in range(50):
        floor.take(hiss(level, seed=seed), voiced=False)
    assert floor.level_db == pytest.approx(level, abs=1.0)


@given(SOUND, SOUND)
def test_voices_and_a_muted_microphone_are_no_noise(voice: bytes, before: bytes) -> None:
    floor = NoiseFloor()
    floor.take(before, voiced=False)
    level = floor.level_db
    floor.take(voice, voiced=True)
    floor.take(bytes(2 * FRAME_SAMPLES), voiced=False)
    assert floor.level_db == level


def test_a_slammed_door_is_hardly_noticed() -> None:
    floor = NoiseFloor()
    for loud in [-60] * 20 + [-10] * 10:
        floor.take(hiss(loud), voiced=False)
    assert floor.level_db is not None
    assert floor.level_db < -55


@given(st.lists(st.tuples(DB | st.none(), st.floats(0, 3)), min_size=1, max_size=40))
def test_the_gain_is_bounded_and_moves_slowly_up_and_slower_down(steps: list[tuple[float | None, float]]) -> None:
    options = FollowOptions()
    follow, now, before = Follow(options), 0.0, 0.0
    for index, (noise, pause) in enumerate(steps):
        now += pause
        gain = follow.gain_db(noise, now)
        elapsed = pause if index else 0.0
        assert options.softest_db <= gain <= options.loudest_db
        assert -options.down_db * elapsed - 1e-9 <= gain - before <= options.up_db * elapsed + 1e-9
        before = gain
    assert options.down_db < options.up_db


@given(DB, DB)
def test_more_noise_is_never_answered_by_a_softer_voice(one: float, other: float) -> None:
    quiet, loud = sorted((one, other))

    def settled(noise: float) -> float:
        follow = Follow(FollowOptions(step_db=0.0))
        return [follow.gain_db(noise, float(second)) for second in range(20)][-1]

    assert settled(quiet) <= settled(loud)


def test_a_quiet_room_makes_us_softer_and_a_loud_street_louder() -> None:
    def settled(noise: float) -> float:
        follow = Follow()
        return [follow.gain_db(noise, float(second)) for second in range(20)][-1]

    assert settled(-80.0) == FollowOptions().softest_db < 0 < settled(-20.0) == FollowOptions().loudest_db


def test_small_changes_of_the_noise_are_not_followed() -> None:
    follow = Follow()
    start = [follow.gain_db(-40.0, float(second)) for second in range(10)][-1]
    assert {follow.gain_db(-40.0 + 3 * np.sin(second), float(second)) for second in range(10, 60)} == {start}


@given(st.lists(DB, max_size=20))
def test_turned_off_it_changes_nothing(noises: list[float]) -> None:
    follow = Follow(OFF)
    assert all(follow.gain_db(noise, float(second)) == 0.0 for second, noise in enumerate(noises))


@given(st.lists(st.tuples(SOUND, FACTOR), max_size=6))
def test_nothing_clips_and_nothing_gets_longer_or_louder_than_asked(chunks: list[tuple[bytes, float]]) -> None:
    amplifier, most = Amplifier(), 0.0
    for pcm, factor in chunks:
        most = max(most, factor)
        before = np.frombuffer(pcm, "<i2").astype(float)
        after = np.frombuffer(amplifier.apply(pcm, factor), "<i2").astype(float)
        assert len(after) == len(before)
        assert np.abs(after).max(initial=0) <= 0.97 * 32767 + 1
        assert np.all(np.abs(after) <= np.abs(before) * most + 1)
        assert np.all(after * before >= 0)


@given(SOUND, st.floats(0, 1))
def test_a_constant_gain_that_needs_no_limit_is_exact(pcm: bytes, factor: float) -> None:
    sound = np.frombuffer(pcm, "<i2").astype(float) * 0.9
    said = np.frombuffer(Amplifier().apply(sound.astype("<i2").tobytes(), factor), "<i2")
    assert np.array_equal(said, np.rint(sound.astype("<i2") * factor))


def test_a_loud_tone_keeps_its_shape_under_the_limiter() -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    tone = (20000 * np.sin(2 * np.pi * 440 * time)).astype("<i2")
    said = np.frombuffer(Amplifier().apply(tone.tobytes(), 4.0), "<i2").astype(float)
    spectrum = np.abs(np.fft.rfft(said * np.hanning(len(said)))) ** 2
    assert spectrum[435:446].sum() / spectrum.sum() > 0.999


def test_the_limiter_does_not_dip_between_chunks() -> None:
    amplifier = Amplifier()
    said = b"".join(amplifier.apply(np.full(960, 20000, "<i2").tobytes(), 2.0) for _ in range(4))
    assert np.frombuffer(said, "<i2").min() > 31000


def test_a_new_gain_makes_no_step() -> None:
    amplifier = Amplifier()
    flat = np.full(1600, 8000, "<i2").tobytes()
    said = amplifier.apply(flat, 0.25) + amplifier.apply(flat, 1.0) + amplifier.apply(flat, 0.1)
    assert np.abs(np.diff(np.frombuffer(said, "<i2").astype(int))).max() < 100


def test_levels_are_those_of_full_scale() -> None:
    assert level_db(b"") == level_db(bytes(640)) == SILENT_DB
    assert level_db(np.full(320, 16384, "<i2").tobytes()) == pytest.approx(-6.02, abs=0.01)


def test_senseless_options_are_refused() -> None:
    with pytest.raises(ValueError, match="softest"):
        FollowOptions(softest_db=3.0, loudest_db=1.0)
