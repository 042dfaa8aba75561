"""What holds for the echo meter whatever it is given."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from audio.echo import Echo, EchoMeter
from audio.frames import FRAME_BYTES, FRAME_SAMPLES

LEVELS = st.sampled_from([0, 1, 30, 1000, 32767])
FRAMES = st.lists(st.tuples(LEVELS, LEVELS, LEVELS, st.booleans(), st.integers(1, 40)), max_size=20)


def square(level: int) -> bytes:
    wave = np.full(FRAME_SAMPLES, level)
    wave[::2] *= -1
    return wave.astype("<i2").tobytes()


@given(FRAMES)
def test_a_figure_is_given_exactly_when_there_is_an_echo_and_never_over_60_db(
    frames: list[tuple[int, int, int, bool, int]],
) -> None:
    meter = EchoMeter()
    for near, far, out, talking, count in frames:
        for _ in range(count):
            meter.take(square(near), square(far), square(out), talking)
        report = meter.report()
        assert (report.removed_db is not None) == (report.echo in (Echo.REMOVED, Echo.LEFT))
        if report.removed_db is not None:
            assert report.removed_db <= 60
            assert (report.removed_db >= 10) == (report.echo is Echo.REMOVED)


@given(FRAMES)
def test_without_a_loudspeaker_nothing_is_echo(frames: list[tuple[int, int, int, bool, int]]) -> None:
    meter = EchoMeter()
    for near, _, out, talking, count in frames:
        for _ in range(count):
            meter.take(square(near), bytes(FRAME_BYTES), square(out), talking)
    assert meter.report().echo is Echo.UNKNOWN


@given(st.integers(100, 30_000), st.integers(0, 40), st.integers(30, 120))
def test_the_same_share_removed_is_the_same_figure_at_any_level(level: int, removed_db: int, count: int) -> None:
    meter, left = EchoMeter(), level * 10 ** (-removed_db / 20)
    for _ in range(count):
        meter.take(square(level), square(10_000), square(round(left)), talking=False)
    figure = meter.report().removed_db
    assert figure is not None
    # Samples are whole numbers: what is left is off by half a one at most.
    assert 20 * np.log10(level / (left + 0.6)) - 0.1 <= figure
    assert left < 1 or figure <= 20 * np.log10(level / max(0.5, left - 0.6)) + 0.1
