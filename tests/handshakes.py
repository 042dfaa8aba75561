"""Handshakes with keys and randomness of one's own: of the vectors, and of attackers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Door:
    """A Doorkeeper of one's own."""

    known: frozenset[bytes] = frozenset()
    """Public keys."""
    digits: str | None = None
    """Of the window that is open."""

    def knows(self, companion: bytes) -> bool:
        """Say whether the key is known."""
        return companion in self.known

    def is_pairing(self) -> bool:
        """Say whether there are digits."""
        return self.digits is not None

    def passkey(self) -> str | None:
        """Give the digits."""
        return self.digits


def told(ephemeral: bytes, scalar: bytes) -> Callable[[int], bytes]:
    """Give the randomness of a vector: 32 bytes for the handshake's key, 64 for SPAKE2's scalar."""
    return lambda length: {32: ephemeral, 64: scalar}[length]
