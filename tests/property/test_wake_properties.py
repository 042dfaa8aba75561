"""What holds for firings, onsets and what is left of a wake word, whatever is heard."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from models.onset import Onset, OnsetOptions
from models.wake import Refractory

GAPS = st.lists(st.integers(0, 40_000), max_size=60)
LEVELS = st.lists(st.floats(-100, 0), max_size=200)


@given(GAPS, st.integers(0, 32_000))
def test_two_firings_that_count_are_never_nearer_than_the_refractory_time(gaps: list[int], samples: int) -> None:
    refractory, at, counted = Refractory(samples), 0, []
    for gap in gaps:
        at += gap
        if refractory.counts(at):
            counted.append(at)
    assert all(later - earlier >= samples for earlier, later in itertools.pairwise(counted))
    assert bool(counted) == bool(gaps)


@given(GAPS, st.integers(0, 32_000))
def test_a_firing_after_the_refractory_time_counts(gaps: list[int], samples: int) -> None:
    refractory, at = Refractory(samples), 0
    for gap in gaps:
        at += gap
        refractory.counts(at)
    assert refractory.counts(at + samples)


@given(LEVELS, st.floats(-54, 0))
def test_steady_sound_begins_at_most_once(levels: list[float], steady: float) -> None:
    onset = Onset()
    for level in levels:
        onset.take(level)
    assert sum(onset.take(steady) for _ in range(200)) <= 1


@given(LEVELS, st.floats(-40, 0))
def test_a_sound_after_a_pause_begins_with_its_first_frame(levels: list[float], loud: float) -> None:
    onset = Onset()
    for level in levels:
        onset.take(level)
    for _ in range(21):
        onset.take(-90)
    assert onset.take(loud)


@given(st.lists(st.floats(-100, -55.01), max_size=200))
def test_what_is_too_soft_never_begins(levels: list[float]) -> None:
    onset = Onset(OnsetOptions(least_db=-55))
    assert not any(onset.take(level) for level in levels)
