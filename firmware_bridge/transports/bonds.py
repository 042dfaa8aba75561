"""Keeps the keys of Bluetooth bonds in a file that only its owner can read, for the radios that Bumble drives."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bumble.keys import KeyStore, PairingKeys

from firmware_bridge.keyring import BONDS
from firmware_bridge.lockfile import LockFile
from firmware_bridge.private_file import write_private
from firmware_bridge.set_aside import set_aside

_LOGGER = logging.getLogger(__name__)

MAX_BONDS = 5
LTK_BYTES = 16

_Bonds = dict[str, Any]
"""Keys as Bumble writes them, by address; the one used last comes first."""


class Bonds(KeyStore):
    """What Bumble calls its key store. The file is the truth; of more than five bonds the one unused longest goes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def get(self, name: str) -> PairingKeys | None:
        """Give the keys for an address, which makes it the one used last."""
        bonds = await asyncio.to_thread(self._read)
        if name not in bonds:
            return None
        try:
            await self._change(lambda bonds: {name: bonds[name], **bonds} if name in bonds else bonds)
        except OSError as exc:
            _LOGGER.warning("%s is not kept up to date: %s", self._path, exc.strerror)
        return PairingKeys.from_dict(bonds[name])

    async def get_all(self) -> list[tuple[str, PairingKeys]]:
        """Give every bond, the one used last first."""
        bonds = await asyncio.to_thread(self._read)
        return [(name, PairingKeys.from_dict(keys)) for name, keys in bonds.items()]

    async def update(self, name: str, keys: PairingKeys) -> None:
        """Keep the keys for an address. Raises OSError."""
        await self._change(lambda bonds: {name: keys.to_dict(), **_without(name, bonds)})

    async def delete(self, name: str) -> None:
        """Forget an address. Raises OSError."""
        await self._change(lambda bonds: _without(name, bonds))

    async def _change(self, change: Callable[[_Bonds], _Bonds]) -> None:
        await asyncio.to_thread(self._change_now, change)

    def _change_now(self, change: Callable[[_Bonds], _Bonds]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with LockFile(self._path.with_suffix(".lock"), wait=True):
            before = list(self._read().items())
            after = list(change(dict(before)).items())[:MAX_BONDS]
            if after != before:
                write_private(self._path, json.dumps(dict(after), indent=2).encode())

    def _read(self) -> _Bonds:
        try:
            bonds = json.loads(self._path.read_bytes())
            for keys in bonds.values():
                PairingKeys.from_dict(keys)
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            _LOGGER.error("%s makes no sense and is kept as %s: pair again", self._path, set_aside(self._path))
            return {}
        return dict(bonds)


def introduce_radios(wearable: tuple[Path, str], companion: tuple[Path, str]) -> None:
    """Bond two radios that are both in our hands: each side's data folder, and its public Bluetooth address."""
    keys = {"address_type": 0, "ltk": {"value": secrets.token_hex(LTK_BYTES), "authenticated": True}}
    for (folder, _), (_, peer) in ((wearable, companion), (companion, wearable)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(folder / BONDS, json.dumps({f"{peer}/P": keys}).encode())


def _without(name: str, bonds: _Bonds) -> _Bonds:
    return {other: keys for other, keys in bonds.items() if other != name}
