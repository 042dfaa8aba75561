"""Facts about how the echo canceller is judged."""

from __future__ import annotations

import numpy as np
import pytest

from audio.echo import Echo, EchoMeter, EchoReport
from audio.frames import FRAME_BYTES, FRAME_SAMPLES

SILENCE = bytes(FRAME_BYTES)


class Scene:
    """A loudspeaker, a microphone and a canceller of which only the levels matter."""

    def __init__(self, noise_db: float = -70.0) -> None:
        self.meter = EchoMeter()
        self._dice = np.random.default_rng(1)
        self._noise_db = noise_db

    def hiss(self, *levels_db: float) -> bytes:
        """Make a frame of noise of the sum of these levels."""
        power = sum(10 ** (level_db / 10) for level_db in levels_db)
        sound = self._dice.standard_normal(FRAME_SAMPLES) * power**0.5 * 32768
        return bytes(sound.clip(-32768, 32767).astype("<i2").tobytes())

    def quiet(self, frames: int) -> None:
        """Let the loudspeaker be silent."""
        for _ in range(frames):
            self.meter.take(self.hiss(self._noise_db), SILENCE, self.hiss(self._noise_db), talking=False)

    def speak(self, frames: int, echo_db: float, left_db: float, talking: bool = False) -> None:
        """Let us speak at -20 dB."""
        for _ in range(frames):
            near, out = self.hiss(self._noise_db, echo_db), self.hiss(self._noise_db, left_db)
            self.meter.take(near, self.hiss(-20), out, talking)


def test_nothing_is_said_before_half_a_second_of_our_voice() -> None:
    scene = Scene()
    scene.speak(24, -30, -60)
    assert scene.meter.report() == EchoReport(Echo.UNKNOWN, None)
    scene.speak(1, -30, -60)
    assert scene.meter.report().echo is Echo.REMOVED


@pytest.mark.parametrize("removed_db", [12.0, 20.0, 27.0])
def test_it_tells_how_many_decibels_were_removed(removed_db: float) -> None:
    scene = Scene()
    scene.quiet(100)
    scene.speak(100, -30, -30 - removed_db)
    report = scene.meter.report()
    assert report.echo is Echo.REMOVED
    assert report.removed_db == pytest.approx(removed_db, abs=1)
    assert str(report) == f"echo removed, {report.removed_db:.0f} dB less"


def test_noise_around_does_not_pass_for_echo_that_was_left() -> None:
    scene = Scene(noise_db=-40)
    scene.quiet(100)
    scene.speak(100, -30, -70)
    assert (scene.meter.report().removed_db or 0) > 15


def test_an_earbud_that_leaks_nothing_is_not_a_failure() -> None:
    scene = Scene()
    scene.quiet(100)
    scene.speak(100, -90, -90)
    assert scene.meter.report() == EchoReport(Echo.UNHEARD, None)
    assert str(scene.meter.report()) == "the microphone does not hear the loudspeaker"


def test_a_canceller_that_does_nothing_is_found_out() -> None:
    scene = Scene()
    scene.quiet(100)
    scene.speak(50, -30, -30)
    report = scene.meter.report()
    assert report.echo is Echo.LEFT
    assert report.removed_db == pytest.approx(0, abs=0.5)


def test_it_is_found_out_too_when_all_that_is_left_sounds_like_speech() -> None:
    scene = Scene()
    scene.speak(100, -30, -30, talking=True)
    assert scene.meter.report().echo is Echo.UNKNOWN
    scene.speak(50, -30, -30, talking=True)
    assert scene.meter.report().echo is Echo.LEFT


def test_a_wearer_who_interrupts_does_not_make_the_canceller_look_bad() -> None:
    scene = Scene()
    scene.speak(100, -30, -55)
    scene.speak(75, -15, -15, talking=True)
    assert scene.meter.report().removed_db == pytest.approx(25, abs=1)


def test_a_canceller_that_loses_the_echo_path_is_noticed_within_two_seconds_and_again_when_it_is_back() -> None:
    scene = Scene()
    scene.speak(100, -30, -55)
    scene.speak(100, -30, -30)
    assert scene.meter.report().echo is Echo.LEFT
    scene.speak(200, -30, -55)
    assert scene.meter.report().echo is Echo.REMOVED


def test_while_we_are_silent_nothing_is_echo() -> None:
    scene = Scene()
    scene.speak(100, -30, -55)
    scene.quiet(40)
    assert not scene.meter.active


def test_the_room_goes_on_for_a_moment_after_our_last_word() -> None:
    scene = Scene()
    scene.speak(100, -30, -55)
    scene.quiet(10)
    assert scene.meter.active
