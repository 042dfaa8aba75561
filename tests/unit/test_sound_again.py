"""Facts about which errors mean that the sound device was lost."""

from __future__ import annotations

import pytest

from audio.frames import AudioDeviceError, AudioDeviceLost
from edge.sound_again import going_on_after_loss, is_only, was_lost

LOST = AudioDeviceLost("microphone went away")


def test_a_lost_device_is_known_alone_and_in_groups_of_groups() -> None:
    assert is_only(LOST, AudioDeviceLost)
    assert is_only(ExceptionGroup("", [ExceptionGroup("", [LOST]), LOST]), AudioDeviceLost)


def test_a_device_that_was_never_there_is_not_a_lost_one() -> None:
    assert not is_only(AudioDeviceError("no such device"), AudioDeviceLost)


def test_another_error_beside_the_loss_is_not_passed_over() -> None:
    assert not is_only(ExceptionGroup("", [LOST, ValueError("a bug")]), AudioDeviceLost)


def test_a_missing_device_at_the_first_start_is_told() -> None:
    with pytest.raises(AudioDeviceError, match="no such device"), going_on_after_loss():
        raise AudioDeviceError("no such device")


def test_a_process_learns_from_its_environment_that_it_goes_on_for_another() -> None:
    assert was_lost({"EARRAND_WAITS_FOR_SOUND": "1"})
    assert not was_lost({})
