"""The GATT service that carries the link, and the value of its `info` characteristic. PROTOCOL.md, section "GATT"."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from firmware_bridge.errors import LocalProtocolError, RemoteProtocolError
from firmware_bridge.packet import MAX_PACKET, MIN_PACKET

SERVICE = "7b470001-f361-467a-bdec-78e7f19974f3"
UP = "7b470002-f361-467a-bdec-78e7f19974f3"
"""Companion to wearable: write without response."""
DOWN = "7b470003-f361-467a-bdec-78e7f19974f3"
"""Wearable to companion: notify."""
INFO = "7b470004-f361-467a-bdec-78e7f19974f3"
"""Read: see Info."""

_INFO = struct.Struct("<BHB")
_BOND = 1


@dataclass(frozen=True, slots=True)
class Info:
    """What a companion can know before it opens the link."""

    version: int
    """PROTOCOL_VERSION of the wearable."""
    max_packet: int
    """The longest packet in bytes on this connection; browsers cannot ask for the MTU."""
    bond: bool
    """Whether the wearable takes packets, and a subscription, on a bond alone."""


def encode_info(info: Info) -> bytes:
    """Give the bytes of the `info` value. Raises LocalProtocolError when a field is out of range."""
    if not 0 <= info.version <= 255 or not MIN_PACKET <= info.max_packet <= MAX_PACKET:
        raise LocalProtocolError(f"out of range: {info}")
    return _INFO.pack(info.version, info.max_packet, _BOND if info.bond else 0)


def decode_info(data: bytes) -> Info:
    """Read the `info` value; bytes that later versions add are ignored. Raises RemoteProtocolError, nothing else."""
    if len(data) < _INFO.size:
        raise RemoteProtocolError(f"info has {len(data)} bytes, at least {_INFO.size}")
    version, max_packet, flags = _INFO.unpack_from(data)
    if not MIN_PACKET <= max_packet <= MAX_PACKET:
        raise RemoteProtocolError(f"info says packets of {max_packet} bytes")
    return Info(version, max_packet, bool(flags & _BOND))
