"""A wearable and a companion that are paired."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from firmware_bridge.air import radio_address
from firmware_bridge.keyring import KEYRING
from firmware_bridge.noise import new_private_key, public_key
from firmware_bridge.secure import AnyCompanion, KnownWearable, Secured
from firmware_bridge.transports.bonds import introduce_radios

_WEARABLE, _COMPANION = new_private_key(), new_private_key()


class _Wearable:
    def greeter(self) -> AnyCompanion:
        return AnyCompanion(_WEARABLE, self)

    def knows(self, companion: bytes) -> bool:
        return companion == public_key(_COMPANION)

    def is_pairing(self) -> bool:
        return False

    def passkey(self) -> None:
        return None

    async def met(self, secured: Secured, name: str) -> None:
        assert self.knows(secured.peer)


class _Companion:
    def greeter(self) -> KnownWearable:
        return KnownWearable(_COMPANION, public_key(_WEARABLE))

    async def met(self, secured: Secured, name: str) -> None:
        assert secured.peer == public_key(_WEARABLE)


WEARABLE_GUARD, COMPANION_GUARD = _Wearable(), _Companion()


def pair_companion(folder: Path) -> None:
    """Let the companion with this data folder be the one that WEARABLE_GUARD knows."""
    folder.mkdir(parents=True, exist_ok=True)
    peer = {"key": public_key(_WEARABLE).hex(), "name": "test"}
    (folder / KEYRING).write_text(json.dumps({"private": _COMPANION.hex(), "peers": [peer]}))


@contextmanager
def bonded(wearable: int = 0, companion: int = 1) -> Iterator[tuple[Path, Path]]:
    """Give the data folders of two sides whose radios, of these numbers on the air, have a Bluetooth bond."""
    with TemporaryDirectory() as folder:
        ours, theirs = Path(folder, "wearable"), Path(folder, "companion")
        introduce_radios((ours, radio_address(wearable)), (theirs, radio_address(companion)))
        yield ours, theirs
