"""Pairing by ear: opens the window with new digits, forgets phones, and tells how it ended."""

from __future__ import annotations

import secrets

from audio import earcons
from edge.phrasebook import Phrases
from edge.reply import Reply
from firmware_bridge.keyring import Keyring
from firmware_bridge.pairing import PairingWindow
from firmware_bridge.secure import make_passkey


class Pairing:
    """`open` and `forget` are called on the thread where tools run, the rest on the loop."""

    def __init__(self, keyring: Keyring, window: PairingWindow, phrases: Phrases) -> None:
        self._keyring = keyring
        self._window = window
        self._phrases = phrases
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

    def news(self) -> list[Reply]:
        """Give what the wearer has not heard of how it ended."""
        if not self._waits or self._window.is_open():
            return []
        self._waits = False
        if self._new is None:
            return [Reply((self._phrases.say("pairing.nobody"),), "announcement", earcons.problem())]
        words = self._phrases.say("pairing.completed.paired", name=self._new)
        return [Reply((words,), "announcement", earcons.done())]
