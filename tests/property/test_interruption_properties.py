"""What holds while somebody may be speaking into our speech, whatever the detector says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from edge.interruption import Decision, Interruption, InterruptionOptions, Pause, Resume, Yield

OPTIONS = InterruptionOptions()
FRAMES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.4, 0.6, 1.0]), st.sampled_from([-90.0, -60.0, -45.0, -30.0, -15.0])).flatmap(
        lambda frame: st.integers(1, 40).map(lambda count: [frame] * count)
    ),
    max_size=25,
).map(lambda runs: [frame for run in runs for frame in run])
"""Runs of equal frames, each a speech probability and a level in dB."""
SILENCE = [(0.0, -90.0)] * ((OPTIONS.deadline + SAMPLE_RATE) // FRAME_SAMPLES)


def decisions(interruption: Interruption, frames: list[tuple[float, float]], first: int = 0) -> list[Decision]:
    taken = []
    if first == 0:
        interruption.begin()
    for number, (probability, level_db) in enumerate(frames, first):
        masked = interruption.masks(level_db)
        taken.append(interruption.frame((number + 1) * FRAME_SAMPLES, 0.0 if masked else probability, level_db, 0.0))
        if isinstance(taken[-1], Yield):
            interruption.begin()
    return [decision for decision in taken if decision is not None]


@given(FRAMES)
def test_each_hold_is_followed_by_one_yield_or_one_resume_and_neither_comes_without_it(
    frames: list[tuple[float, float]],
) -> None:
    found = decisions(Interruption(), frames + SILENCE)
    assert len(found) % 2 == 0
    assert all(isinstance(decision, Pause) for decision in found[::2])
    assert all(isinstance(decision, Yield | Resume) for decision in found[1::2])


@given(FRAMES, st.lists(st.sampled_from(["louder", "mhm", "", None, True, False]), max_size=12))
def test_words_and_ends_decide_only_while_we_hold(
    frames: list[tuple[float, float]], news: list[str | bool | None]
) -> None:
    interruption = Interruption()
    step = max(1, len(frames) // (len(news) + 1))
    for place, what in enumerate(news):
        decisions(interruption, frames[place * step : (place + 1) * step], place * step)
        held = interruption.paused
        match what:
            case str():
                decided = interruption.words(what)
            case bool():
                decided = interruption.ended(understood=what)
            case None:
                decided = None
        assert held or decided is None
        assert interruption.paused == (held and decided is None)


@given(st.lists(st.floats(0, 1), max_size=300), st.floats(-100, OPTIONS.least_db - 0.1))
def test_soft_sound_never_makes_us_hold(probabilities: list[float], level_db: float) -> None:
    assert decisions(Interruption(), [(probability, level_db) for probability in probabilities]) == []


@given(st.lists(st.floats(-100, 0), max_size=300), st.floats(0, OPTIONS.likely - 0.01))
def test_what_is_no_speech_never_makes_us_hold_however_loud(levels_db: list[float], probability: float) -> None:
    assert decisions(Interruption(), [(probability, level_db) for level_db in levels_db]) == []


@given(st.lists(st.floats(-100, 0), max_size=300), st.floats(0, OPTIONS.faint - 0.01), st.floats(0, 1))
def test_nor_does_what_only_repeats_itself(levels_db: list[float], probability: float, repeats: float) -> None:
    interruption = Interruption()
    interruption.begin()
    for number, level_db in enumerate(levels_db, 1):
        assert interruption.frame(number * FRAME_SAMPLES, probability, level_db, repeats) is None


@given(FRAMES)
def test_loud_clear_speech_makes_us_hold_after_whatever_went_before(frames: list[tuple[float, float]]) -> None:
    interruption = Interruption()
    decisions(interruption, frames + SILENCE)
    assert not interruption.paused
    last = len(frames) + len(SILENCE)
    assert decisions(interruption, [(0.9, -20.0)] * OPTIONS.frames, last) == [Pause()]
