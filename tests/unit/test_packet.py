"""Packets: what the bytes mean, and what is refused."""

from __future__ import annotations

import pytest

from firmware_bridge.errors import LocalProtocolError, RemoteProtocolError
from firmware_bridge.gatt import DOWN, INFO, SERVICE, UP, Info, decode_info, encode_info
from firmware_bridge.packet import (
    DATA_HEADER,
    MAX_PACKET,
    MIN_PACKET,
    Ack,
    Data,
    Open,
    Packet,
    Ping,
    Priority,
    Reset,
    ResetCode,
    Violation,
    decode,
    encode,
)


def test_a_data_packet_has_three_bytes_before_its_payload() -> None:
    packet = encode(Data(0x0201, Priority.BULK, first=True, last=False, payload=b"xyz"))
    assert packet == b"\x0a\x01\x02xyz"
    assert len(packet) - 3 == DATA_HEADER


@pytest.mark.parametrize("priority", list(Priority))
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("last", [True, False])
def test_every_flag_of_a_data_packet_comes_back(priority: Priority, first: bool, last: bool) -> None:
    packet = Data(65535, priority, first, last, b"p")
    assert decode(encode(packet)) == packet


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ResetCode.PACKET),
        (bytes(MAX_PACKET + 1), ResetCode.PACKET),
        (b"\x0c\x01\x00", ResetCode.PACKET),  # no payload
        (b"\x0f\x01\x00x", ResetCode.PACKET),  # priority 3
        (b"\x1c\x01\x00x", ResetCode.PACKET),  # reserved bit
        (b"\x20\x00\x00", ResetCode.PACKET),  # short
        (b"\x20\x00\x00\x00\x00", ResetCode.PACKET),  # long
        (b"\x22\x00\x00\x00", ResetCode.PACKET),  # reserved bit
        (b"\x40", ResetCode.PACKET),
        (b"\x40\x02", ResetCode.VERSION),
        (b"\x40\x01\x00\x00\x00\x00\x08\x13\x00", ResetCode.PACKET),  # packets of 19 bytes
        (b"\x60\x00", ResetCode.PACKET),
        (b"\x80", ResetCode.PACKET),
        (b"\xa0", ResetCode.PACKET),  # no such kind
        (b"\xff\xff\xff\xff", ResetCode.PACKET),
    ],
)
def test_what_is_no_packet_is_refused_with_a_code(data: bytes, code: ResetCode) -> None:
    with pytest.raises(Violation) as caught:
        decode(data)
    assert caught.value.code is code


@pytest.mark.parametrize(
    "packet",
    [
        Data(65536, Priority.CONTROL, True, True, b"x"),
        Data(1, Priority.CONTROL, True, True, b""),
        Ack(-1, 0, False),
        Ack(0, 256, False),
        Open(1, 2**32, 8, 20),
        Reset(256),
    ],
)
def test_a_field_out_of_range_is_our_own_fault(packet: Packet) -> None:
    with pytest.raises(LocalProtocolError):
        encode(packet)


@pytest.mark.parametrize("packet", [Ping(), Reset(0), Reset(200), Ack(7, 3, True), Open(1, 99, 8, 244)])
def test_packets_without_payload_come_back(packet: Packet) -> None:
    assert decode(encode(packet)) == packet


def test_a_reset_with_a_code_of_a_later_version_is_still_a_reset() -> None:
    assert decode(b"\x80\xfe") == Reset(0xFE)


def test_the_four_uuids_differ_in_their_first_group_only() -> None:
    uuids = [SERVICE, UP, DOWN, INFO]
    assert len(set(uuids)) == 4
    assert len({uuid[8:] for uuid in uuids}) == 1


def test_the_info_value_ignores_what_later_versions_add() -> None:
    assert encode_info(Info(1, 244, bond=True)) == b"\x01\xf4\x00\x01"
    assert decode_info(b"\x01\xf4\x00\xfemore") == Info(1, 244, bond=False)


@pytest.mark.parametrize("data", [b"", b"\x01\xf4", b"\x01\x13\x00", b"\x01\x01\x02"])
def test_an_info_value_out_of_range_is_refused(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_info(data)


@pytest.mark.parametrize("info", [Info(256, 244, True), Info(1, MIN_PACKET - 1, True), Info(1, MAX_PACKET + 1, True)])
def test_an_info_value_that_nobody_could_read_is_not_made(info: Info) -> None:
    with pytest.raises(LocalProtocolError):
        encode_info(info)
