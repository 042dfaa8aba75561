"""Keeps the keys of Bluetooth bonds in a file that only its owner can read, for the radios that Bumble drives."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from pathlib import Path
from typing import Any

from bumble.keys import KeyStore, PairingKeys

from firmware_bridge.keyring import BONDS
from firmware_bridge.private_file import write_private
from firmware_bridge.set_aside import set_aside

_LOGGER = logging.getLogger(__name__)

MAX_BONDS = 5
LTK_BYTES = 16


class Bonds(KeyStore):
    """What Bumble calls its key store. The file is the truth; of more than five bonds the one unused longest goes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def get(self, name: str) -> PairingKeys | None:
        """Give the keys for an address, which makes it the one used last."""
        bonds = self._read()
        if name not in bonds:
            return None
        if next(iter(bonds)) != name:
            await self._write({name: bonds[name], **bonds})
        return PairingKeys.from_dict(bonds[name])

    async def get_all(self) -> list[tuple[str, PairingKeys]]:
        """Give every bond, the one used last first."""
        return [(name, PairingKeys.from_dict(keys)) for name, keys in self._read().items()]

    async def update(self, name: str, keys: PairingKeys) -> None:
        """Keep the keys for an address."""
        others = {other: its for other, its in self._read().items() if other != name}
        await self._write({name: keys.to_dict(), **others})

    async def delete(self, name: str) -> None:
        """Forget an address."""
        await self._write({other: keys for other, keys in self._read().items() if other != name})

    def _read(self) -> dict[str, Any]:
        try:
            bonds = json.loads(self._path.read_bytes())
            for keys in bonds.values():
                PairingKeys.from_dict(keys)
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError, KeyError):
            _LOGGER.error("%s makes no sense and is kept as %s: pair again", self._path, set_aside(self._path))
            return {}
        return dict(bonds)

    async def _write(self, bonds: dict[str, Any]) -> None:
        kept = json.dumps(dict(list(bonds.items())[:MAX_BONDS]), indent=2).encode()
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        await asyncio.to_thread(write_private, self._path, kept)


def introduce_radios(wearable: tuple[Path, str], companion: tuple[Path, str]) -> None:
    """Bond two radios that are both in our hands: each side's data folder, and its public Bluetooth address."""
    keys = {"address_type": 0, "ltk": {"value": secrets.token_hex(LTK_BYTES), "authenticated": True}}
    for (folder, _), (_, peer) in ((wearable, companion), (companion, wearable)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(folder / BONDS, json.dumps({f"{peer}/P": keys}).encode())
