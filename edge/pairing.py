"""Pairing by ear: opens the window with new digits, forgets phones, and knows how it ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from firmware_bridge.keyring import Keyring
from firmware_bridge.pairing import PairingWindow
from firmware_bridge.secure import make_passkey


@dataclass(frozen=True, slots=True)
class Outcome:
    """A window that the wearer opened has closed."""

    phone: str | None
    """The name of the phone that was paired, if one was."""


class Pairing:
    """`open`, `forget` and `paired` may be called on any thread, one at a time."""

    def __init__(self, keyring: Keyring, window: PairingWindow) -> None:
        self._keyring = keyring
        self._window = window
        self._waits = False
        """Whether the wearer asked for it and has not heard how it ended."""
        self._new: str | None = None

    def open(self) -> str:
        """Let a phone try from now on; give the digits that it must know."""
        passkey = make_passkey(secrets.randbelow)
        self._window.open(passkey)
        self._waits, self._new = True, None
        return passkey

    def forget(self, name: str) -> list[str]:
        """Forget the phones of that name, else all; give their names. Raises KeyringError."""
        return [peer.name for peer in self._keyring.forget(name)]

    def paired(self, name: str) -> None:
        """Hear the name of the phone that was paired."""
        self._new = name

    def outcome(self) -> Outcome | None:
        """Give, once, how it ended; none while it goes on, and when nobody waits to hear it."""
        if not self._waits or self._window.is_open():
            return None
        self._waits = False
        return Outcome(self._new)
