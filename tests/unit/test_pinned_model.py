"""A pulled model is held against its pin before llama.cpp opens it; a model from elsewhere has none."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest
from huggingface_hub import constants

from edge import engines
from edge.config import Config, UnderstandingSection
from models.catalog import Entry, PinsBroken, find, load_catalog
from models.engine import EngineFailed
from models.pins import Pin, PinnedFile, Pins
from models.store import Store
from tests.tiny_gguf import write_tiny_gguf

ENTRY = find(load_catalog(), "minicpm4-0.5b")
COMMIT = "1" * 40


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a user: the cache of the hub, and our own data and cache."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def pulled(home: Path) -> Path:
    """A model as a pull leaves it: content under its hash, a link in the snapshot, and the pin."""
    repository = home / "hub" / ("models--" + str(ENTRY.repository).replace("/", "--"))
    snapshot, blobs = repository / "snapshots" / COMMIT, repository / "blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    blob = write_tiny_gguf(home / "tiny.gguf", layers=1, width=32)
    digest = hashlib.sha256(blob.read_bytes()).hexdigest()
    path = snapshot / ENTRY.files[0].path
    path.symlink_to(blob.rename(blobs / digest))
    pin = Pin(str(ENTRY.repository), COMMIT, (PinnedFile(ENTRY.files[0].path, path.stat().st_size, digest),))
    pins(home).put(ENTRY.name, pin)
    return path


def pins(home: Path) -> Pins:
    return Pins(home / "data" / "earrand" / "models.json")


def expected(path: Path, *entries: Entry) -> str | None:
    return Store().expected(entries or load_catalog(), path)


def load(path: Path) -> str:
    model = engines._model(Config(understanding=UnderstandingSection(model=str(path), context_tokens=512)))
    assert model is not None
    return model.name


def test_a_pulled_file_has_its_pin_by_every_path(pulled: Path, home: Path) -> None:
    digest = pulled.resolve().name
    (home / "link.gguf").symlink_to(pulled)
    assert expected(pulled) == expected(pulled.resolve()) == expected(home / "link.gguf") == digest


def test_a_file_from_elsewhere_has_none(pulled: Path, home: Path) -> None:
    copy = home / "copy.gguf"
    copy.write_bytes(pulled.read_bytes())
    assert expected(copy) is None
    assert expected(home / "none.gguf") is None


def test_without_a_pin_the_catalog_says_it(pulled: Path, home: Path) -> None:
    pins(home).put(ENTRY.name, None)
    assert expected(pulled) is None
    stated = msgspec.structs.replace(ENTRY.files[0], sha256="2" * 64)
    assert expected(pulled, msgspec.structs.replace(ENTRY, files=(stated,), revision=COMMIT)) == "2" * 64


def test_pins_that_cannot_be_read_are_told(pulled: Path, home: Path) -> None:
    (home / "data" / "earrand" / "models.json").write_text("{")
    with pytest.raises(PinsBroken):
        expected(pulled)


def test_the_wearable_starts_with_the_model_that_was_pulled(pulled: Path) -> None:
    assert load(pulled) == "tiny random"


def test_the_wearable_refuses_a_pulled_model_that_changed(pulled: Path) -> None:
    other = write_tiny_gguf(pulled.with_name("other"), layers=2, width=32)
    other.replace(pulled)
    with pytest.raises(EngineFailed, match="is not the file that it should be"):
        load(pulled)


def test_the_wearable_does_not_guess_when_the_pins_are_broken(pulled: Path, home: Path) -> None:
    (home / "data" / "earrand" / "models.json").write_text("{")
    with pytest.raises(EngineFailed, match=r"models\.json cannot be read"):
        load(pulled)
