"""The sending half of go-back-N: which packets are in flight, which go again, and when the peer counts as dead."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from firmware_bridge.packet import WINDOW, Ack, ResetCode, Violation

SEQUENCE = 1 << 16
"""Sequence numbers are counted modulo this on the wire, and without end in here."""
FIRST_TIMEOUT_S = 1.0
"""Before the round trip was measured."""
MIN_TIMEOUT_S = 0.3
"""Radios that share time with Wi-Fi or an eSCO call stall for 100 to 300 ms."""
MAX_TIMEOUT_S = 4.0
"""A BLE supervision time-out is 4 to 6 s: past that the connection itself ends."""
MAX_TIMEOUTS = 6
"""Time-outs in a row without progress; one more and the peer counts as dead."""


class Patience:
    """How long to wait for an answer: RFC 6298 with our limits, and doubled after each time-out."""

    def __init__(self) -> None:
        self._smoothed: float | None = None
        self._variation = 0.0
        self.timeouts = 0

    def measured(self, round_trip: float) -> None:
        """Learn from an answer to a packet that was sent once."""
        if self._smoothed is None:
            self._smoothed, self._variation = round_trip, round_trip / 2
        else:
            self._variation += (abs(self._smoothed - round_trip) - self._variation) / 4
            self._smoothed += (round_trip - self._smoothed) / 8

    @property
    def timeout(self) -> float:
        """Seconds to wait now."""
        calm = FIRST_TIMEOUT_S if self._smoothed is None else self._smoothed + 4 * self._variation
        return float(min(max(calm, MIN_TIMEOUT_S) * 2**self.timeouts, MAX_TIMEOUT_S))


@dataclass(slots=True)
class _Flight:
    packet: bytes
    sent_at: float = 0.0
    times: int = 0


class Window:
    """Packets in flight. Begins with sequence number 0, for OPEN."""

    def __init__(self) -> None:
        self._flights: deque[_Flight] = deque()
        self._base = 0  # sequence number of the oldest packet in flight
        self._edge = 1  # the first sequence number without credit
        self._cursor = 0  # how many of the flights are under way; those after it go again
        self._went_back_at = -1  # a gap makes us go back once; after that only time does
        self.patience = Patience()

    @property
    def next_seq(self) -> int:
        """The number of the next new packet, as on the wire."""
        return (self._base + len(self._flights)) % SEQUENCE

    @property
    def in_flight(self) -> int:
        """Packets that were not acknowledged yet."""
        return len(self._flights)

    @property
    def waits(self) -> bool:
        """Say whether a packet waits to be sent, for the first time or again."""
        return self._cursor < len(self._flights)

    def is_open(self, reserve: int) -> bool:
        """Say whether a new packet may go and leave `reserve` places free."""
        return len(self._flights) + reserve < WINDOW and self._base + len(self._flights) < self._edge

    def push(self, packet: bytes) -> None:
        """Take one more packet into the window; `next_packet` gives it when its turn comes."""
        self._flights.append(_Flight(packet))

    def next_packet(self, now: float) -> bytes | None:
        """Give the next packet to send, for the first time or again; None when all are under way."""
        if not self.waits:
            return None
        flight = self._flights[self._cursor]
        flight.sent_at = now
        flight.times += 1
        self._cursor += 1
        return flight.packet

    def go_back(self) -> None:
        """Retransmit everything in flight."""
        self._cursor = 0

    def grant(self, next_seq: int, credit: int) -> None:
        """Learn of credit. An older ACK that arrives late takes nothing back."""
        self._edge = max(self._edge, self._absolute(next_seq) + credit)

    def acknowledge(self, ack: Ack, now: float) -> bool:
        """Take an ACK; say whether it moved the window. Raises Violation when it acknowledges what was never sent."""
        arrived = self._absolute(ack.next) - self._base
        if arrived > len(self._flights):
            raise Violation(ResetCode.SEQUENCE, f"acknowledged {arrived} of {len(self._flights)} packets in flight")
        self.grant(ack.next, ack.credit)
        if arrived > 0:
            self._drop(arrived, now)
        if ack.gap and arrived >= 0 and self._base != self._went_back_at:
            self._went_back_at = self._base
            self.go_back()
        return arrived > 0

    def _drop(self, count: int, now: float) -> None:
        done = [self._flights.popleft() for _ in range(count)]
        # Karn: an answer to a packet that was sent twice says nothing about the round trip.
        if all(flight.times == 1 for flight in done):
            self.patience.measured(now - done[-1].sent_at)
        self.patience.timeouts = 0
        self._base += count
        self._cursor = max(self._cursor - count, 0)

    def _absolute(self, seq: int) -> int:
        """Read a number from the wire as the one nearest to what is in flight."""
        return self._base + (seq - self._base + SEQUENCE // 2) % SEQUENCE - SEQUENCE // 2
