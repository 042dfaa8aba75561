"""Each side's part in who may talk: its keys, and how it greets on a new connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from firmware_bridge.errors import LinkDown, NotLetIn
from firmware_bridge.keyring import Keyring, KeyringError
from firmware_bridge.pairing import PairingWindow
from firmware_bridge.secure import AnyCompanion, Greeter, KnownWearable, NewWearable, Reason, Refused, Secured

_LOGGER = logging.getLogger(__name__)

COMPANIONS = 5
"""How many companions a wearable keeps."""
WEARABLES = 1
"""How many wearables a companion keeps: it serves one."""


class Guard(Protocol):
    """What a connection asks about its peer."""

    def greeter(self) -> Greeter:
        """Begin a handshake. Raises LinkDown where there can be none."""
        ...

    async def met(self, secured: Secured, name: str) -> None:
        """Note that a peer proved who it is, and what it calls itself.

        Raises KeyringError, and Refused when it was forgotten since it proved that.
        """
        ...


class WearableGuard:
    """Lets in whom the keyring knows, and a new companion while the window is open."""

    def __init__(self, keyring: Keyring, window: PairingWindow, paired: Callable[[str], None]) -> None:
        """`paired` hears the name of a new companion, on some thread."""
        self._keyring = keyring
        self._window = window
        self._paired = paired

    def greeter(self) -> Greeter:
        return AnyCompanion(self._keyring.private, self)

    async def met(self, secured: Secured, name: str) -> None:
        if secured.newly_paired:
            await asyncio.to_thread(self._pair, secured.peer, name)
        else:
            await _meet_again(self._keyring, secured, name)

    def _pair(self, key: bytes, name: str) -> None:
        # All of it on the thread, which goes on when the connection ends: who pairs may leave at once.
        self._keyring.add(key, name)
        self._paired(name)
        self._window.close()

    def knows(self, companion: bytes) -> bool:
        """Say whether this public key is a paired companion's."""
        try:
            return self._keyring.knows(companion)
        except KeyringError:
            _LOGGER.exception("nobody is let in: the keys cannot be read")
            return False

    def is_pairing(self) -> bool:
        """Say whether a new companion is waited for."""
        return self._window.is_open()

    def passkey(self) -> str | None:
        """Give the digits for one try."""
        return self._window.passkey()


class CompanionGuard:
    """Greets the one wearable that it is paired with, or is to be paired with."""

    def __init__(self, keyring: Keyring, passkey: str = "") -> None:
        """With `passkey`, the digits that the wearable spoke, pair; else the keyring must hold a wearable."""
        self._keyring = keyring
        self._passkey = passkey

    def greeter(self) -> Greeter:
        if self._passkey:
            return NewWearable(self._keyring.private, self._passkey)
        try:
            peers = self._keyring.peers()
        except KeyringError as exc:
            raise LinkDown(f"the keys cannot be read: {exc}") from exc
        if not peers:
            raise NotLetIn("not paired with a wearable")
        return KnownWearable(self._keyring.private, bytes.fromhex(peers[0].key))

    async def met(self, secured: Secured, name: str) -> None:
        if secured.newly_paired:
            await asyncio.to_thread(self._keyring.add, secured.peer, name)
        else:
            await _meet_again(self._keyring, secured, name)
        self._passkey = ""


async def _meet_again(keyring: Keyring, secured: Secured, name: str) -> None:
    # On a thread: it waits for the disk when the name is new.
    if not await asyncio.to_thread(keyring.met, secured.peer, name):
        raise Refused(Reason.UNKNOWN)
