"""What was pulled once is what is held to: pins, checksums, and what the catalog knows."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from models.catalog import File, Refused
from models.store import Store
from tests.hub_server import COMMIT, HubServer
from tests.model_store import BIG, REPOSITORY, SMALL, Told, entry


def test_a_pin_holds_when_the_repository_moves_on(hub: HubServer, store: Store) -> None:
    store.pull(entry(), Told())
    store.remove(entry())
    hub.asked.clear()
    store.pull(entry(), Told())
    assert all(COMMIT in line for line in hub.asked if "/resolve/" in line)

    store.remove(entry())
    hub.commit = "f" * 40
    with pytest.raises(Refused, match="--forget"):
        store.pull(entry(), Told())
    store.remove(entry(), forget=True)
    _, model = store.pull(entry(), Told())
    assert hub.commit in model.parts


@pytest.mark.parametrize("name", ["model.bin", "config.json"])
def test_a_mirror_that_gives_another_file_at_the_pinned_revision_is_refused(
    name: str, hub: HubServer, store: Store
) -> None:
    store.pull(entry(), Told())
    store.remove(entry())
    content = hub.files[f"{REPOSITORY}/{name}"]
    hub.files[f"{REPOSITORY}/{name}"] = b"?" + content[1:]
    with pytest.raises(Refused, match="pinned"):
        store.pull(entry(), Told())
    assert store.look(entry()).paths == ()
    hub.files[f"{REPOSITORY}/{name}"] = content
    store.pull(entry(), Told())


@pytest.mark.parametrize("known", [{"bytes": len(BIG) + 1}, {"sha256": "0" * 64}])
def test_what_the_catalog_knows_is_held_to_before_anything_is_fetched(
    known: dict[str, object], hub: HubServer, store: Store
) -> None:
    wanted = entry("model", msgspec.structs.replace(File("model.bin"), **known))
    with pytest.raises(Refused, match="pinned"):
        store.pull(wanted, Told())
    assert hub.fetched() == []


def test_a_byte_that_changed_on_the_disk_is_found_and_mended(hub: HubServer, store: Store) -> None:
    _, model = store.pull(entry(), Told())
    with model.open("r+b") as file:
        file.seek(1000)
        file.write(b"?")
    assert [check.verdict for check in store.verify(entry())] == ["ok", "wrong"]
    store.pull(entry(), Told())
    assert model.read_bytes() == BIG
    assert [check.verdict for check in store.verify(entry())] == ["ok", "ok"]


def test_a_file_that_is_gone_is_missing(hub: HubServer, store: Store) -> None:
    assert [check.verdict for check in store.verify(entry())] == ["missing", "missing"]
    _, model = store.pull(entry(), Told())
    model.unlink()
    assert [check.verdict for check in store.verify(entry())] == ["ok", "missing"]
    assert store.look(entry()).state == "partial"


def test_what_ships_is_checked_against_its_checksum_file(store: Store, hub: HubServer, tmp_path: Path) -> None:
    pocket = entry("pocket", File("pocket/pocket.gguf"), repository=None)
    assert store.look(pocket).state == "absent"
    with pytest.raises(Refused, match="install Earrand again"):
        store.pull(pocket, Told())
    path = tmp_path / "pocket" / "pocket.gguf"
    path.parent.mkdir()
    path.write_bytes(BIG)
    assert [check.verdict for check in store.verify(pocket)] == ["unknown"]
    checksum = path.with_name("pocket.gguf.sha256")
    checksum.write_text(f"{hashlib.sha256(BIG).hexdigest()}  pocket.gguf\n")
    assert store.look(pocket).state == "ships"
    assert [check.verdict for check in store.verify(pocket)] == ["ok"]
    assert store.pull(pocket, Told()) == (path,)
    path.write_bytes(SMALL)
    assert [check.verdict for check in store.verify(pocket)] == ["wrong"]
    with pytest.raises(Refused, match="stays"):
        store.remove(pocket)
    assert path.exists()
    assert hub.asked == []
