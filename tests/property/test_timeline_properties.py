"""What holds for sound that is played, written and hushed in any order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audio.outlet import Outlet
from audio.timeline import Timeline

STEPS = st.lists(st.tuples(st.sampled_from(["write", "wait", "hush"]), st.integers(0, 500)), max_size=30)


@given(STEPS)
def test_played_grows_and_counts_what_the_recording_holds(steps: list[tuple[str, int]]) -> None:
    timeline, now, played = Timeline(), 0, 0
    for step, size in steps:
        match step:
            case "write":
                timeline.write(now, b"\1\0" * size)
            case "wait":
                now += size
            case "hush":
                timeline.hush(now)
                assert timeline.unheard(now) == 0
        assert timeline.played(now) >= played
        played = timeline.played(now)
        assert timeline.recording(now).count(b"\1") == played
        assert len(timeline.recording(now)) <= now * 2


@given(STEPS, st.integers(0, 5))
def test_every_sample_put_in_is_waiting_heard_or_hushed(steps: list[tuple[str, int]], delay: int) -> None:
    outlet, put, hushed, heard = Outlet(delay), 0, 0, 0
    for step, size in steps:
        before = outlet.unheard
        match step:
            case "write":
                outlet.put(b"\1\0" * size)
                put += size
            case "wait":
                block = outlet.pull(640)
                assert len(block) == 640
            case "hush":
                outlet.hush()
                hushed += before - outlet.unheard
        assert outlet.played >= heard
        heard = outlet.played
        assert outlet.played + outlet.unheard + hushed == put
