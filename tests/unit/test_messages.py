"""Messages: the limits that both sides hold, whoever wrote the peer."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from firmware_bridge.errands import State
from firmware_bridge.errors import LocalProtocolError, RemoteProtocolError
from firmware_bridge.messages import MAX_DEPTH, MAX_VALUES, Ask, Cancel, Fault, Hello, Message, Update, decode, encode

ID = "0123456789abcdef" * 2


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth - 1):
        value = {"in": value}
    return value


def ask(**changes: Any) -> dict[str, Any]:
    return {"type": "ask", "id": ID, "tool": "t", "arguments": {}, "asked_at": 1.0} | changes


@pytest.mark.parametrize(
    "message",
    [
        Hello(1, "companion", "Anna's phone", ("calendar.add_event",)),
        Ask(ID, "calendar.add_event", {"title": "tea", "days": [1, 2.5, None, True]}, 1.5, "ab" * 32),
        Ask(ID, "t", nested(MAX_DEPTH), 1.0),
        Ask(ID, "t", {"n": 2**53 - 1, "m": -(2**53) + 1}, 1.0),
        Cancel(ID),
        Update(ID, State.COMPLETED, result={"event": "x"}),
        Fault("version"),
    ],
)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    "wrong",
    [
        ask(id="1"),
        ask(id=ID.upper()),
        ask(id=ID[:-1] + "\n"),
        ask(id=ID + "\n"),
        ask(tool=""),
        ask(tool="t" * 129),
        ask(asked_at=float("nan")),
        ask(asked_at=float("inf")),
        ask(asked_at=-1.0),
        ask(consent="yes"),
        ask(arguments=[]),
        ask(arguments=nested(MAX_DEPTH + 1)),
        ask(arguments={"list": [0] * MAX_VALUES}),
        ask(arguments={"n": 2**53}),
        ask(arguments={"n": float("nan")}),
        ask(arguments={"n": b"bytes"}),
        ask(arguments={"n": {1: 2}}),
        ask(arguments={"n": {(1, 2): 2}}),
        ask(arguments={"n": msgspec.msgpack.Ext(5, b"x")}),
        {"type": "cancel"},
        {"type": "dance"},
        {"id": ID},
        {"type": "update", "id": ID, "state": "bored"},
        {"type": "update", "id": ID, "state": "completed", "result": {"n": b""}},
        {"type": "update", "id": ID, "state": "working", "progress": "p" * 257},
        {"type": "hello", "version": -1, "role": "wearable", "name": "g"},
        {"type": "hello", "version": 1, "role": "wearable", "name": "g" * 65},
        {"type": "hello", "version": 1, "role": "wearable", "name": "g", "tools": ["t"] * 257},
        {"type": "fault", "code": "c", "detail": "d" * 257},
        [],
        None,
    ],
)
def test_a_message_outside_the_limits_is_refused(wrong: Any) -> None:
    with pytest.raises(RemoteProtocolError):
        decode(msgspec.msgpack.encode(wrong))


def test_fields_that_a_later_version_adds_are_ignored() -> None:
    assert decode(msgspec.msgpack.encode({"type": "cancel", "id": ID, "why": "because"})) == Cancel(ID)


@pytest.mark.parametrize(
    "message",
    [
        Cancel("1"),
        Ask(ID, "t", {"n": b"bytes"}, 1.0),
        Ask(ID, "t", {"n": object()}, 1.0),
        Ask(ID, "t", {"text": "x" * 17_000}, 1.0),
        Ask(ID, "t", {"n": 2**70}, 1.0),
    ],
)
def test_what_the_peer_would_refuse_is_not_sent(message: Message) -> None:
    with pytest.raises(LocalProtocolError):
        encode(message)


@pytest.mark.parametrize("raw", [b"\x91" * 16_000, b"\x81\xa1a" * 5_000, b"\xdd\xff\xff\xff\xff", b"\xc1", b""])
def test_bytes_that_are_nested_cut_or_no_messagepack_are_refused(raw: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode(raw)
