"""Facts about sound on a line of time."""

from __future__ import annotations

import numpy as np

from audio.timeline import Timeline, overlay


def sound(value: int, samples: int) -> bytes:
    return np.full(samples, value, "<i2").tobytes()


def test_sound_follows_sound_and_silence_lies_between_turns() -> None:
    timeline = Timeline()
    timeline.write(10, sound(1, 5))
    timeline.write(12, sound(2, 5))
    timeline.write(30, sound(3, 5))
    expected = sound(0, 10) + sound(1, 5) + sound(2, 5) + sound(0, 10) + sound(3, 5)
    assert timeline.recording(35) == expected
    assert timeline.recording(32) == expected[:64]


def test_hush_drops_the_unheard_and_played_counts_only_sound() -> None:
    timeline = Timeline()
    timeline.write(0, sound(1, 100))
    assert (timeline.played(40), timeline.unheard(40)) == (40, 60)
    timeline.hush(40)
    assert (timeline.played(90), timeline.unheard(90)) == (40, 0)
    timeline.write(90, sound(2, 10))
    assert timeline.played(95) == 45
    assert timeline.recording(100) == sound(1, 40) + sound(0, 50) + sound(2, 10)


def test_an_empty_line_has_nothing() -> None:
    timeline = Timeline()
    timeline.write(5, b"")
    timeline.hush(7)
    assert (timeline.played(9), timeline.unheard(9), timeline.recording(9)) == (0, 0, b"")


def test_sounds_mix_and_a_sum_that_is_too_loud_is_clipped() -> None:
    assert overlay([(0, sound(1, 2)), (1, sound(2, 2))]) == np.array([1, 3, 2], "<i2").tobytes()
    assert overlay([(0, sound(30000, 1)), (0, sound(30000, 1))]) == sound(32767, 1)
    assert overlay([]) == b""


def test_a_pause_is_silence_and_what_waited_goes_on_after_it() -> None:
    timeline = Timeline()
    timeline.write(0, sound(1, 100))
    timeline.pause(40)
    timeline.write(50, sound(2, 10))
    assert (timeline.paused, timeline.played(90), timeline.unheard(90)) == (True, 40, 70)
    timeline.resume(90)
    assert timeline.recording(200) == sound(1, 40) + sound(0, 50) + sound(1, 60) + sound(2, 10)


def test_hush_drops_what_a_pause_holds_and_ends_it() -> None:
    timeline = Timeline()
    timeline.write(0, sound(1, 100))
    timeline.pause(40)
    timeline.hush(50)
    timeline.write(60, sound(2, 10))
    timeline.resume(65)
    assert (timeline.paused, timeline.unheard(60)) == (False, 10)
    assert timeline.recording(100) == sound(1, 40) + sound(0, 20) + sound(2, 10)


def test_any_part_of_the_past_can_be_had() -> None:
    timeline = Timeline()
    timeline.write(10, sound(1, 5))
    timeline.write(20, sound(2, 5))
    assert timeline.between(-2, 12) == sound(0, 12) + sound(1, 2)
    assert timeline.between(13, 23) == sound(1, 2) + sound(0, 5) + sound(2, 3)
    assert timeline.between(24, 27) == sound(2, 1) + sound(0, 2)
