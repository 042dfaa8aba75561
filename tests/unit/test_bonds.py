"""The file of Bluetooth bonds."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bumble.keys import PairingKeys

from firmware_bridge.keyring import BONDS, KEYRING, Keyring
from firmware_bridge.transports.bonds import MAX_BONDS, Bonds

KEYS = PairingKeys(ltk=PairingKeys.Key(bytes(range(16)), authenticated=True))


async def names(bonds: Bonds) -> list[str]:
    return [name for name, _ in await bonds.get_all()]


async def test_what_is_kept_is_read_back_by_another_process(tmp_path: Path) -> None:
    await Bonds(tmp_path / "new" / BONDS).update("A", KEYS)
    kept = await Bonds(tmp_path / "new" / BONDS).get("A")
    assert kept == KEYS
    assert (tmp_path / "new" / BONDS).stat().st_mode & 0o777 == 0o600


async def test_of_six_bonds_the_one_unused_longest_goes(tmp_path: Path) -> None:
    bonds = Bonds(tmp_path / BONDS)
    for name in "ABCDE":
        await bonds.update(name, KEYS)
    await bonds.get("A")
    await bonds.update("F", KEYS)
    assert await names(bonds) == ["F", "A", "E", "D", "C"]
    assert len(await names(bonds)) == MAX_BONDS


async def test_a_bond_can_be_forgotten_and_then_all(tmp_path: Path) -> None:
    bonds = Bonds(tmp_path / BONDS)
    for name in "AB":
        await bonds.update(name, KEYS)
    await bonds.delete("A")
    assert await names(bonds) == ["B"]
    Keyring(tmp_path / KEYRING, 5).forget()
    assert await bonds.get("B") is None


async def test_of_changes_at_one_moment_none_is_lost(tmp_path: Path) -> None:
    bonds = Bonds(tmp_path / BONDS)
    async with asyncio.TaskGroup() as tasks:
        for name in "ABCDE":
            tasks.create_task(bonds.update(name, KEYS))
    assert sorted(await names(bonds)) == list("ABCDE")


async def test_a_bond_can_be_used_where_nothing_can_be_written(tmp_path: Path) -> None:
    bonds = Bonds(tmp_path / BONDS)
    for name in "AB":
        await bonds.update(name, KEYS)
    (tmp_path / "bonds.lock").unlink()
    (tmp_path / "bonds.lock").mkdir()
    assert await bonds.get("A") == KEYS
    assert await names(bonds) == ["B", "A"]


async def test_a_file_that_makes_no_sense_is_set_aside_and_knows_nobody(tmp_path: Path) -> None:
    for nonsense in ("", "[]", '{"A": 1}', '{"A": {"ltk": {}}}', '{"A": {"ltk": {"value": "zz"}}}', "\xff"):
        (tmp_path / BONDS).write_text(nonsense, encoding="latin-1")
        assert await Bonds(tmp_path / BONDS).get("A") is None
        assert not (tmp_path / BONDS).exists()
