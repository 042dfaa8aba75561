"""The typed messages of the link, in MessagePack. PROTOCOL.md, section "Messages", is normative."""

from __future__ import annotations

from typing import Any

import msgspec

from firmware_bridge.errands import State
from firmware_bridge.errors import LocalProtocolError, RemoteProtocolError

PROTOCOL_VERSION = 1
MAX_MESSAGE_BYTES = 16_384
"""Longest encoded message. Bigger things will travel as attachments."""


class Hello(msgspec.Struct, tag="hello", frozen=True, forbid_unknown_fields=False):
    """Opens a session; both sides send it first."""

    version: int
    role: str
    """"wearable" or "companion"."""
    name: str
    """What the owner calls the device."""
    tools: tuple[str, ...] = ()
    """Names of the tools that the companion can run now; empty from the wearable."""


class Ask(msgspec.Struct, tag="ask", frozen=True):
    """Wearable to companion: run this errand. Sent again for every open errand after each reconnect."""

    id: str
    tool: str
    arguments: dict[str, Any]
    asked_at: float
    consent: str | None = None
    """SHA-256 (hex) of tool and arguments that the wearer said yes to; needed from risk class 2 up."""


class Cancel(msgspec.Struct, tag="cancel", frozen=True):
    """Wearable to companion: end this errand if it has not ended."""

    id: str


class Update(msgspec.Struct, tag="update", frozen=True):
    """Companion to wearable: where an errand stands. Answers every Ask and Cancel, and follows every change."""

    id: str
    state: State
    progress: str | None = None
    """A few words on how far it is, when working."""
    result: dict[str, Any] | None = None
    reason: str | None = None


class Fault(msgspec.Struct, tag="fault", frozen=True):
    """Says why the sender is about to close the session."""

    code: str
    detail: str = ""


Message = Hello | Ask | Cancel | Update | Fault

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Message)


def encode(message: Message) -> bytes:
    """Give the MessagePack form. Raises LocalProtocolError when it is too long or cannot be encoded."""
    try:
        data = _ENCODER.encode(message)
    except (TypeError, ValueError, OverflowError, RecursionError) as exc:
        raise LocalProtocolError(f"cannot encode {type(message).__name__}: {exc}") from exc
    if len(data) > MAX_MESSAGE_BYTES:
        raise LocalProtocolError(f"{type(message).__name__} has {len(data)} bytes, at most {MAX_MESSAGE_BYTES}")
    return data


def decode(data: bytes) -> Message:
    """Read one message from any bytes. Raises RemoteProtocolError, nothing else."""
    if len(data) > MAX_MESSAGE_BYTES:
        raise RemoteProtocolError(f"message has {len(data)} bytes, at most {MAX_MESSAGE_BYTES}")
    try:
        message: Message = _DECODER.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise RemoteProtocolError(f"not a message: {exc}") from exc
    return message
