"""What two sides may say to each other, and when: a pure state machine over whole messages.

The rules are the table below. Each direction of a session has its own phase; a side's phase and role say which messages
it may send, and what phase follows. Time-outs are not in here: whoever waits for a Hello sets the deadline.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from firmware_bridge import messages
from firmware_bridge.errors import LocalProtocolError, RemoteProtocolError
from firmware_bridge.messages import Ask, Cancel, Fault, Hello, Message, Update

OLDEST_VERSION = 1
"""The oldest PROTOCOL_VERSION that we still speak."""
WEARABLE, COMPANION = "wearable", "companion"


class Phase(StrEnum):
    """How far one direction has come."""

    GREETING = "greeting"
    TALKING = "talking"
    ENDED = "ended"


TABLE: Mapping[tuple[Phase, str], Mapping[type[Message], Phase]] = {
    (Phase.GREETING, WEARABLE): {Hello: Phase.TALKING, Fault: Phase.ENDED},
    (Phase.GREETING, COMPANION): {Hello: Phase.TALKING, Fault: Phase.ENDED},
    (Phase.TALKING, WEARABLE): {Ask: Phase.TALKING, Cancel: Phase.TALKING, Fault: Phase.ENDED},
    (Phase.TALKING, COMPANION): {Update: Phase.TALKING, Fault: Phase.ENDED},
    (Phase.ENDED, WEARABLE): {},
    (Phase.ENDED, COMPANION): {},
}
"""(phase of the sender, role of the sender) -> what it may send, and the sender's phase after it."""


class FaultCode(StrEnum):
    """The codes that we put into a Fault."""

    VERSION = "version"
    """No common protocol version."""
    ROLE = "role"
    """The two sides do not have different roles, or a role is unknown."""
    MESSAGE = "message"
    """Bytes that are no message."""
    UNEXPECTED = "unexpected"
    """A message that its sender may not send now."""
    TIMEOUT = "timeout"
    """No Hello came."""
    KEYS = "keys"
    """The peer was paired, but its key cannot be kept."""


class Session:
    """One end of one session, over one link."""

    def __init__(self, hello: Hello) -> None:
        """`hello` is what we say first. Raises LocalProtocolError when its role is unknown."""
        if hello.role not in (WEARABLE, COMPANION):
            raise LocalProtocolError(f"our role is {hello.role!r}")
        self._hello = hello
        self._peer_role = COMPANION if hello.role == WEARABLE else WEARABLE
        self._said = self._heard = Phase.GREETING
        self.peer: Hello | None = None
        self.version: int | None = None
        """The protocol version that both sides speak; None before the peer's Hello."""

    @property
    def established(self) -> bool:
        """Say whether both Hellos were exchanged and neither side has sent a Fault."""
        return self._said is Phase.TALKING and self._heard is Phase.TALKING

    def greet(self) -> bytes:
        """Give our Hello, which goes first. Raises LocalProtocolError."""
        return self._say(self._hello)

    def send(self, message: Message) -> bytes:
        """Encode a message for the peer. Raises LocalProtocolError for what we may not send now."""
        if not self.established and not isinstance(message, Fault):
            raise LocalProtocolError(f"{type(message).__name__} before the session is established")
        return self._say(message)

    def receive(self, data: bytes) -> Message:
        """Take a message. Raises SessionViolation when the peer broke the rules."""
        try:
            message, self._heard = self._judge(data)
        except SessionViolation:
            self._heard = Phase.ENDED
            raise
        return message

    def _judge(self, data: bytes) -> tuple[Message, Phase]:
        try:
            message = messages.decode(data)
        except RemoteProtocolError as exc:
            raise SessionViolation(FaultCode.MESSAGE, str(exc)) from exc
        following = TABLE[self._heard, self._peer_role].get(type(message))
        if following is None:
            detail = f"{type(message).__name__} from a {self._peer_role} while {self._heard}"
            raise SessionViolation(FaultCode.UNEXPECTED, detail)
        if isinstance(message, Hello):
            self._meet(message)
        return message, following

    def _say(self, message: Message) -> bytes:
        following = TABLE[self._said, self._hello.role].get(type(message))
        if following is None:
            raise LocalProtocolError(f"{type(message).__name__} from a {self._hello.role} while {self._said}")
        data = messages.encode(message)
        self._said = following
        return data

    def _meet(self, hello: Hello) -> None:
        version = min(hello.version, self._hello.version)
        if version < OLDEST_VERSION:
            raise SessionViolation(FaultCode.VERSION, f"the peer speaks {hello.version}, we {OLDEST_VERSION} and up")
        if hello.role != self._peer_role:
            raise SessionViolation(FaultCode.ROLE, f"the peer is a {hello.role}, we are a {self._hello.role}")
        self.peer, self.version = hello, version


class SessionViolation(RemoteProtocolError):
    """The peer broke the rules of the session."""

    def __init__(self, code: FaultCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.fault = Fault(code.value, detail[:256])
        """What to send before the connection is closed."""
