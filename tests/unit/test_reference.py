"""Facts about what the echo canceller is told of the loudspeaker."""

from __future__ import annotations

from audio.frames import FRAME_BYTES
from audio.outlet import Outlet
from audio.reference import Reference


def block(number: int) -> bytes:
    return number.to_bytes(2, "little") * (FRAME_BYTES // 2)


def number(frame: bytes) -> int:
    assert len(frame) == FRAME_BYTES
    assert frame == frame[:2] * (FRAME_BYTES // 2)
    return int.from_bytes(frame[:2], "little")


def test_it_is_what_the_driver_was_given_silence_and_pauses_included() -> None:
    outlet = Outlet(delay_blocks=3)
    outlet.reference.take()
    outlet.put(block(1) + block(2))
    given = [outlet.pull(FRAME_BYTES)]
    outlet.pause()
    given.append(outlet.pull(FRAME_BYTES))
    outlet.resume()
    given += [outlet.pull(FRAME_BYTES), outlet.pull(FRAME_BYTES)]
    assert [number(frame) for frame in given] == [1, 0, 2, 0]
    assert [outlet.reference.take() for _ in given] == given


def test_blocks_of_any_size_become_frames() -> None:
    reference = Reference()
    reference.take()
    sound = bytes(range(256)) * 10
    for start in range(0, len(sound), 100):
        reference.put(sound[start : start + 100])
    assert b"".join(reference.take() for _ in range(4)) == sound


def test_nothing_is_kept_before_somebody_reads() -> None:
    reference = Reference()
    reference.put(block(1))
    assert (number(reference.take()), reference.inserted, reference.waiting) == (0, 1, 0)


def test_an_early_reader_gets_silence_and_then_all_that_was_played() -> None:
    reference = Reference()
    assert [number(reference.take()) for _ in range(3)] == [0, 0, 0]
    reference.put(block(1))
    assert number(reference.take()) == 1
    assert (reference.inserted, reference.skipped) == (3, 0)


def test_a_reader_that_stalls_finds_the_last_half_second() -> None:
    reference = Reference()
    reference.take()
    for played in range(1, 101):
        reference.put(block(played))
    assert [number(reference.take()) for _ in range(25)] == list(range(76, 101))
    assert reference.skipped == 75


def test_a_slower_microphone_never_lets_more_than_two_frames_wait_for_long() -> None:
    reference = Reference()
    reference.take()
    waiting = []
    for played in range(1, 20_001):
        reference.put(block(played))
        if played % 500:  # The loudspeaker's clock is 0.2% faster.
            reference.take()
            waiting.append(reference.waiting // (FRAME_BYTES // 2))
    assert max(waiting) <= 3
    assert reference.skipped == 20_000 // 500 - reference.waiting // (FRAME_BYTES // 2)


def test_a_burst_now_and_then_costs_no_sound() -> None:
    reference = Reference()
    reference.take()
    taken = []
    for burst in range(200):
        for step in range(20):
            reference.put(block(burst * 20 + step + 1))
        taken += [number(reference.take()) for _ in range(20)]
    assert taken == list(range(1, 4001))
    assert (reference.inserted, reference.skipped) == (1, 0)
