"""What holds for sound that is played, written and hushed in any order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from audio.frames import FRAME_BYTES
from audio.outlet import Outlet
from audio.reference import Reference
from audio.timeline import Timeline

MOVES = ["write", "wait", "hush", "pause", "resume"]
STEPS = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 500)), max_size=30)
WITHOUT_HUSH = st.lists(st.tuples(st.sampled_from([move for move in MOVES if move != "hush"]), st.integers(0, 500)))


class Numbered:
    """Sound of which no two samples are the same, and none is silence."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, samples: int) -> bytes:
        first, self.made = self.made + 1, self.made + samples
        return np.arange(first, self.made + 1).astype("<u2").tobytes()


def numbers(pcm: bytes) -> list[int]:
    """Give the samples that are not silence."""
    return [sample for sample in np.frombuffer(pcm, "<u2").tolist() if sample]


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
            case "pause":
                timeline.pause(now)
            case "resume":
                timeline.resume(now)
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
            case "pause":
                outlet.pause()
            case "resume":
                outlet.resume()
        assert outlet.played >= heard
        heard = outlet.played
        assert outlet.played + outlet.unheard + hushed == put


@given(WITHOUT_HUSH)
def test_a_paused_timeline_is_silent_and_loses_and_doubles_no_sample(steps: list[tuple[str, int]]) -> None:
    timeline, now, sound = Timeline(), 0, Numbered()
    for step, size in steps:
        match step:
            case "write":
                timeline.write(now, sound(size))
            case "wait":
                if timeline.paused:
                    assert timeline.played(now + size) == timeline.played(now)
                    assert not any(timeline.between(now, now + size))
                now += size
            case "pause":
                timeline.pause(now)
            case "resume":
                timeline.resume(now)
        heard = numbers(timeline.recording(now))
        assert heard == list(range(1, timeline.played(now) + 1))
        assert timeline.played(now) + timeline.unheard(now) == sound.made
    timeline.resume(now)
    assert numbers(timeline.recording(now + sound.made)) == list(range(1, sound.made + 1))


@given(STEPS, st.integers(0, 3000), st.integers(0, 3000))
def test_any_part_of_a_timeline_is_what_its_recording_holds(steps: list[tuple[str, int]], one: int, other: int) -> None:
    timeline, now, sound = Timeline(), 0, Numbered()
    for step, size in steps:
        match step:
            case "write":
                timeline.write(now, sound(size))
            case "wait":
                now += size
            case "hush":
                timeline.hush(now)
            case "pause":
                timeline.pause(now)
            case "resume":
                timeline.resume(now)
    start, end = sorted((min(one, now), min(other, now)))
    whole = timeline.recording(now).ljust(now * 2, b"\0")
    assert timeline.between(start, end) == whole[start * 2 : end * 2]


@given(WITHOUT_HUSH, st.integers(0, 4))
def test_a_paused_outlet_is_silent_and_loses_and_doubles_no_sample(steps: list[tuple[str, int]], delay: int) -> None:
    outlet, sound, given_to_driver, paused = Outlet(delay), Numbered(), bytearray(), False
    for step, size in steps:
        match step:
            case "write":
                outlet.put(sound(size))
            case "wait":
                block = outlet.pull(640)
                given_to_driver += block
                assert not (paused and any(block))
            case "pause":
                outlet.pause()
                paused = True
            case "resume":
                outlet.resume()
                paused = False
    outlet.resume()
    while outlet.unheard:
        given_to_driver += outlet.pull(640)
    assert numbers(bytes(given_to_driver)) == list(range(1, sound.made + 1))
    assert outlet.played == sound.made


@given(STEPS, st.integers(0, 4))
def test_played_stands_still_in_a_pause_once_the_driver_is_empty(steps: list[tuple[str, int]], delay: int) -> None:
    outlet = Outlet(delay)
    for step, size in steps:
        if step == "write":
            outlet.put(b"\1\0" * size)
        else:
            outlet.pull(640)
    outlet.pause()
    for _ in range(delay):
        outlet.pull(640)
    played = outlet.played
    outlet.pull(640)
    assert outlet.played == played
    outlet.hush()
    assert outlet.unheard == 0


@given(st.lists(st.booleans(), max_size=400))
def test_the_reference_loses_nothing_uncounted_and_keeps_the_order(moves: list[bool]) -> None:
    reference, sound, taken = Reference(), Numbered(), []
    reference.take()
    for put in moves:
        if put:
            reference.put(sound(FRAME_BYTES // 2))
        else:
            taken += numbers(reference.take())
        assert reference.waiting <= 25 * FRAME_BYTES // 2
    assert taken == sorted(set(taken))
    assert len(taken) + reference.waiting + reference.skipped * FRAME_BYTES // 2 == sound.made
    assert reference.inserted == 1 + moves.count(False) - len(taken) // (FRAME_BYTES // 2)


@given(st.integers(1, 40), STEPS)
def test_a_reader_in_step_gets_exactly_what_the_driver_got(rounds: int, steps: list[tuple[str, int]]) -> None:
    outlet, sound = Outlet(2), Numbered()
    outlet.reference.take()
    for step, size in steps * rounds:
        match step:
            case "write":
                outlet.put(sound(size % 100))
            case "hush":
                outlet.hush()
            case "pause":
                outlet.pause()
            case "resume":
                outlet.resume()
        assert outlet.pull(FRAME_BYTES) == outlet.reference.take()
    assert (outlet.reference.inserted, outlet.reference.skipped) == (1, 0)
