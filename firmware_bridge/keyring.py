"""Keeps our own key and those of the peers that we are paired with, in a file that only its owner can read."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec

from firmware_bridge.noise import new_private_key, public_key
from firmware_bridge.set_aside import set_aside

_LOGGER = logging.getLogger(__name__)

KEYRING = "keys.json"
"""In a side's data folder."""

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
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._content = self._read() or self._write(_Content(new_private_key().hex()))
        except OSError as exc:
            raise KeyringError(f"{path}: {exc.strerror or exc}") from exc

    @property
    def private(self) -> bytes:
        """Our own private key."""
        return bytes.fromhex(self._content.private)

    def peers(self) -> Sequence[Peer]:
        """Give those whom we are paired with, as the file has them now; the one that was here last comes first.

        Raises KeyringError.
        """
        try:
            self._content = self._read() or self._content
        except OSError as exc:
            raise KeyringError(f"{self._path}: {exc.strerror or exc}") from exc
        return self._content.peers

    def knows(self, key: bytes) -> bool:
        """Say whether this public key is a peer's. Raises KeyringError."""
        return any(peer.key == key.hex() for peer in self.peers())

    def met(self, key: bytes, name: str) -> None:
        """Note that a peer was here, an old one or a new one. Raises KeyringError; then all is as before."""
        first = Peer(key.hex(), name)
        others = tuple(peer for peer in self.peers() if peer.key != first.key)
        self._keep((first, *others)[: self._limit])

    def forget(self, name: str = "") -> Sequence[Peer]:
        """Drop the peers of that name, else all; give those that were dropped. Raises KeyringError."""
        gone = [peer for peer in self.peers() if not name or peer.name.casefold() == name.casefold()]
        self._keep(tuple(peer for peer in self.peers() if peer not in gone))
        return gone

    def _keep(self, peers: tuple[Peer, ...]) -> None:
        if peers == self._content.peers:
            return
        try:
            self._content = self._write(msgspec.structs.replace(self._content, peers=peers))
        except OSError as exc:
            raise KeyringError(f"{self._path}: {exc.strerror or exc}") from exc

    def _read(self) -> _Content | None:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Content)
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError:
            _LOGGER.error("%s makes no sense and is kept as %s: pair again", self._path, set_aside(self._path))
            return None

    def _write(self, content: _Content) -> _Content:
        draft = self._path.with_suffix(".draft")
        with suppress(FileNotFoundError):
            draft.unlink()  # with the permissions that it was made with
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(content)))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        return content


def introduce(wearable: Keyring, companion: Keyring) -> None:
    """Pair two keyrings that are both in our hands, as the demo's are. Raises KeyringError."""
    wearable.met(public_key(companion.private), "companion")
    companion.met(public_key(wearable.private), "wearable")
