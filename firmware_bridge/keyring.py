"""Keeps our own key and those of the peers that we are paired with, in a file that only its owner can read."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec

from firmware_bridge.errors import UNREADABLE
from firmware_bridge.lockfile import LockFile
from firmware_bridge.noise import new_private_key, public_key
from firmware_bridge.private_file import write_private
from firmware_bridge.set_aside import set_aside

_LOGGER = logging.getLogger(__name__)

KEYRING, BONDS = "keys.json", "bonds.json"
"""In a side's data folder: our own keys, and those of Bluetooth where it is not the system that keeps them."""

_Key = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class KeyringError(Exception):
    """The keys cannot be read or written."""


class Peer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody whom we are paired with."""

    key: _Key
    """The public key in hex."""
    name: str
    """What it called itself when it was last here."""


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    private: _Key
    peers: tuple[Peer, ...] = ()
    """The one that was here last comes first."""


class Keyring:
    """The file is the truth, so another process may change it. Of more peers than `limit` the longest absent goes."""

    def __init__(self, path: Path, limit: int) -> None:
        """Read the file, or make it with a new key. Raises KeyringError.

        A file that makes no sense is set aside: who was paired must then pair again.
        """
        self._path = path
        self._limit = limit
        with self._disk_errors():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._content = self._read() or self._write(_Content(new_private_key().hex()))

    @property
    def private(self) -> bytes:
        """Our own private key."""
        return bytes.fromhex(self._content.private)

    def peers(self) -> Sequence[Peer]:
        """Give those whom we are paired with, as the file has them now; the one that was here last comes first.

        Raises KeyringError.
        """
        with self._disk_errors():
            self._content = self._read() or _Content(self._content.private)  # without its file nobody is known
        return self._content.peers

    def knows(self, key: bytes) -> bool:
        """Say whether this public key is a peer's. Raises KeyringError."""
        return any(peer.key == key.hex() for peer in self.peers())

    def add(self, key: bytes, name: str) -> None:
        """Be paired with this peer from now on. Raises KeyringError; then all is as before."""
        with self._changing():
            self._put_first(Peer(key.hex(), name))

    def met(self, key: bytes, name: str) -> bool:
        """Note that a peer was here; say whether it is one still, for it may be forgotten at any moment.

        Raises KeyringError; then all is as before.
        """
        with self._changing():
            if not self.knows(key):
                return False
            self._put_first(Peer(key.hex(), name))
            return True

    def forget(self, name: str = "") -> Sequence[Peer]:
        """Drop the peers of that name, else all; give those that were dropped. Raises KeyringError.

        With the last one go the Bluetooth bonds, which say nothing of who is whose.
        """
        with self._changing():
            gone = [peer for peer in self.peers() if not name or peer.name.casefold() == name.casefold()]
            self._keep(tuple(peer for peer in self.peers() if peer not in gone))
            if not self._content.peers:
                self._path.with_name(BONDS).unlink(missing_ok=True)
            return gone

    def _put_first(self, first: Peer) -> None:
        others = tuple(peer for peer in self.peers() if peer.key != first.key)
        self._keep((first, *others)[: self._limit])

    def _keep(self, peers: tuple[Peer, ...]) -> None:
        if peers != self._content.peers:
            self._content = self._write(msgspec.structs.replace(self._content, peers=peers))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Let nobody else change the file meanwhile, or who was just forgotten would come back."""
        with self._disk_errors(), LockFile(self._path.with_suffix(".lock"), wait=True):
            yield

    @contextmanager
    def _disk_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise KeyringError(f"{self._path}: {exc.strerror or exc}") from exc

    def _read(self) -> _Content | None:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Content)
        except FileNotFoundError:
            return None
        except UNREADABLE:
            _LOGGER.error("%s makes no sense and is kept as %s: pair again", self._path, set_aside(self._path))
            return None

    def _write(self, content: _Content) -> _Content:
        write_private(self._path, msgspec.json.format(msgspec.json.encode(content)))
        return content


def introduce(wearable: Keyring, companion: Keyring) -> None:
    """Pair two keyrings that are both in our hands, as the demo's are. Raises KeyringError."""
    wearable.add(public_key(companion.private), "companion")
    companion.add(public_key(wearable.private), "wearable")
