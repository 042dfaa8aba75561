"""Pulling and removing models, from a hub that speaks the real protocol over a line that is cut."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from huggingface_hub import hf_hub_download
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalog import Busy, File, Refused, Unreachable
from models.fetch import Remote, fetch
from models.pins import Pins
from models.store import Store
from models.whisper_asr import WhisperRecogniser
from tests.hub_server import COMMIT, Fault, HubServer, hub_server
from tests.model_store import BIG, REPOSITORY, SMALL, Told, entry, open_store, parts
from tests.tiny_whisper import write_tiny_whisper


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
