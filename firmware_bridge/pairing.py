"""When a new companion may be paired: a window that the wearer opens, with digits, few tries and an end. Pure."""

from __future__ import annotations

from collections.abc import Callable

WINDOW_S = 60.0
"""Long enough to hear six digits and type them."""
TRIES = 3
"""With SPAKE2 a try tells a stranger only whether one number was right. Bluetooth's passkey entry compares bit after
bit, so that a failed try tells about two of them: three tries find the digits twenty times in a million."""


class PairingWindow:
    """Closed until opened; open until somebody was paired, the tries are used up, or the time is over."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds, and goes on while the device sleeps."""
        self._clock = clock
        self._passkey = ""
        self._ends = 0.0
        self._tries = 0
        self._bond_tries = 0

    def open(self, passkey: str) -> None:
        """Let companions try these digits from now on; those of an earlier window are worth nothing any more."""
        self._passkey = passkey
        self._ends = self._clock() + WINDOW_S
        self._tries = self._bond_tries = TRIES

    def close(self) -> None:
        """Let nobody try any more."""
        self._passkey = ""

    def is_open(self) -> bool:
        """Say whether a companion may try now."""
        return bool(self._passkey) and self._tries > 0 and self._clock() < self._ends

    def passkey(self) -> str | None:
        """Give the digits for one try."""
        if not self.is_open():
            return None
        self._tries -= 1
        return self._passkey

    def bond_passkey(self) -> str | None:
        """Give the digits for one try to bond by Bluetooth's own pairing, below the link."""
        if not self.is_open() or self._bond_tries == 0:
            return None
        self._bond_tries -= 1
        return self._passkey

    def bonded(self) -> None:
        """Let nobody else bond with these digits: passkey entry tells them to all who listened."""
        self._bond_tries = 0
