"""A hub that refuses or is gone, and disks that are too small."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import huggingface_hub
import pytest

from models.catalog import File, NoRoom, Refused, Unreachable
from models.store import Store
from tests.hub_server import Fault, HubServer
from tests.model_store import REPOSITORY, Told, entry, parts


@pytest.mark.parametrize(
    ("repository", "file", "complaint"),
    [("maker/model", "gone.bin", "has no file gone.bin"), ("nobody/nothing", "model.bin", "has no nobody/nothing")],
)
def test_what_the_hub_does_not_have_is_named(
    repository: str, file: str, complaint: str, hub: HubServer, store: Store
) -> None:
    with pytest.raises(Refused, match=complaint):
        store.pull(entry("model", File(file), repository=repository), Told())


@pytest.mark.parametrize(("status", "kind"), [(403, Refused), (404, Refused), (503, Unreachable)])
def test_a_refusal_and_a_failure_are_told_apart(
    status: int, kind: type[Exception], hub: HubServer, store: Store
) -> None:
    hub.faults[f"{REPOSITORY}/model.bin"] = Fault(answers=status)
    with pytest.raises(kind, match=str(status)):
        store.pull(entry(), Told())


def test_a_hub_that_is_down_or_gone_is_unreachable(hub: HubServer, store: Store, tmp_path: Path) -> None:
    hub.down = True
    with pytest.raises(Unreachable, match="answers 503"):
        store.pull(entry(), Told())
    gone = Store(tmp_path / "hub", tmp_path / "models.json", tmp_path, "http://127.0.0.1:9", lambda _s: None)
    with pytest.raises(Unreachable, match="cannot be reached"):
        gone.pull(entry(), Told())


def test_offline_what_is_here_is_verified_and_the_rest_is_not_asked_for(
    hub: HubServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = entry("one", File("model.bin"))
    store.pull(one, Told())
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    hub.asked.clear()
    store.pull(one, Told())
    with pytest.raises(Unreachable, match="HF_HUB_OFFLINE"):
        store.pull(entry(), Told())
    assert hub.asked == []


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(
    hub: HubServer, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Free(50_000_000))
    with pytest.raises(NoRoom, match=r"needs 1 MB more and 50 MB to spare, but .* has 50 MB"):
        store.pull(entry(), Told())
    assert hub.fetched() == []


@dataclass(frozen=True)
class Free:
    free: int


class SmallDisk(FileIO):
    """A file on a disk with room for 300,000 bytes."""

    def write(self, data: object) -> int:
        left = 300_000 - self.tell()
        if left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        assert isinstance(data, memoryview)
        return super().write(data[:left])


def test_a_disk_that_fills_up_keeps_what_came_and_goes_on_when_there_is_room(
    hub: HubServer, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as small:
        small.setattr("models.fetch.FileIO", SmallDisk)
        with pytest.raises(NoRoom, match="No space left"):
            store.pull(entry(), Told())
    [part] = parts(tmp_path)
    assert part.stat().st_size == 300_000
    store.pull(entry(), Told())
    assert hub.fetched()[-1].endswith("bytes=300000-")


@pytest.fixture
def small_mount(tmp_path: Path) -> Iterator[Path]:
    """Where the contents of the repository go: a file system of 256 kB."""
    blobs = tmp_path / "hub" / "models--maker--model" / "blobs"
    blobs.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "earrand-test", str(blobs)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        yield blobs
    finally:
        subprocess.run(["umount", str(blobs)], check=True)


def test_a_real_full_disk_leaves_no_model(hub: HubServer, store: Store, small_mount: Path) -> None:
    with pytest.raises(NoRoom, match="No space left"):
        store.pull(entry(), Told())
    assert store.look(entry()).state == "partial"
    assert store.remove(entry()) > 0
    assert not parts(small_mount)
