from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.stream_clock import StreamClock


class Watch:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@given(st.lists(st.floats(0, 0.3), min_size=1, max_size=200), st.sampled_from([1.0, 4.0]))
def test_time_never_goes_back_and_late_frames_do_not_slow_it(delays: list[float], pace: float) -> None:
    watch = Watch()
    clock = StreamClock(pace, watch)
    before = 0.0
    late: list[float] = []
    for number, delay in enumerate(delays, 1):
        due = 1000.0 + number * 0.02 / pace
        watch.time = max(watch.time, due + delay)
        late.append((watch.time - due) * pace)
        clock.tick(number * 320)
        now = clock.now()
        assert now >= before - 1e-9
        before = now
    behind = (watch.time - 1000.0) * pace - clock.now()
    drift = 2e-4 * (watch.time - 1000.0) * pace
    assert min(late) - 1e-6 <= behind <= min(late) + drift + 1e-6


def test_between_frames_the_clock_runs_on() -> None:
    watch = Watch()
    clock = StreamClock(1.0, watch)
    assert clock.now() == 0.0
    clock.tick(320)
    watch.time += 0.5
    assert clock.now() == pytest.approx(0.52)


def test_a_microphone_that_runs_slow_is_followed() -> None:
    watch = Watch()
    clock = StreamClock(1.0, watch)
    for number in range(1, 50 * 600):
        watch.time = 1000.0 + number * 0.02 * (1 + 1e-4)
        clock.tick(number * 320)
    assert clock.now() == pytest.approx(600 - 0.02, abs=0.005)
