"""The typed messages of the link, in MessagePack. PROTOCOL.md, section "Messages", is normative."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from firmware_bridge.errands import State
from firmware_bridge.errors import UNREADABLE, LocalProtocolError, RemoteProtocolError

PROTOCOL_VERSION = 1
MAX_MESSAGE_BYTES = 16_384
"""Longest encoded message. Bigger things will travel as attachments."""
MAX_DEPTH = 8
"""Lists and maps inside each other in arguments and results; the outermost map counts."""
MAX_VALUES = 1_024
"""Values in arguments or a result, lists and maps included."""
MAX_INTEGER = 2**53 - 1
"""Bigger integers are not exact in a phone app's JavaScript."""

ErrandId = Annotated[str, msgspec.Meta(min_length=32, max_length=32, pattern="^[0-9a-f]{32}$")]
ToolName = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Digest = Annotated[str, msgspec.Meta(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")]
Code = Annotated[str, msgspec.Meta(max_length=64)]
Words = Annotated[str, msgspec.Meta(max_length=256)]


class Hello(msgspec.Struct, tag="hello", frozen=True, forbid_unknown_fields=False):
    """Opens a session; both sides send it first."""

    version: Annotated[int, msgspec.Meta(ge=0, le=255)]
    """The highest PROTOCOL_VERSION that the sender speaks."""
    role: Code
    """"wearable" or "companion"."""
    name: Code
    """What the owner calls the device."""
    tools: Annotated[tuple[ToolName, ...], msgspec.Meta(max_length=256)] = ()
    """Names of the tools that the companion can run now; empty from the wearable."""


class Ask(msgspec.Struct, tag="ask", frozen=True):
    """Wearable to companion: run this errand. Sent again for every open errand after each reconnect."""

    id: ErrandId
    tool: ToolName
    arguments: dict[str, Any]
    asked_at: Annotated[float, msgspec.Meta(ge=0, le=1e11)]
    """Seconds since the epoch, by the wearable's clock."""
    consent: Digest | None = None
    """SHA-256 (hex) of tool and arguments that the wearer said yes to; needed from risk class 2 up."""


class Cancel(msgspec.Struct, tag="cancel", frozen=True):
    """Wearable to companion: end this errand if it has not ended."""

    id: ErrandId


class Update(msgspec.Struct, tag="update", frozen=True):
    """Companion to wearable: where an errand stands. Answers every Ask and Cancel, and follows every change."""

    id: ErrandId
    state: State
    progress: Words | None = None
    """A few words on how far it is, when working."""
    result: dict[str, Any] | None = None
    reason: Words | None = None


class Fault(msgspec.Struct, tag="fault", frozen=True):
    """Says why the sender is about to close the session."""

    code: Code
    detail: Words = ""


Message = Hello | Ask | Cancel | Update | Fault

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Message)


def encode(message: Message) -> bytes:
    """Give the MessagePack form. Raises LocalProtocolError for what the peer would have to refuse."""
    name = type(message).__name__
    try:
        data = _ENCODER.encode(message)
    except (TypeError, ValueError, OverflowError, RecursionError) as exc:
        raise LocalProtocolError(f"cannot encode {name}: {exc}") from exc
    try:
        decode(data)
    except RemoteProtocolError as exc:
        raise LocalProtocolError(f"cannot send this {name}: {exc}") from exc
    return data


def decode(data: bytes) -> Message:
    """Read one message from any bytes. Raises RemoteProtocolError, nothing else."""
    if len(data) > MAX_MESSAGE_BYTES:
        raise RemoteProtocolError(f"message has {len(data)} bytes, at most {MAX_MESSAGE_BYTES}")
    try:
        message: Message = _DECODER.decode(data)
    except (*UNREADABLE, TypeError) as exc:
        raise RemoteProtocolError(f"not a message: {exc}") from exc
    match message:
        case Ask(arguments=content) | Update(result=dict(content)):
            _check(content)
    return message


def _check(content: dict[str, Any]) -> None:
    """Let through what JSON can say, within the limits. Raises RemoteProtocolError."""
    level: list[Any] = [content]
    seen = 1
    for _ in range(MAX_DEPTH):
        level = [child for value in level for child in _children(value)]
        if not level:
            return
        seen += len(level)
        if seen > MAX_VALUES:
            raise RemoteProtocolError(f"more than {MAX_VALUES} values")
    raise RemoteProtocolError(f"values nested deeper than {MAX_DEPTH}")


def _children(value: Any) -> Iterator[Any]:
    match value:
        case dict():
            if not all(isinstance(key, str) for key in value):
                raise RemoteProtocolError("a map key is not a string")
            yield from value.values()
        case list():
            yield from value
        case None | bool() | str():
            pass
        case int():
            if abs(value) > MAX_INTEGER:
                raise RemoteProtocolError(f"integer {value} is over 2**53 - 1")
        case float():
            if not math.isfinite(value):
                raise RemoteProtocolError(f"{value} is not a number")
        case _:
            raise RemoteProtocolError(f"{type(value).__name__} is not a JSON value")
