"""A BLE connection between two Links in virtual time: connection events, air time, buffers, stalls, loss and cuts.

The model is the link layer of the Bluetooth Core Specification, volume 6, part B: in a connection event (4.5.1) central
and peripheral take turns, T_IFS (4.1.1) apart, as long as one of them has more to send, the event is not over and the
controller's own limit is not reached. A packet is never lost on the air, since the link layer repeats it: interference
costs whole events (a stall), and loss happens above the controller, where it was seen.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random

from firmware_bridge.link import Link
from firmware_bridge.packet import Priority

T_IFS_S = 150e-6
"""Between two packets of an event."""
LL_PAYLOAD = 251
"""Bytes of a packet with Data Length Extension."""
ATT_AND_L2CAP = 3 + 4
"""Bytes before a GATT value."""
STALL_S = 0.3
"""What Wi-Fi or a call on the same antenna takes at a time."""
PATIENCE_S = 600.0
"""Virtual seconds that a run may take."""
_TICK_S = 0.0005
"""How often a program may have something new to say between events."""
_HEADER, _ACCESS, _MIC, _CRC = 2, 4, 4, 3
_PREAMBLE = {1_000_000: 1, 2_000_000: 2}
"""Bytes by PHY."""

WEARABLE, COMPANION = 0, 1


@dataclass(frozen=True, slots=True)
class Radio:
    """The parameters of a connection."""

    name: str
    interval_s: float
    phy_bps: int
    exchanges: int
    """Most packets that each side sends in an event; 0: as many as fit."""
    max_packet: int
    """Bytes of a GATT value."""
    host_s: float
    """From the radio to our program, and from our program to the radio: bus, kernel, daemon, run-time."""
    buffered: int = 7
    """Link-layer packets that a host gives its controller before it waits: as many as our own transport does."""

    def air_time(self, payload: int) -> float:
        """Give the seconds of one encrypted packet with so many bytes of payload, the pause after it included."""
        overhead = _PREAMBLE[self.phy_bps] + _ACCESS + _HEADER + _CRC + (_MIC if payload else 0)
        return (overhead + payload) * 8 / self.phy_bps + T_IFS_S

    def fragments(self, value: int) -> list[int]:
        """Give the payloads of the packets that carry a GATT value of so many bytes."""
        whole, rest = divmod(value + ATT_AND_L2CAP, LL_PAYLOAD)
        return [LL_PAYLOAD] * whole + ([rest] if rest else [])

    def most_bps(self) -> float:
        """Give the bits of GATT values in a second when one side fills every event and the other has nothing to say."""
        sizes = self.fragments(self.max_packet)
        exchange = sum(self.air_time(size) + self.air_time(0) for size in sizes) / len(sizes)
        fitting = int(self.interval_s / exchange)
        packets = min(self.exchanges or fitting, fitting)
        return packets / len(sizes) * self.max_packet * 8 / self.interval_s


@dataclass
class Side:
    """One host with its controller."""

    link: Link
    queue: deque[tuple[float, int, bytes | None]] = field(default_factory=deque)
    """In the controller: when it got there, bytes, and the GATT value that is whole with it."""
    buffered: int = 0
    due: list[tuple[float, int, bytes | None]] = field(default_factory=list)
    """On the way to the host: a GATT value, or the news that a packet was sent."""
    sent_bytes: int = 0
    """Of GATT values, repeated ones included."""


class SimulatedAir:
    """Runs both ends. `fill` may put messages into the link of a side whenever it is that side's turn to work."""

    def __init__(
        self,
        radio: Radio,
        fill: Callable[[int, Link, float], None],
        take: Callable[[int, Priority, bytes, float], None],
        *,
        seed: int = 0,
        lost: float = 0.0,
        stalled: float = 0.0,
    ) -> None:
        """`take` gets each message that arrives, the side at which, and when. `lost` is the share of GATT values that
        get lost above the controller, `stalled` the share of time in which nothing passes."""
        self.radio = radio
        self.now = 0.0
        self._fill, self._take = fill, take
        self._random = Random(seed)
        self._lost, self._stalled = lost, stalled
        self._stall_ends = 0.0
        self._numbers = count()
        self.sides = self._connected()

    def _connected(self) -> tuple[Side, Side]:
        tokens = self._random.getrandbits(32), self._random.getrandbits(32)
        wearable, companion = (Side(Link(self.radio.max_packet, token, self.now)) for token in tokens)
        return wearable, companion

    def cut(self, away_s: float) -> None:
        """Lose the connection and all that is on the way; be back after so many seconds, with fresh links."""
        self.now += away_s
        self.sides = self._connected()

    def run(self, until: Callable[[], bool]) -> None:
        """Go on from event to event until it is so. Raises RuntimeError when a link has ended, or after PATIENCE_S."""
        gives_up = self.now + PATIENCE_S
        while not until():
            self.step()
            if self.now > gives_up:
                raise RuntimeError(f"what was waited for did not come within {PATIENCE_S:.0f} s")

    def step(self) -> None:
        """Run one connection event."""
        begin = self.now
        quiet = begin if self._is_stalled() else self._event(begin)
        self.now = begin + self.radio.interval_s
        while quiet < self.now:  # programs go on in the time between events
            quiet = min(quiet + _TICK_S, self.now)
            self._work(quiet)

    def _is_stalled(self) -> bool:
        # In the mean one stall in each STALL_S / share.
        chance = self._stalled * self.radio.interval_s / STALL_S
        if chance and self.now >= self._stall_ends and self._random.random() < chance:
            self._stall_ends = self.now + STALL_S
        return self.now < self._stall_ends

    def _event(self, begin: float) -> float:
        """Let both sides send; give when they ended."""
        at, end = begin, begin + self.radio.interval_s
        self._work(at)
        exchanges = 0
        while True:
            longest = sum(self.radio.air_time(self._next_size(side, at)) for side in self.sides)
            if at + longest > end or (self.radio.exchanges and exchanges >= self.radio.exchanges):
                return at
            for number in (COMPANION, WEARABLE):  # the central begins
                at += self._transmit(number, at)
            exchanges += 1
            self._work(at)
            if not any(self._next_size(side, at) for side in self.sides):
                return at

    def _next_size(self, side: Side, at: float) -> int:
        return side.queue[0][1] if side.queue and side.queue[0][0] <= at else 0

    def _transmit(self, number: int, at: float) -> float:
        """Send the next packet of a side, an empty one if there is none; give its air time."""
        side, peer = self.sides[number], self.sides[1 - number]
        size = self._next_size(side, at)
        air_s = self.radio.air_time(size)
        if size:
            _, _, value = side.queue.popleft()
            self._later(side, at + air_s + self.radio.host_s, None)
            if value is not None and self._random.random() >= self._lost:
                self._later(peer, at + air_s + self.radio.host_s, value)
        return air_s

    def _later(self, side: Side, at: float, what: bytes | None) -> None:
        heapq.heappush(side.due, (at, next(self._numbers), what))

    def _work(self, now: float) -> None:
        """Let both hosts do what they had to do by now."""
        for number, side in enumerate(self.sides):
            while side.due and side.due[0][0] <= now:
                at, _, value = heapq.heappop(side.due)
                if value is None:
                    side.buffered -= 1
                else:
                    side.link.receive(value, at)
                self._pump(number, side, at)
            self._pump(number, side, now)

    def _pump(self, number: int, side: Side, at: float) -> None:
        for priority, message in iter(side.link.next_message, None):
            self._take(number, priority, message, at)
        self._fill(number, side.link, at)
        while side.buffered < self.radio.buffered and (value := side.link.next_packet(at)) is not None:
            side.sent_bytes += len(value)
            *first, last = self.radio.fragments(len(value))
            for size in first:
                side.queue.append((at + self.radio.host_s, size, None))
            side.queue.append((at + self.radio.host_s, last, value))
            side.buffered += len(first) + 1
        if side.link.ended:
            raise RuntimeError(str(side.link.ended))
