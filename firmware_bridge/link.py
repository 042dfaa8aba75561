"""Reliable messages over packets that may be lost: a state machine without clock or I/O.

Bytes and `now` go in; packets, messages and the next deadline come out. One Link serves one connection. Every message
arrives exactly once and in the order of its priority, or the link ends and `ended` says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from firmware_bridge import packet as packets
from firmware_bridge.errors import LinkDown, LocalProtocolError
from firmware_bridge.inbox import Inbox
from firmware_bridge.outbox import Outbox
from firmware_bridge.packet import (
    DATA_HEADER,
    LINK_VERSION,
    MAX_PACKET,
    MIN_PACKET,
    WINDOW,
    Ack,
    Data,
    Open,
    Ping,
    Priority,
    Reset,
    ResetCode,
    Violation,
    reset_name,
)
from firmware_bridge.window import MAX_TIMEOUTS, SEQUENCE, Window

IDLE_S = 30.0
"""After this long without a packet from the peer we ask whether it is there."""
PROBE_S = 1.0
"""When we wait for credit we ask this often: the ACK that gave it may be lost."""
RESERVE: Mapping[Priority, int] = {Priority.CONTROL: 0, Priority.SPEECH: 1, Priority.BULK: 2}
"""Places in the window that each priority leaves free, so that a photo in flight never makes a "stop" wait."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a link ended."""

    code: int
    """A ResetCode, or one of a later version."""
    by_peer: bool

    def __str__(self) -> str:
        return f"{'the peer' if self.by_peer else 'we'} ended the link: {reset_name(self.code)}"


class Link:
    """One end of one link."""

    def __init__(self, max_packet: int, token: int, now: float) -> None:
        """Open. `max_packet` is what the connection carries in bytes, `token` 32 random bits.

        Raises LocalProtocolError when the connection carries too little.
        """
        if max_packet < MIN_PACKET:
            raise LocalProtocolError(f"packets of {max_packet} bytes, at least {MIN_PACKET} are needed")
        self._max_packet = min(max_packet, MAX_PACKET)
        self._outbox, self._inbox, self._window = Outbox(), Inbox(), Window()
        self._window.push(packets.encode(Open(LINK_VERSION, token, WINDOW, self._max_packet)))
        self._peer: Open | None = None
        self._expected = 0  # the peer's next sequence number; 0 is its OPEN
        self._promised = WINDOW  # packets that the peer may still send by what we last told it
        self._ack_due = self._gap = self._ping_due = self._pinged = False
        self._heard_at = self._asked_at = now
        self._reset: bytes | None = None
        self.ended: Ended | None = None

    def has_room(self, priority: Priority) -> bool:
        """Say whether `send` can take one more message."""
        return self._outbox.has_room(priority)

    def send(self, message: bytes, priority: Priority) -> None:
        """Queue a message. Raises LinkDown after the end, LocalProtocolError when it is too long or has no room."""
        if self.ended:
            raise LinkDown(str(self.ended))
        self._outbox.put(message, priority)

    def receive(self, data: bytes, now: float) -> None:
        """Take one packet. Raises RemoteProtocolError when the peer broke the rules: the link has ended then."""
        if self.ended:
            return
        try:
            self._handle(packets.decode(data), now)
        except Violation as exc:
            self.close(exc.code)
            raise
        self._heard_at = now

    def next_message(self) -> tuple[Priority, bytes] | None:
        """Fetch a message that arrived, the most urgent first. What is not fetched holds the peer back."""
        message = self._inbox.take()
        if message is not None and self._promised < WINDOW // 2 and self._inbox.credit > self._promised:
            self._ack_due = True
        return message

    def next_packet(self, now: float) -> bytes | None:
        """Give one packet to send now; None when there is nothing to do before `deadline`."""
        if not self.ended:
            self._tick(now)
        if self.ended:
            reset, self._reset = self._reset, None
            return reset
        if self._ack_due:
            return self._acknowledge()
        if self._ping_due:
            self._ping_due, self._pinged, self._asked_at = False, True, now
            return packets.encode(Ping())
        self._fill_window()
        packet = self._window.next_packet(now)
        if packet is not None:
            self._asked_at = now
        return packet

    @property
    def deadline(self) -> float:
        """When `next_packet` must be asked again, even if nothing arrives."""
        if self._window.in_flight or self._pinged:
            return self._asked_at + self._window.patience.timeout
        return self._heard_at + (IDLE_S if self._outbox.first is None else PROBE_S)

    @property
    def idle(self) -> bool:
        """Say whether all that was sent has arrived."""
        return self._outbox.first is None and not self._window.in_flight

    @property
    def in_flight(self) -> int:
        """Packets that were sent and not acknowledged yet."""
        return self._window.in_flight

    @property
    def held(self) -> int:
        """Bytes of the peer's messages in memory."""
        return self._inbox.held

    def close(self, code: ResetCode = ResetCode.BYE) -> None:
        """End the link; `next_packet` then gives one RESET."""
        if not self.ended:
            self.ended = Ended(code, by_peer=False)
            self._reset = packets.encode(Reset(code))

    def _handle(self, packet: packets.Packet, now: float) -> None:
        match packet:
            case Open():
                self._handle_open(packet)
            case Data():
                self._handle_data(packet)
            case Ack():
                moved = self._window.acknowledge(packet, now)
                if moved or not self._window.in_flight:
                    self._pinged, self._window.patience.timeouts, self._asked_at = False, 0, now
            case Ping():
                self._ack_due = True
            case Reset(code):
                self.ended = Ended(code, by_peer=True)

    def _handle_open(self, packet: Open) -> None:
        if self._peer is None:
            self._peer, self._expected = packet, 1
            self._window.grant(1, packet.credit)
        elif packet.token != self._peer.token:
            raise Violation(ResetCode.RESTARTED, "the peer opened a new link")
        self._ack_due = True

    def _handle_data(self, packet: Data) -> None:
        ahead = (packet.seq - self._expected) % SEQUENCE
        if ahead == 0 and self._peer is not None:
            self._inbox.put(packet)
            self._expected = (self._expected + 1) % SEQUENCE
            self._promised -= 1
        elif WINDOW <= ahead < SEQUENCE // 2:
            raise Violation(ResetCode.SEQUENCE, f"packet {packet.seq}, expected {self._expected}")
        elif 0 < ahead < WINDOW:
            self._gap = True
        self._ack_due = True

    def _acknowledge(self) -> bytes:
        self._promised = self._inbox.credit
        ack = Ack(self._expected, self._promised, self._gap)
        self._ack_due = self._gap = False
        return packets.encode(ack)

    def _tick(self, now: float) -> None:
        if now < self.deadline:
            return
        patience = self._window.patience
        if self._window.in_flight or self._pinged:
            patience.timeouts += 1
            if patience.timeouts > MAX_TIMEOUTS:
                self.close(ResetCode.NO_ANSWER)
        self._asked_at = now
        if self._window.in_flight:
            self._window.go_back()
        else:
            self._ping_due = True

    def _fill_window(self) -> None:
        """Cut at most one fragment: what goes first is decided when a packet can go, not before."""
        priority = self._outbox.first
        if self._peer is None or priority is None or self._window.waits or not self._window.is_open(RESERVE[priority]):
            return
        longest = min(self._max_packet, self._peer.max_packet) - DATA_HEADER
        self._window.push(packets.encode(self._outbox.cut(priority, self._window.next_seq, longest)))
