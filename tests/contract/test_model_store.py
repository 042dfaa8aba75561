"""The store against a hub that speaks the real protocol, on a disk and a line that fail in every way."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

import huggingface_hub
import msgspec
import pytest
from huggingface_hub import close_session, hf_hub_download
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalog import Board, Busy, Entry, File, NoRoom, Refused, Role, Unreachable
from models.fetch import Remote, fetch
from models.pins import Pins
from models.store import Store
from models.whisper_asr import WhisperRecogniser
from tests.hub_server import COMMIT, Fault, HubServer, hub_server
from tests.tiny_whisper import write_tiny_whisper

REPOSITORY = "maker/model"
BIG = bytes(range(256)) * 2000
SMALL = b'{"kind": "description"}'


@dataclass
class Told:
    """A Watch that remembers."""

    begun: list[tuple[str, int, int]] = field(default_factory=list)
    moved: int = 0
    texts: list[str] = field(default_factory=list)

    def begin(self, name: str, total: int, done: int) -> None:
        self.begun.append((name, total, done))

    def move(self, count: int) -> None:
        self.moved += count

    def tell(self, text: str) -> None:
        self.texts.append(text)


@pytest.fixture(scope="module", autouse=True)
def _one_client() -> Iterator[None]:
    """Close huggingface_hub's client at the end alone: a new one reads every certificate of the system again."""
    yield
    close_session()


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with hub_server() as server:
        server.put(f"{REPOSITORY}/model.bin", BIG)
        server.put(f"{REPOSITORY}/config.json", SMALL, small=True)
        yield server


@pytest.fixture
def store(hub: HubServer, tmp_path: Path) -> Store:
    return open_store(hub, tmp_path)


def open_store(hub: HubServer, folder: Path, pauses: list[float] | None = None) -> Store:
    waited = [] if pauses is None else pauses
    return Store(folder / "hub", folder / "models.json", folder, hub.url, waited.append)


def entry(name: str = "model", *files: File, repository: str | None = REPOSITORY) -> Entry:
    return Entry(
        role=Role.RECOGNISER,
        about="a model",
        licence="MIT",
        languages=("en",),
        ram_mb=1,
        boards=(Board.PI_5,),
        files=files or (File("config.json"), File("model.bin")),
        repository=repository,
        name=name,
    )


def parts(folder: Path) -> list[Path]:
    return list(folder.rglob("*.incomplete"))


def test_a_pull_brings_every_file_pins_it_and_says_how_far_it_is(hub: HubServer, store: Store, tmp_path: Path) -> None:
    watch = Told()
    config, model = store.pull(entry(), watch)
    assert (config.read_bytes(), model.read_bytes()) == (SMALL, BIG)
    assert config.parent == model.parent
    assert watch.begun == [("config.json", len(SMALL), 0), ("model.bin", len(BIG), 0)]
    assert watch.moved == len(SMALL) + len(BIG)
    assert store.look(entry()).state == "pinned"
    pin = Pins(tmp_path / "models.json").get(entry())
    assert pin is not None
    assert (pin.repository, pin.revision) == (REPOSITORY, COMMIT)
    assert pin.file("model.bin").sha256 == hashlib.sha256(BIG).hexdigest()
    assert not parts(tmp_path)


def test_nothing_else_is_asked_of_the_hub(hub: HubServer, store: Store) -> None:
    store.pull(entry(), Told())
    assert all("/resolve/" in line or " /cdn/" in line for line in hub.asked)


def test_a_token_is_for_the_hub_and_not_for_where_it_sends_us(
    hub: HubServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    store.pull(entry(), Told())
    assert hub.tokens_at("/resolve/") == {"Bearer hf_secret"}
    assert hub.tokens_at("/cdn/") == {None}


def test_a_second_pull_asks_nobody(hub: HubServer, store: Store) -> None:
    first = store.pull(entry(), Told())
    hub.asked.clear()
    assert store.pull(entry(), Told()) == first
    assert hub.asked == []


def test_other_programs_find_what_we_pulled_and_we_find_what_they_did(hub: HubServer, tmp_path: Path) -> None:
    ours = open_store(hub, tmp_path)
    [model] = ours.pull(entry("one", File("model.bin")), Told())
    theirs = hf_hub_download(REPOSITORY, "model.bin", cache_dir=tmp_path / "hub", local_files_only=True)
    assert Path(theirs) == model

    found = hf_hub_download(REPOSITORY, "config.json", cache_dir=tmp_path / "hub", endpoint=hub.url)
    two = entry("two", File("config.json"))
    assert ours.look(two).state == "found"
    assert [check.verdict for check in ours.verify(two)] == ["ok"]
    hub.asked.clear()
    assert ours.pull(two, Told()) == (Path(found),)
    assert ours.look(two).state == "pinned"
    assert hub.asked == []


def test_a_cut_goes_on_where_it_was(hub: HubServer, store: Store) -> None:
    hub.faults[f"{REPOSITORY}/model.bin"] = Fault(cut_after=200_000)
    watch = Told()
    _, model = store.pull(entry(), watch)
    assert model.read_bytes() == BIG
    assert watch.moved == len(SMALL) + len(BIG)
    starts = [line.split("bytes=")[1] for line in hub.fetched() if "/cdn/" in line and "bytes=" in line]
    assert starts == ["200000-", "400000-"]
    assert len(watch.texts) == 2


def test_a_hub_that_gives_nothing_is_left_after_some_patience_and_what_came_stays(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.faults[f"{REPOSITORY}/model.bin"] = Fault(cut_after=100_000, cuts=1, at_half=lambda: go_down(hub))
    pauses: list[float] = []
    store = open_store(hub, tmp_path, pauses)
    with pytest.raises(Unreachable, match="pull again to go on from there"):
        store.pull(entry(), Told())
    assert pauses == [1.0, 2.0, 4.0, 8.0]
    [part] = parts(tmp_path)
    came = part.stat().st_size
    assert came > 0
    assert store.look(entry()).state == "partial"
    assert store.look(entry()).paths == ()

    hub.down = False
    watch = Told()
    store.pull(entry(), watch)
    assert ("model.bin", len(BIG), came) in watch.begun
    assert hub.fetched()[-1].endswith(f"bytes={came}-")


def go_down(hub: HubServer) -> None:
    hub.down = True


def test_a_server_without_ranges_gives_the_whole_again(hub: HubServer, store: Store) -> None:
    hub.faults[f"{REPOSITORY}/model.bin"] = Fault(cut_after=300_000, cuts=1, ignores_ranges=True)
    watch = Told()
    _, model = store.pull(entry(), watch)
    assert model.read_bytes() == BIG
    assert watch.moved == len(SMALL) + len(BIG)


@pytest.mark.parametrize(
    ("gives", "complaint"),
    [
        (BIG[:-1], "stopped at"),
        (BIG + b"!", "longer than"),
        (BIG[:-1] + b"!", "not what the hub states"),
        (bytes(len(BIG)), "not what the hub states"),
    ],
)
def test_wrong_content_is_never_found_as_a_model(
    gives: bytes, complaint: str, hub: HubServer, store: Store, tmp_path: Path
) -> None:
    hub.faults[f"{REPOSITORY}/model.bin"] = Fault(gives=gives)
    with pytest.raises((Refused, Unreachable), match=complaint):
        store.pull(entry(), Told())
    assert store.look(entry()).paths == ()
    assert not list((tmp_path / "hub").rglob("model.bin"))
    assert Pins(tmp_path / "models.json").get(entry()) is None

    hub.faults.clear()
    _, model = store.pull(entry(), Told())
    assert model.read_bytes() == BIG


def test_a_part_that_is_rubbish_is_thrown_away_and_fetched_anew(hub: HubServer, store: Store, tmp_path: Path) -> None:
    part = tmp_path / "hub" / "models--maker--model" / "blobs" / f"{hub.etag('maker/model/model.bin')}.model.incomplete"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"rubbish")
    with pytest.raises(Refused, match="not what the hub states"):
        store.pull(entry(), Told())
    assert not part.exists()
    part.write_bytes(BIG + b"too long")
    _, model = store.pull(entry(), Told())
    assert model.read_bytes() == BIG


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


def test_removing_frees_what_came_and_leaves_the_neighbours(hub: HubServer, store: Store, tmp_path: Path) -> None:
    one, two = entry("one", File("model.bin")), entry("two", File("config.json"))
    store.pull(one, Told())
    store.pull(two, Told())
    assert store.remove(one) == len(BIG)
    assert store.look(one).state == "absent"
    assert store.look(two).state == "pinned"
    assert store.remove(one) == 0


def test_removing_takes_what_was_cut_too(hub: HubServer, tmp_path: Path) -> None:
    hub.faults[f"{REPOSITORY}/model.bin"] = Fault(gives=BIG[:1000])
    store = open_store(hub, tmp_path)
    with pytest.raises(Unreachable):
        store.pull(entry("one", File("model.bin")), Told())
    assert store.remove(entry("one", File("model.bin"))) == 1000
    assert not parts(tmp_path)


def test_two_at_once_do_not_write_into_the_same_file(hub: HubServer, tmp_path: Path) -> None:
    second: list[str] = []

    def pull_too() -> None:
        with pytest.raises(Busy) as caught:
            open_store(hub, tmp_path).pull(entry(), Told())
        second.append(str(caught.value))

    hub.faults[f"{REPOSITORY}/model.bin"] = Fault(at_half=pull_too)
    _, model = open_store(hub, tmp_path).pull(entry(), Told())
    assert "wait for it" in second[0]
    assert model.read_bytes() == BIG


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


def test_whisper_opens_what_was_pulled(hub: HubServer, store: Store, tmp_path: Path) -> None:
    made = write_tiny_whisper(tmp_path / "made")
    for path in made.iterdir():
        hub.put(f"maker/whisper/{path.name}", path.read_bytes(), small=path.suffix == ".json")
    files = [File(path.name) for path in sorted(made.iterdir())]
    paths = store.pull(entry("whisper", *files, repository="maker/whisper"), Told())
    recogniser = WhisperRecogniser(paths[0].parent)
    assert recogniser.finish().text == ""


@settings(max_examples=30)
@given(cut_after=st.integers(1, 70_000), cuts=st.integers(0, 8), size=st.integers(1, 200_000), ranges=st.booleans())
def test_however_it_is_cut_the_file_is_whole_or_not_there(
    cut_after: int, cuts: int, size: int, ranges: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    content = BIG[:size]
    with hub_server() as hub:
        hub.put("maker/model/model.bin", content)
        hub.faults["maker/model/model.bin"] = Fault(cut_after=cut_after, cuts=cuts, ignores_ranges=not ranges)
        url = f"{hub.url}/maker/model/resolve/main/model.bin"
        remote = Remote("model.bin", url, size, hub.etag("maker/model/model.bin"))
        try:
            fetch(remote, folder / "part", folder / "whole", Told(), lambda _seconds: None)
            assert (folder / "whole").read_bytes() == content
            assert not (folder / "part").exists()
        except Unreachable:
            assert not (folder / "whole").exists()
