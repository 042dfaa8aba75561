"""Handshakes and sealed messages, driven by any bytes and any order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.noise import new_private_key, public_key
from firmware_bridge.packet import Priority
from firmware_bridge.secure import AnyCompanion, KnownWearable, NewWearable, Reason, Refused, Secured, read_passkey
from tests.handshakes import Door

WEARABLE, COMPANION = new_private_key(), new_private_key()
GREETING = KnownWearable(COMPANION, public_key(WEARABLE)).begin()
DIGITS = "314159"


def secured() -> tuple[Secured, Secured]:
    companion = KnownWearable(COMPANION, public_key(WEARABLE))
    wearable = AnyCompanion(WEARABLE, Door(frozenset([public_key(COMPANION)])))
    answer = wearable.receive(companion.begin())
    assert answer is not None
    companion.receive(answer)
    assert companion.secured is not None
    assert wearable.secured is not None
    return companion.secured, wearable.secured


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda rest: GREETING[:60] + rest))
def test_any_bytes_are_refused_and_nothing_else_is_raised(data: bytes) -> None:
    for door in (Door(frozenset([public_key(COMPANION)])), Door(digits=DIGITS)):
        wearable = AnyCompanion(WEARABLE, door)
        with pytest.raises(Refused):
            wearable.receive(data)
        assert wearable.secured is None


@given(st.binary(max_size=200))
def test_any_answer_of_a_wearable_is_refused(data: bytes) -> None:
    for companion in (KnownWearable(COMPANION, public_key(WEARABLE)), NewWearable(COMPANION, DIGITS)):
        companion.begin()
        with pytest.raises(Refused):
            companion.receive(data)
        assert companion.secured is None


@given(st.integers(0, len(GREETING) * 8 - 1))
def test_a_greeting_in_which_any_bit_is_other_is_refused(bit: int) -> None:
    changed = bytearray(GREETING)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Refused):
        AnyCompanion(WEARABLE, Door(frozenset([public_key(COMPANION)]))).receive(bytes(changed))


@given(st.lists(st.tuples(st.sampled_from(Priority), st.binary(min_size=1, max_size=40)), max_size=20), st.randoms())
def test_priorities_may_overtake_each_other_and_every_message_opens(
    said: list[tuple[Priority, bytes]], random: object
) -> None:
    ours, theirs = secured()
    queues: dict[Priority, list[tuple[bytes, bytes]]] = {priority: [] for priority in Priority}
    for priority, message in said:
        queues[priority].append((message, ours.seal(message, priority)))
    while any(queues.values()):
        priority = random.choice([priority for priority, queue in queues.items() if queue])  # type: ignore[attr-defined]
        message, sealed = queues[priority].pop(0)
        assert theirs.open(sealed, priority) == message


@given(st.sampled_from(Priority), st.sampled_from(Priority), st.integers(0, 2), st.integers(0, 2))
def test_a_message_played_again_left_out_or_moved_does_not_open(
    sent: Priority, claimed: Priority, number: int, expected: int
) -> None:
    ours, theirs = secured()
    sealed = [ours.seal(b"stop", sent) for _ in range(3)]
    for earlier in sealed[:expected]:
        theirs.open(earlier, sent)
    if sent is claimed and number == expected:
        assert theirs.open(sealed[number], claimed) == b"stop"
    else:
        with pytest.raises(Refused, match=Reason.BROKEN):
            theirs.open(sealed[number], claimed)


def test_what_one_sealed_it_cannot_be_made_to_open_itself() -> None:
    ours, _ = secured()
    with pytest.raises(Refused):
        ours.open(ours.seal(b"stop", Priority.CONTROL), Priority.CONTROL)


def test_a_recorded_conversation_is_of_no_use_in_the_next() -> None:
    companion, _ = secured()
    _, wearable = secured()
    with pytest.raises(Refused):
        wearable.open(companion.seal(b"ask", Priority.CONTROL), Priority.CONTROL)


@pytest.mark.parametrize("typed", ["314159", "314 159", " 31-41-59 ", "314.159", "3,1,4,1,5,9"])
def test_digits_are_read_as_people_type_them(typed: str) -> None:
    assert read_passkey(typed) == DIGITS


@pytest.mark.parametrize("typed", ["", "31415", "3141592", "three", "31415a", "١٢٣٤٥٦"])
def test_other_than_six_digits_are_no_passkey(typed: str) -> None:
    with pytest.raises(ValueError, match="6 digits"):
        read_passkey(typed)
