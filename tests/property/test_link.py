"""The link against air that loses, doubles, delays and cuts: exactly once and in order, or a clean end."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.errors import RemoteProtocolError
from firmware_bridge.inbox import INBOX_MESSAGES
from firmware_bridge.link import Link
from firmware_bridge.outbox import MAX_LINK_MESSAGE
from firmware_bridge.packet import Ack, Data, Open, Packet, Ping, Priority, Reset, ResetCode, decode, encode
from firmware_bridge.window import MAX_TIMEOUTS
from tests.hostile_air import Fate, HostileAir, Sent

priorities = st.sampled_from(Priority)
lengths = st.one_of(st.integers(1, 60), st.integers(60, 900))
fates = st.lists(
    st.one_of(
        st.just(()),
        st.tuples(st.floats(0.001, 2.0)),
        st.tuples(st.floats(0.001, 0.1)),
        st.tuples(st.floats(0.001, 2.0), st.floats(0.001, 2.0)),
    ),
    max_size=60,
)
fast_fates = st.lists(st.floats(0.001, 0.12).map(lambda delay: (delay,)), max_size=40)
max_packets = st.tuples(st.sampled_from([20, 64, 244]), st.sampled_from([20, 185, 512]))


@st.composite
def letters(draw: st.DrawFn, most: int = 12) -> list[Sent]:
    """Messages that all differ, so that a doubled or lost one shows."""
    plan = draw(st.lists(st.tuples(priorities, lengths), max_size=most))
    return [(p, f"{i}:{p.name}:".encode().ljust(n, b".")) for i, (p, n) in enumerate(plan)]


def of(priority: Priority, messages: Sequence[bytes]) -> list[bytes]:
    return [message for message in messages if f":{priority.name}:".encode() in message]


def assert_in_order_and_once(sent: Sequence[Sent], received: Sequence[bytes], complete: bool) -> None:
    for priority in Priority:
        wanted = of(priority, [message for _, message in sent])
        got = of(priority, received)
        assert got == wanted if complete else got == wanted[: len(got)]
    assert len(received) == sum(len(of(priority, received)) for priority in Priority)


def assert_both_directions(air: HostileAir, complete: bool) -> None:
    assert_in_order_and_once(air.ends[0].put, air.ends[1].received, complete)
    assert_in_order_and_once(air.ends[1].put, air.ends[0].received, complete)


@settings(deadline=None)
@given(letters(), letters(), fates, fates, max_packets, st.sampled_from([0.0, 0.4]))
def test_whatever_the_air_does_messages_arrive_once_and_in_order_or_the_link_ends_cleanly(
    up: list[Sent],
    down: list[Sent],
    up_fates: list[Fate],
    down_fates: list[Fate],
    max_packets: tuple[int, int],
    appetite: float,
) -> None:
    air = HostileAir((up, down), (up_fates, down_fates), max_packets, (0.0, appetite))
    air.settle()
    ended = [end.link.ended for end in air.ends if end.link.ended]
    assert_both_directions(air, complete=not ended)
    assert all(end.code == ResetCode.NO_ANSWER for end in ended)


@settings(deadline=None)
@given(letters(), letters(), fast_fates, fast_fates, st.data())
def test_air_that_heals_in_time_costs_no_message_and_no_link(
    up: list[Sent], down: list[Sent], up_fates: list[Fate], down_fates: list[Fate], data: st.DataObject
) -> None:
    for _ in range(data.draw(st.integers(0, MAX_TIMEOUTS))):
        where = data.draw(st.sampled_from([up_fates, down_fates]))
        where.insert(data.draw(st.integers(0, len(where))), ())
    air = HostileAir((up, down), (up_fates, down_fates))
    air.settle(until=120.0)
    assert not any(end.link.ended for end in air.ends)
    assert not any(end.to_send for end in air.ends)
    assert_both_directions(air, complete=True)


@settings(deadline=None)
@given(letters(), letters(), fates, fates, st.floats(0.0, 5.0))
def test_after_a_cut_what_arrived_is_a_beginning_of_what_was_sent(
    up: list[Sent], down: list[Sent], up_fates: list[Fate], down_fates: list[Fate], cut_at: float
) -> None:
    air = HostileAir((up, down), (up_fates, down_fates))
    air.run(until=cut_at)
    assert_both_directions(air, complete=False)


def test_dead_air_ends_the_link_within_half_a_minute() -> None:
    air = HostileAir(([(Priority.CONTROL, b"0:CONTROL:")], []), ([()] * 1000, [()] * 1000))
    air.settle()
    assert all(end.link.ended and end.link.ended.code == ResetCode.NO_ANSWER for end in air.ends)
    assert air.now < 30


def test_air_that_dies_when_nothing_is_sent_is_noticed_within_a_minute() -> None:
    air = HostileAir(([], []))
    air.settle()
    link, then = air.ends[0].link, air.now
    while not link.ended:
        then = link.deadline
        while link.next_packet(then) is not None:
            pass
    assert link.ended.code == ResetCode.NO_ANSWER
    assert then - air.now < 60


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(1, 600))
def test_a_bulk_message_in_flight_delays_a_control_message_by_at_most_one_packet(moment: int, length: int) -> None:
    photo = b"0:BULK:".ljust(MAX_LINK_MESSAGE, b".")
    air = HostileAir(([(Priority.BULK, photo)] * 3, []), max_packets=(64, 64))
    for _ in range(moment + 2):
        air.step()
    end = air.ends[0]
    before = len(end.packets)
    end.to_send.insert(0, (Priority.CONTROL, b"1:CONTROL:".ljust(length, b".")))
    air.settle()
    after = [packet for packet in map(decode, end.packets[before:]) if isinstance(packet, Data)]
    assert [packet.priority for packet in after[:2]].count(Priority.CONTROL) >= 1
    first = next(i for i, packet in enumerate(after) if packet.priority is Priority.CONTROL)
    assert first <= 1
    assert len(air.ends[1].received) == 4


def test_an_application_that_fetches_nothing_holds_the_peer_back_and_loses_nothing() -> None:
    sends = [(Priority.BULK, f"{i}:BULK:".encode()) for i in range(40)]
    air = HostileAir((sends, []), appetites=(0.0, 50.0))
    air.run(until=40.0)
    assert len(air.ends[1].received) == 1
    assert air.ends[1].link.held < 10 * INBOX_MESSAGES
    assert not air.ends[1].link.ended
    air.ends[1].appetite = air.ends[1].eats_at = 0.0
    air.settle()
    assert_both_directions(air, complete=True)


packets = st.one_of(
    st.builds(Data, st.integers(0, 20), priorities, st.booleans(), st.booleans(), st.binary(min_size=1, max_size=509)),
    st.builds(Ack, st.integers(0, 12), st.integers(0, 255), st.booleans()),
    st.builds(Open, st.just(1), st.integers(0, 3), st.integers(0, 255), st.integers(20, 512)),
    st.just(Ping()),
    st.builds(Reset, st.integers(0, 255)),
)


@settings(deadline=None)
@given(st.lists(st.one_of(packets.map(encode), st.binary(max_size=12)), max_size=40))
def test_any_packets_leave_a_link_that_works_or_one_that_has_ended(arriving: list[bytes]) -> None:
    link = Link(244, token=9, now=0.0)
    link.send(b"hello", Priority.CONTROL)
    for packet in arriving:
        try:
            link.receive(packet, 0.0)
        except RemoteProtocolError:
            assert link.ended
        answers = 0
        while link.next_packet(0.0) is not None:
            answers += 1
        assert answers <= 12  # an acknowledgement and a window; no packet is worth a flood


@given(st.sampled_from([1, 2, 509]), st.booleans(), st.lists(priorities, min_size=1, max_size=5))
@settings(max_examples=20, deadline=None)
def test_a_peer_that_floods_fills_a_bounded_memory_and_is_ended(length: int, last: bool, order: list[Priority]) -> None:
    link = Link(512, token=9, now=0.0)
    link.receive(encode(Open(1, 1, 8, 512)), 0.0)
    begun: set[Priority] = set()
    for seq in range(1, 5 * MAX_LINK_MESSAGE):
        priority = order[seq % len(order)]
        packet: Packet = Data(seq, priority, last or priority not in begun, last, bytes(length))
        begun.add(priority)
        with suppress(RemoteProtocolError):
            link.receive(encode(packet), 0.0)
        assert link.held <= (INBOX_MESSAGES + len(Priority)) * (MAX_LINK_MESSAGE + 512)
        if link.ended:
            break
        while link.next_packet(0.0) is not None:
            pass
    assert link.ended
    assert link.ended.code in (ResetCode.CREDIT, ResetCode.TOO_LONG)


def test_numbers_that_wrap_around_lose_nothing() -> None:
    # 1.3 MB in fragments of 17 bytes are 77,000 packets, more than the 65,536 sequence numbers.
    sends = [(Priority.BULK, f"{i}:BULK:".encode().ljust(MAX_LINK_MESSAGE, b".")) for i in range(80)]
    losses: list[Fate] = [(0.03,)] * 65_500 + [(), (0.03,), (0.01, 0.2)] * 30
    air = HostileAir((sends, []), (losses, []))
    air.settle(until=100_000.0)
    assert_both_directions(air, complete=True)
