"""Who may talk over a link, and the encryption of all that is said: pure. PROTOCOL.md, section "Secure", is normative.

The companion begins. To a wearable that it knows it shows its key (Noise IK). To one that it meets for the first
time it proves that its owner heard the six digits (SPAKE2, whose key Noise XXpsk3 takes as its pre-shared key); neither
side tells the other, or anybody between, more than whether the digits were the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import Protocol

from spake2 import SPAKE2_A, SPAKE2_B  # type: ignore[import-untyped]
from spake2.ed25519_basic import NotOnCurve  # type: ignore[import-untyped]
from spake2.spake2 import SPAKEError  # type: ignore[import-untyped]

from firmware_bridge.errors import RemoteProtocolError
from firmware_bridge.noise import IK, KEY_BYTES, XXPSK3, Handshake, Pattern
from firmware_bridge.packet import Priority

PROLOGUE = b"Earrand link 1"
"""What both sides must mean before the first byte: to another protocol, or version of this one, nothing decrypts."""
COMPANION_ID, WEARABLE_ID = b"earrand companion", b"earrand wearable"
PASSKEY_DIGITS = 6
_SPAKE_BYTES = 33
_PRIORITY_SHIFT = 56
"""Each priority numbers its messages by itself, since the link keeps no order between them."""


class Greeting(IntEnum):
    """The first byte of the companion's first message."""

    KNOWN = 1
    PAIRING = 2


class Reason(StrEnum):
    """Why somebody was refused."""

    UNKNOWN = "unknown"
    """A key that is not among the paired ones."""
    NOT_PAIRING = "not_pairing"
    """Pairing was tried while nobody had asked for it, or too often."""
    PAIRING = "pairing"
    """While one is being paired, those who are paired already wait."""
    PASSKEY = "passkey"
    """Other digits than those that were spoken."""
    BROKEN = "broken"
    """Bytes that are no handshake, or a message that does not decrypt: made up, changed, or played again."""


class Refused(RemoteProtocolError):
    """The peer may not talk to us."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"refused: {reason}")
        self.reason = reason


class Secured:
    """One end of an encrypted conversation. Messages of one priority must be opened in the order of sealing."""

    def __init__(self, handshake: Handshake, *, newly_paired: bool) -> None:
        """Begin after a handshake that is finished."""
        assert handshake.remote_static is not None
        self.peer = handshake.remote_static
        """The peer's public key."""
        self.newly_paired = newly_paired
        self._send, self._receive = handshake.split()
        self._sealed, self._opened = dict.fromkeys(Priority, 0), dict.fromkeys(Priority, 0)

    def seal(self, message: bytes, priority: Priority) -> bytes:
        """Encrypt the next message; it is longer by noise.TAG_BYTES."""
        number = self._sealed[priority]
        self._sealed[priority] = number + 1
        return self._send.encrypt(_nonce(priority, number), b"", message)

    def open(self, message: bytes, priority: Priority) -> bytes:
        """Decrypt the next message. Raises Refused for one that the peer did not seal as its next."""
        number = self._opened[priority]
        try:
            plain = self._receive.decrypt(_nonce(priority, number), b"", message)
        except RemoteProtocolError as exc:
            raise Refused(Reason.BROKEN) from exc
        self._opened[priority] = number + 1
        return plain


class Greeter(Protocol):
    """One side of one handshake."""

    secured: Secured | None
    """Set when the peer may be talked to."""

    def begin(self) -> bytes | None:
        """Give what goes first, if it is we who begin."""
        ...

    def receive(self, message: bytes) -> bytes | None:
        """Take a message; give our answer, if there is one. Raises Refused: the link must be ended then."""
        ...


Random = Callable[[int], bytes]
"""Gives so many random bytes. Only a test gives another than os.urandom."""


class KnownWearable:
    """A companion greets the wearable that it is paired with."""

    def __init__(self, key: bytes, wearable: bytes, random: Random = os.urandom) -> None:
        """`key` is our private key, `wearable` its public one."""
        self._noise = Handshake(
            IK, initiator=True, static=key, prologue=PROLOGUE, remote_static=wearable, ephemeral=random(KEY_BYTES)
        )
        self.secured: Secured | None = None

    def begin(self) -> bytes:
        return bytes([Greeting.KNOWN]) + self._noise.write()

    def receive(self, message: bytes) -> None:
        _read(self._noise, message)
        self.secured = Secured(self._noise, newly_paired=False)


class NewWearable:
    """A companion meets a wearable whose digits its owner has heard."""

    def __init__(self, key: bytes, passkey: str, random: Random = os.urandom) -> None:
        """`key` is our private key."""
        self._noise = Handshake(XXPSK3, initiator=True, static=key, prologue=PROLOGUE, ephemeral=random(KEY_BYTES))
        self._spake = SPAKE2_A(passkey.encode(), COMPANION_ID, WEARABLE_ID, entropy_f=random)
        self.secured: Secured | None = None

    def begin(self) -> bytes:
        point: bytes = self._spake.start()
        return bytes([Greeting.PAIRING]) + point + self._noise.write()

    def receive(self, message: bytes) -> bytes:
        psk = _agree(self._spake, message[:_SPAKE_BYTES])
        _read(self._noise, message[_SPAKE_BYTES:])
        answer = self._noise.write(psk=psk)
        self.secured = Secured(self._noise, newly_paired=True)
        return answer


class Doorkeeper(Protocol):
    """Says whom a wearable lets in."""

    def knows(self, companion: bytes) -> bool:
        """Say whether this public key is a paired companion's."""
        ...

    def is_pairing(self) -> bool:
        """Say whether a companion is wanted that is not paired yet."""
        ...

    def passkey(self) -> str | None:
        """Give the digits for one attempt to pair; none when there must be no more."""
        ...


class AnyCompanion:
    """A wearable is greeted."""

    def __init__(self, key: bytes, door: Doorkeeper, random: Random = os.urandom) -> None:
        """`key` is our private key."""
        self._key = key
        self._door = door
        self._random = random
        self._noise: Handshake | None = None
        self._psk = b""
        self.secured: Secured | None = None

    def begin(self) -> None:
        return None

    def receive(self, message: bytes) -> bytes | None:
        if self._noise is not None:
            _read(self._noise, message, self._psk, Reason.PASSKEY)
            self.secured = Secured(self._noise, newly_paired=True)
            return None
        match message[0] if message else None:
            case Greeting.KNOWN:
                return self._recognise(message[1:])
            case Greeting.PAIRING:
                return self._pair(message[1:])
            case _:
                raise Refused(Reason.BROKEN)

    def _recognise(self, message: bytes) -> bytes:
        noise = self._begin(IK)
        _read(noise, message)
        assert noise.remote_static is not None
        if not self._door.knows(noise.remote_static):
            raise Refused(Reason.UNKNOWN)
        if self._door.is_pairing():
            raise Refused(Reason.PAIRING)
        answer = noise.write()
        self.secured = Secured(noise, newly_paired=False)
        return answer

    def _pair(self, message: bytes) -> bytes:
        passkey = self._door.passkey()
        if passkey is None:
            raise Refused(Reason.NOT_PAIRING)
        spake = SPAKE2_B(passkey.encode(), COMPANION_ID, WEARABLE_ID, entropy_f=self._random)
        ours: bytes = spake.start()
        self._psk = _agree(spake, message[:_SPAKE_BYTES])
        self._noise = self._begin(XXPSK3)
        _read(self._noise, message[_SPAKE_BYTES:])
        return ours + self._noise.write()

    def _begin(self, pattern: Pattern) -> Handshake:
        ephemeral = self._random(KEY_BYTES)
        return Handshake(pattern, initiator=False, static=self._key, prologue=PROLOGUE, ephemeral=ephemeral)


def read_passkey(typed: str) -> str:
    """Give the six digits as typed, without what people put between digits. Raises ValueError."""
    digits = re.sub(r"[\s,.-]", "", typed)
    if not re.fullmatch(rf"[0-9]{{{PASSKEY_DIGITS}}}", digits):
        raise ValueError(f"{typed!r} is not a number of {PASSKEY_DIGITS} digits")
    return digits


def make_passkey(random_below: Callable[[int], int]) -> str:
    """Make six digits; `random_below` is `secrets.randbelow`."""
    return f"{random_below(10**PASSKEY_DIGITS):0{PASSKEY_DIGITS}}"


def _nonce(priority: Priority, number: int) -> int:
    return priority << _PRIORITY_SHIFT | number


def _read(noise: Handshake, message: bytes, psk: bytes = b"", why: Reason = Reason.BROKEN) -> None:
    try:
        noise.read(message, psk)
    except RemoteProtocolError as exc:
        raise Refused(why) from exc


def _agree(spake: SPAKE2_A | SPAKE2_B, message: bytes) -> bytes:
    if len(message) != _SPAKE_BYTES:
        raise Refused(Reason.BROKEN)
    try:
        key: bytes = spake.finish(message)
    except (SPAKEError, NotOnCurve, ValueError) as exc:
        raise Refused(Reason.BROKEN) from exc
    return key
