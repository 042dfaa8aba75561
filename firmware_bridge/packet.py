"""The packets of the link: one packet is one GATT value. PROTOCOL.md, section "Packets", is normative."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from firmware_bridge.errors import LocalProtocolError, RemoteProtocolError

LINK_VERSION = 1
"""Layout of the packets, carried in every OPEN."""
MIN_PACKET = 20
"""What the smallest ATT MTU (23) carries; both sides can always take this much."""
MAX_PACKET = 512
"""The longest GATT value."""
DATA_HEADER = 3
"""Bytes of a DATA packet before its payload."""
WINDOW = 16
"""Most packets in flight: enough for 90% of what a radio allows whose programs are 3 ms from it (`earrand bench link`);
8 gave 42 to 79% there, but for values of 512 bytes."""


class Priority(IntEnum):
    """What goes first: a lower number overtakes a higher one between any two packets."""

    CONTROL = 0
    SPEECH = 1
    BULK = 2


class ResetCode(IntEnum):
    """Why a link was ended."""

    BYE = 0
    """The sender has no more use for the link."""
    VERSION = 1
    """An OPEN with a LINK_VERSION that the sender does not speak."""
    PACKET = 2
    """Bytes that are no packet."""
    SEQUENCE = 3
    """A sequence number outside the window, or an acknowledgement of what was never sent."""
    CREDIT = 4
    """More packets than there was credit for."""
    FRAGMENT = 5
    """A fragment that does not continue what came before."""
    TOO_LONG = 6
    """A message over the limit."""
    RESTARTED = 7
    """The peer opened a new link on this connection."""
    NO_ANSWER = 8
    """Too many retransmissions in a row."""
    REFUSED = 9
    """The peer may not talk to the sender, or what it said does not decrypt."""


def reset_name(code: int) -> str:
    """Give the name of a reset code; of one that a later version added, the number."""
    return next((known.name.lower() for known in ResetCode if known == code), str(code))


class Violation(RemoteProtocolError):
    """The peer broke the rules of the link; `code` goes into our RESET."""

    def __init__(self, code: ResetCode, detail: str) -> None:
        super().__init__(f"{code.name.lower()}: {detail}")
        self.code = code


class Kind(IntEnum):
    """The upper three bits of the first byte."""

    DATA = 0
    ACK = 1
    OPEN = 2
    PING = 3
    RESET = 4


@dataclass(frozen=True, slots=True)
class Data:
    """One fragment of a message, or all of it."""

    seq: int
    """0 to 65535; OPEN has taken 0, so the first DATA has 1."""
    priority: Priority
    first: bool
    last: bool
    payload: bytes
    """At least one byte."""


@dataclass(frozen=True, slots=True)
class Ack:
    """Says what arrived, and how much more may come."""

    next: int
    """The sequence number that is expected next: all before it arrived."""
    credit: int
    """How many packets from `next` on may be sent, 0 to 255."""
    gap: bool
    """A later packet arrived than the expected one: send again from `next` on."""


@dataclass(frozen=True, slots=True)
class Open:
    """Opens one direction of a link; it is the packet with sequence number 0."""

    version: int
    token: int
    """32 random bits, new for each link: tells a repeated OPEN from a restarted peer."""
    credit: int
    """How many DATA packets may follow at once."""
    max_packet: int
    """The longest packet in bytes that the sender can take, MIN_PACKET to MAX_PACKET."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for an ACK."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Ends the link at once."""

    code: int
    """A ResetCode, or one of a later version."""


Packet = Data | Ack | Open | Ping | Reset

_FIRST, _LAST, _PRIORITY = 0b01000, 0b00100, 0b00011
_GAP = 0b00001
_DATA = struct.Struct("<BH")
_ACK = struct.Struct("<BHB")
_OPEN = struct.Struct("<BBIBH")
_RESET = struct.Struct("<BB")


def encode(packet: Packet) -> bytes:
    """Give the bytes of a packet. Raises LocalProtocolError when a field is out of range."""
    try:
        match packet:
            case Data(seq, priority, first, last, payload):
                if not payload:
                    raise LocalProtocolError("a DATA packet needs a payload")
                flags = _FIRST * first | _LAST * last | Priority(priority)
                return _DATA.pack(Kind.DATA << 5 | flags, seq) + payload
            case Ack(following, credit, gap):
                return _ACK.pack(Kind.ACK << 5 | _GAP * gap, following, credit)
            case Open(version, token, credit, max_packet):
                return _OPEN.pack(Kind.OPEN << 5, version, token, credit, max_packet)
            case Ping():
                return bytes([Kind.PING << 5])
            case Reset(code):
                return _RESET.pack(Kind.RESET << 5, code)
    except (struct.error, ValueError) as exc:
        raise LocalProtocolError(f"cannot encode {packet}: {exc}") from exc


def decode(data: bytes) -> Packet:
    """Read one packet from any bytes. Raises Violation, a RemoteProtocolError, nothing else."""
    if not 1 <= len(data) <= MAX_PACKET:
        raise Violation(ResetCode.PACKET, f"{len(data)} bytes")
    try:
        kind, flags = Kind(data[0] >> 5), data[0] & 0b11111
        match kind:
            case Kind.DATA:
                return _decode_data(data, flags)
            case Kind.ACK if not flags & ~_GAP:
                _, following, credit = _ACK.unpack(data)
                return Ack(following, credit, bool(flags & _GAP))
            case Kind.OPEN if not flags:
                return _decode_open(data)
            case Kind.PING if not flags and len(data) == 1:
                return Ping()
            case Kind.RESET if not flags:
                return Reset(_RESET.unpack(data)[1])
    except (struct.error, ValueError) as exc:
        raise Violation(ResetCode.PACKET, f"{len(data)} bytes: {exc}") from exc
    raise Violation(ResetCode.PACKET, f"{len(data)} bytes: reserved bits or wrong length")


def _decode_data(data: bytes, flags: int) -> Data:
    if flags & ~(_FIRST | _LAST | _PRIORITY) or len(data) <= DATA_HEADER:
        raise ValueError("reserved bit, or no payload")
    seq = _DATA.unpack_from(data)[1]
    return Data(seq, Priority(flags & _PRIORITY), bool(flags & _FIRST), bool(flags & _LAST), data[DATA_HEADER:])


def _decode_open(data: bytes) -> Open:
    # The first two bytes stay as they are for ever, so that a stranger's version can be refused by name.
    if len(data) >= 2 and data[1] != LINK_VERSION:
        raise Violation(ResetCode.VERSION, f"the peer's packets have version {data[1]}, ours {LINK_VERSION}")
    _, version, token, credit, max_packet = _OPEN.unpack(data)
    if not MIN_PACKET <= max_packet <= MAX_PACKET:
        raise ValueError(f"max_packet {max_packet}")
    return Open(version, token, credit, max_packet)
