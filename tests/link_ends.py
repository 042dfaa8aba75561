"""Applications that talk through a Link: a bare one, and one with handshake, encryption and session between."""

from __future__ import annotations

from random import Random

from firmware_bridge.errands import State
from firmware_bridge.link import Link
from firmware_bridge.messages import MAX_MESSAGE_BYTES, Ask, Fault, Hello, Message, Update
from firmware_bridge.noise import public_key
from firmware_bridge.packet import Priority, ResetCode
from firmware_bridge.secure import AnyCompanion, Greeter, KnownWearable, Refused, Secured
from firmware_bridge.session import Session, SessionViolation
from tests.handshakes import Door


class BareEnd:
    """An application that talks through a Link."""

    def __init__(self, side: int, max_packet: int, token: int, now: float) -> None:
        self.link = Link(max_packet, token, now)

    def say(self, number: int, size: int, priority: Priority) -> object | None:
        if self.link.ended or not self.link.has_room(priority):
            return None
        message = Random(number).randbytes(size)
        self.link.send(message, priority)
        return message

    def fetch(self) -> tuple[Priority, object] | None:
        return self.link.next_message()


class SecureEnd:
    """The same with handshake, encryption and session between, as `connection.py` has them."""

    KEYS = bytes(range(32)), bytes(range(32, 64))
    HELLOS = Hello(1, "wearable", "glasses"), Hello(1, "companion", "phone")

    def __init__(self, side: int, max_packet: int, token: int, now: float) -> None:
        self.link = Link(max_packet, token, now)
        random = Random(token).randbytes
        self._greeter: Greeter = (
            KnownWearable(self.KEYS[1], public_key(self.KEYS[0]), random)
            if side
            else AnyCompanion(self.KEYS[0], Door(frozenset([public_key(self.KEYS[1])])), random)
        )
        self._is_companion = bool(side)
        self._session = Session(self.HELLOS[side])
        self._secured: Secured | None = None
        if (greeting := self._greeter.begin()) is not None:
            self.link.send(greeting, Priority.CONTROL)

    def say(self, number: int, size: int, priority: Priority) -> object | None:
        if self.link.ended or not self.link.has_room(priority) or not self._session.established:
            return None
        # A letter of Random's is one byte in MessagePack; 300 bytes hold all but the text.
        text = Random(number).randbytes(size // 2).hex()[: MAX_MESSAGE_BYTES - 300]
        message: Message = (
            Update(f"{number:032x}", State.COMPLETED, result={"text": text})
            if self._is_companion
            else Ask(f"{number:032x}", "echo", {"text": text}, 1.0)
        )
        self._send(self._session.send(message), priority)
        return message

    def fetch(self) -> tuple[Priority, object] | None:
        while (came := self.link.next_message()) is not None:
            priority, message = came
            try:
                said = self._hear(message, priority)
            except Refused:
                self.link.close(ResetCode.REFUSED)
                return None
            except SessionViolation:
                self.link.close()
                return None
            if said is not None:
                return priority, said
        return None

    def _hear(self, message: bytes, priority: Priority) -> Message | None:
        if self._secured is not None:
            said = self._session.receive(self._secured.open(message, priority))
            return None if isinstance(said, Hello | Fault) else said
        answer = self._greeter.receive(message)
        if answer is not None and not self.link.ended:
            self.link.send(answer, Priority.CONTROL)
        self._secured = self._greeter.secured
        if self._secured is not None and not self.link.ended:
            self._send(self._session.greet(), Priority.CONTROL)
        return None

    def _send(self, plain: bytes, priority: Priority) -> None:
        assert self._secured is not None
        self.link.send(self._secured.seal(plain, priority), priority)


End = BareEnd | SecureEnd
