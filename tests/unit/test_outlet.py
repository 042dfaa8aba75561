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
