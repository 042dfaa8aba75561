from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from models.catalog import Entry, PinsBroken, find, load_catalog
from models.pins import Pin, PinnedFile, Pins

ENTRY = find(load_catalog(), "minicpm5-1b")
PIN = Pin("openbmb/MiniCPM5-1B-GGUF", "1" * 40, (PinnedFile(ENTRY.files[0].path, 5, "2" * 64),))


def changed(**fields: object) -> Entry:
    return msgspec.structs.replace(ENTRY, **fields)


def test_a_pin_is_there_for_the_next_process(tmp_path: Path) -> None:
    Pins(tmp_path / "data" / "models.json").put(ENTRY.name, PIN)
    assert Pins(tmp_path / "data" / "models.json").get(ENTRY) == PIN


def test_pins_of_other_models_stay(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "models.json")
    pins.put("another", PIN)
    pins.put(ENTRY.name, PIN)
    pins.put(ENTRY.name, None)
    assert pins.get(ENTRY) is None
    assert pins.get(changed(name="another")) == PIN


def test_a_pin_is_for_what_the_catalog_said_then(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "models.json")
    pins.put(ENTRY.name, PIN)
    another_file = msgspec.structs.replace(ENTRY.files[0], path="another.gguf")
    assert pins.get(changed(repository="somebody/else")) is None
    assert pins.get(changed(files=(another_file,))) is None
    assert pins.get(changed(revision="3" * 40)) is None
    assert pins.get(changed(revision="1" * 40)) == PIN


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"a": {}}', b"\xff"])
def test_a_broken_file_is_told_and_left_alone(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    path.write_bytes(text)
    with pytest.raises(PinsBroken, match="remove it"):
        Pins(path).get(ENTRY)
    with pytest.raises(PinsBroken, match="remove it"):
        Pins(path).put(ENTRY.name, PIN)
    assert path.read_bytes() == text


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PinsBroken, match="cannot be written"):
        Pins(tmp_path / "file" / "models.json").put(ENTRY.name, PIN)
