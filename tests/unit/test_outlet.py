"""Facts about the sound between the program and a loudspeaker's driver."""

from __future__ import annotations

import pytest

from audio.outlet import Outlet


def test_the_driver_gets_sound_and_then_silence() -> None:
    outlet = Outlet(delay_blocks=0)
    outlet.put(b"\1\0" * 3)
    assert outlet.pull(4) == b"\1\0\1\0"
    assert outlet.pull(4) == b"\1\0\0\0"
    assert outlet.pull(4) == bytes(4)
    assert (outlet.played, outlet.unheard) == (3, 0)


def test_a_block_is_heard_only_after_the_delay_of_the_driver() -> None:
    outlet = Outlet(delay_blocks=2)
    outlet.put(b"\1\0" * 4)
    outlet.pull(4)
    outlet.pull(4)
    assert (outlet.played, outlet.unheard) == (0, 4)
    outlet.pull(4)
    assert (outlet.played, outlet.unheard) == (2, 2)


def test_hush_forgets_what_the_driver_does_not_hold() -> None:
    outlet = Outlet(delay_blocks=1)
    outlet.put(b"\1\0" * 10)
    outlet.pull(4)
    outlet.hush()
    assert outlet.unheard == 2
    assert outlet.pull(4) == bytes(4)
    assert (outlet.played, outlet.unheard) == (2, 0)


def test_a_negative_delay_is_refused() -> None:
    with pytest.raises(ValueError, match="delay"):
        Outlet(-1)


def test_a_pause_is_silence_from_the_next_block_on_and_what_waits_goes_on_after_it() -> None:
    outlet = Outlet(delay_blocks=0)
    outlet.put(b"\1\0\2\0\3\0")
    assert outlet.pull(4) == b"\1\0\2\0"
    outlet.pause()
    assert outlet.pull(4) == bytes(4)
    assert (outlet.played, outlet.unheard) == (2, 1)
    outlet.resume()
    assert outlet.pull(4) == b"\3\0\0\0"


def test_what_the_driver_has_taken_is_still_heard_in_a_pause() -> None:
    outlet = Outlet(delay_blocks=1)
    outlet.put(b"\1\0" * 4)
    outlet.pull(4)
    outlet.pause()
    outlet.pull(4)
    assert (outlet.played, outlet.unheard) == (2, 2)
    outlet.pull(4)
    assert (outlet.played, outlet.unheard) == (2, 2)


def test_hush_ends_a_pause_and_what_comes_next_is_heard_at_once() -> None:
    outlet = Outlet(delay_blocks=0)
    outlet.put(b"\1\0" * 4)
    outlet.pause()
    outlet.hush()
    outlet.put(b"\2\0")
    assert outlet.pull(4) == b"\2\0\0\0"
