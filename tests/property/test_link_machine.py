"""Both ends of a link, driven by any sequence of what applications, clocks, radios and attackers do."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from firmware_bridge.errors import RemoteProtocolError
from firmware_bridge.inbox import INBOX_MESSAGES
from firmware_bridge.noise import TAG_BYTES
from firmware_bridge.outbox import MAX_LINK_MESSAGE, OUTBOX_MESSAGES
from firmware_bridge.packet import (
    DATA_HEADER,
    WINDOW,
    Ack,
    Data,
    Open,
    Priority,
    ResetCode,
    decode,
    encode,
)
from firmware_bridge.window import MAX_TIMEOUTS
from tests.link_ends import BareEnd, End, SecureEnd
from tests.property.test_link import packets

LATENCY_S = 0.03
"""One way, of air that does no harm."""
REST_S = 600.0
"""Healed air brings two full outboxes, and finds out a dead peer, well within this."""
CHILDHOOD = 10
"""Times that both ends have worked before a rule may end what they have: most of what can happen takes a while."""

sides = st.sampled_from([0, 1])
priorities = st.sampled_from(Priority)
places = st.integers(0, 1 << 16)
"""Which packet on the way; taken modulo how many there are."""


class Story:
    """What one side said in one link, what the other heard of it, and what its packets must keep to."""

    def __init__(self) -> None:
        self.said: dict[Priority, list[object]] = {priority: [] for priority in Priority}
        self.heard: dict[Priority, list[object]] = {priority: [] for priority in Priority}
        self.cut: Counter[Priority] = Counter()
        """Messages whose last fragment went."""
        self.promised = 0
        """The largest `next + credit` that this side gave."""
        self.granted = 0
        """The largest `next + credit` that this side was given."""
        self.sent = 0
        """The highest sequence number that this side used."""
        self.peer: Open | None = None
        """The peer's OPEN, when it came."""


class LinkMachine(RuleBasedStateMachine):
    """Two ends and the air between them. After each rule both ends send all they may."""

    end: type[End] = BareEnd
    overhead = 0
    """Bytes that sealing adds; not 0 means that what an attacker changed must never be heard."""

    @initialize(max_packets=st.tuples(st.sampled_from([20, 64, 244]), st.sampled_from([20, 185, 512])))
    def begin(self, max_packets: tuple[int, int]) -> None:
        self.now = 0.0
        self.max_packets = max_packets
        self.numbers = 0
        self.connect()

    def connect(self) -> None:
        """Begin two new links; what was on the way is gone."""
        self.on_the_way: list[tuple[int, bytes]] = []
        self.age = 0
        self.stories = Story(), Story()
        self.ends = [self.make_end(0), self.make_end(1)]
        self.work()

    def make_end(self, side: int) -> End:
        self.numbers += 1
        return self.end(side, self.max_packets[side], self.numbers, self.now)

    @rule(side=sides, priority=priorities, fragments=st.integers(0, 12), more=st.integers(-1, 1))
    def say_about_some_whole_fragments(self, side: int, priority: Priority, fragments: int, more: int) -> None:
        payload = min(self.max_packets) - DATA_HEADER
        self.say(side, priority, fragments * payload + more - self.overhead)

    @rule(side=sides, priority=priorities, size=st.sampled_from([1, 1000, 5000, MAX_LINK_MESSAGE]))
    def say_something(self, side: int, priority: Priority, size: int) -> None:
        self.say(side, priority, size)

    @rule(side=sides, priority=priorities, count=st.integers(2, 20))
    def say_many_short_things(self, side: int, priority: Priority, count: int) -> None:
        for _ in range(count):
            self.say(side, priority, 5)

    @rule(side=sides, most=st.integers(1, 20))
    def fetch(self, side: int, most: int) -> None:
        for _ in range(most):
            if (came := self.ends[side].fetch()) is None:
                break
            self.stories[1 - side].heard[came[0]].append(came[1])
        self.work()

    @rule(seconds=st.sampled_from([0.01, 0.3, 1.0, 4.0]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.work()

    @rule()
    def pass_time_to_the_next_deadline(self) -> None:
        deadlines = [end.link.deadline for end in self.ends if not end.link.ended]
        self.now = max(self.now, min(deadlines, default=self.now))
        self.work()

    @rule(rounds=st.integers(1, 30), hungry=st.booleans())
    def let_the_air_be_calm(self, rounds: int, hungry: bool) -> None:
        for _ in range(rounds):
            self.now += LATENCY_S
            for _ in range(len(self.on_the_way)):
                self.arrive(*self.on_the_way.pop(0))
            self.work()
            for side in (0, 1) if hungry else ():
                self.fetch(side, 100)

    @rule(deadlines=st.integers(1, 20))
    def let_the_radio_be_silent(self, deadlines: int) -> None:
        for _ in range(deadlines):
            self.on_the_way.clear()
            self.pass_time_to_the_next_deadline()

    @precondition(lambda self: self.on_the_way)
    @rule(place=places)
    def deliver_one_before_its_turn(self, place: int) -> None:
        self.arrive(*self.on_the_way.pop(place % len(self.on_the_way)))
        self.work()

    @precondition(lambda self: self.on_the_way)
    @rule(place=places)
    def lose_one(self, place: int) -> None:
        del self.on_the_way[place % len(self.on_the_way)]

    @precondition(lambda self: self.on_the_way)
    @rule(side=sides)
    def lose_all_to_one_side(self, side: int) -> None:
        self.on_the_way = [(to, packet) for to, packet in self.on_the_way if to != side]

    @precondition(lambda self: self.on_the_way)
    @rule(place=places, later=places)
    def double_one(self, place: int, later: int) -> None:
        packet = self.on_the_way[place % len(self.on_the_way)]
        self.on_the_way.insert(later % (len(self.on_the_way) + 1), packet)

    @precondition(lambda self: self.on_the_way)
    @rule(place=places, later=places)
    def delay_one(self, place: int, later: int) -> None:
        packet = self.on_the_way.pop(place % len(self.on_the_way))
        self.on_the_way.insert(later % (len(self.on_the_way) + 1), packet)

    @precondition(lambda self: self.age > CHILDHOOD)
    @rule()
    def cut_the_connection(self) -> None:
        self.connect()

    @precondition(lambda self: self.age > CHILDHOOD)
    @rule(side=sides)
    def restart_one_end_alone(self, side: int) -> None:
        """The air is calm then, and what was on the way to a program that has ended is gone with it."""
        other, peer = self.ends[1 - side].link, self.stories[1 - side]
        if other.ended or peer.peer is None:
            return
        self.on_the_way.clear()
        self.stories = (Story(), peer) if side == 0 else (peer, Story())
        self.ends[side] = self.make_end(side)
        self.rest()
        assert other.ended is not None
        assert other.ended.code in (ResetCode.RESTARTED, ResetCode.NO_ANSWER)
        self.connect()

    @precondition(lambda self: self.age > CHILDHOOD)
    @rule(side=sides, forged=st.lists(st.binary(max_size=30) | packets.map(encode), min_size=1, max_size=4))
    def forge(self, side: int, forged: list[bytes]) -> None:
        """The links may end then, or a bare one hear what was never said; there is no third way."""
        for packet in forged:
            self.arrive(side, packet)
            self.work()
        self.after_an_attack()

    @precondition(lambda self: self.on_the_way and self.age > CHILDHOOD)
    @rule(place=places, at=places, bit=st.integers(0, 7), shorter=st.integers(0, 3))
    def change_one(self, place: int, at: int, bit: int, shorter: int) -> None:
        side, packet = self.on_the_way.pop(place % len(self.on_the_way))
        changed = bytearray(packet)
        changed[at % len(changed)] ^= 1 << bit
        self.arrive(side, bytes(changed[: len(changed) - shorter]))
        self.after_an_attack()

    def after_an_attack(self) -> None:
        self.let_the_air_be_calm(5, hungry=True)
        self.memory_is_bounded()
        if self.overhead:
            self.what_was_heard_is_the_beginning_of_what_was_said()
        self.connect()

    @invariant()
    def what_was_heard_is_the_beginning_of_what_was_said(self) -> None:
        for story in self.stories:
            for priority in Priority:
                heard = story.heard[priority]
                assert heard == story.said[priority][: len(heard)]

    @invariant()
    def memory_is_bounded(self) -> None:
        for end, story in zip(self.ends, self.stories, strict=True):
            assert end.link.held <= (INBOX_MESSAGES + len(Priority)) * MAX_LINK_MESSAGE
            assert end.link.in_flight <= WINDOW
            assert all(len(story.said[p]) - story.cut[p] <= OUTBOX_MESSAGES for p in Priority)

    @invariant()
    def an_honest_link_ends_only_for_silence(self) -> None:
        for end in self.ends:
            assert end.link.ended is None or end.link.ended.code == ResetCode.NO_ANSWER

    def teardown(self) -> None:
        if not hasattr(self, "ends"):
            return  # begin was not reached
        is_patient = not any(end.link.ended or end.link._window.patience.timeouts == MAX_TIMEOUTS for end in self.ends)
        self.rest()
        assert not (is_patient and self.ends[0].link.ended), "air that heals in time costs no link"
        self.what_was_heard_is_the_beginning_of_what_was_said()
        self.an_honest_link_ends_only_for_silence()
        if not self.ends[0].link.ended:
            assert all(story.heard == story.said for story in self.stories)

    def rest(self) -> None:
        """Let the air heal and both applications fetch until there is nothing to do; fail if that never is."""
        until = self.now + REST_S
        while not self.is_at_rest():
            assert self.now < until, "the links never come to rest"
            if not self.on_the_way:
                self.pass_time_to_the_next_deadline()
            self.let_the_air_be_calm(1, hungry=True)

    def is_at_rest(self) -> bool:
        links = [end.link for end in self.ends]
        if any(link.ended for link in links):
            return all(link.ended for link in links)
        return not self.on_the_way and all(link.idle and not link.held for link in links)

    def say(self, side: int, priority: Priority, size: int) -> None:
        self.numbers += 1
        message = self.ends[side].say(self.numbers, min(max(size, 1), MAX_LINK_MESSAGE), priority)
        if message is not None:
            self.stories[side].said[priority].append(message)
        self.work()

    def work(self) -> None:
        self.age += 1
        for side in (0, 1):
            packets = list(iter(partial(self.ends[side].link.next_packet, self.now), None))
            assert len(packets) <= WINDOW + 2, "a flood"
            for packet in packets:
                self.check(side, packet)
                self.on_the_way.append((1 - side, packet))

    def check(self, side: int, packet: bytes) -> None:
        """Hold a packet to what its sender promised and was promised."""
        story = self.stories[side]
        match decode(packet):
            case Open(credit=credit):
                story.promised = max(story.promised, 1 + credit)
            case Ack(following, credit) if following:  # before the peer's OPEN an ACK takes nothing back
                assert following + credit >= story.promised
                assert credit <= INBOX_MESSAGES
                story.promised = following + credit
            case Data(seq, priority, last=last):
                assert story.peer is not None
                assert len(packet) <= min(self.max_packets[side], story.peer.max_packet)
                assert seq < story.granted
                if seq > story.sent:
                    story.sent = seq
                    story.cut[priority] += last

    def arrive(self, side: int, packet: bytes) -> None:
        story = self.stories[side]
        with suppress(RemoteProtocolError):
            match decode(packet):
                case Open(credit=credit) as opening:
                    story.granted = max(story.granted, 1 + credit)
                    story.peer = story.peer or opening
                case Ack(following, credit):
                    story.granted = max(story.granted, following + credit)
        try:
            self.ends[side].link.receive(packet, self.now)
        except RemoteProtocolError:
            assert self.ends[side].link.ended


class SecureMachine(LinkMachine):
    """The same with handshake, encryption and session."""

    end = SecureEnd
    overhead = TAG_BYTES

    def connect(self) -> None:
        super().connect()
        if self.numbers % 4:  # most of what can happen comes after the handshake
            self.let_the_air_be_calm(6, hungry=True)


def test_whatever_happens_to_a_link_messages_arrive_once_and_in_order_or_it_ends_cleanly() -> None:
    run_state_machine_as_test(LinkMachine, settings=settings(max_examples=600, derandomize=True))


def test_whatever_happens_to_a_secured_session_nothing_is_heard_that_was_not_said() -> None:
    run_state_machine_as_test(SecureMachine, settings=settings(max_examples=200, derandomize=True))
