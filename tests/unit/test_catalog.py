from __future__ import annotations

import contextlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import load_config
from models.catalog import INSTEAD, CatalogBroken, Role, UnknownModel, find, load_catalog, parse_catalog, settings
from models.whisper_asr import NEEDED_FILES

ENTRY = """
role = "voice"
about = "a voice"
repository = "maker/voices"
licence = "MIT"
languages = ["en"]
ram_mb = 10
boards = ["pi-5"]
files = [{ path = "a/voice.onnx" }]
"""


def test_the_catalog_names_every_role_and_what_serves_without_it() -> None:
    entries = load_catalog()
    assert {entry.role for entry in entries} == set(Role) == set(INSTEAD)
    assert [entry.name for entry in entries if entry.ships] == ["pocket"]
    assert {"en", "zh"} <= {language for entry in entries if entry.role is Role.VOICE for language in entry.languages}


def test_whisper_entries_hold_what_the_engine_opens() -> None:
    for entry in load_catalog():
        if entry.role is Role.RECOGNISER:
            assert set(NEEDED_FILES) < {file.path for file in entry.files}


def test_a_voice_comes_with_its_description() -> None:
    for entry in load_catalog():
        if entry.role is Role.VOICE:
            assert entry.files[1].path == entry.files[0].path + ".json"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("licens = 'MIT'", "licens"),
        ("role = 'singer'", "singer"),
        ("boards = ['pi-9']", "pi-9"),
        ("ram_mb = 0", "ram_mb"),
        ("files = []", "files"),
        ("files = [{ path = '../../etc/passwd' }]", "reaches out"),
        ("files = [{ path = '/etc/passwd' }]", "reaches out"),
        ("files = [{ path = 'a' }, { path = 'a' }]", "twice"),
        ("files = [{ path = 'a', sha256 = 'abc' }]", "sha256"),
        ("files = [{ path = 'a', size = 3 }]", "size"),
        ("revision = 'main'", "revision"),
        ("repository = 'https://elsewhere/maker/voices'", "repository"),
        ("name = 'another'", "name"),
    ],
)
def test_a_wrong_entry_is_named(line: str, complaint: str) -> None:
    key = line.split(" = ")[0]
    kept = "\n".join(have for have in ENTRY.splitlines() if not have.startswith(key + " "))
    with pytest.raises(CatalogBroken, match=complaint):
        parse_catalog(f"[voice]\n{kept}\n{line}\n".encode())


def test_what_ships_has_no_revision() -> None:
    shipped = ENTRY.replace('repository = "maker/voices"', f'revision = "{"0" * 40}"')
    with pytest.raises(CatalogBroken, match="no revision"):
        parse_catalog(f"[voice]\n{shipped}".encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_a_catalog_or_broken(text: bytes) -> None:
    with contextlib.suppress(CatalogBroken):
        parse_catalog(text)


def test_a_catalog_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogBroken, match="cannot be read"):
        load_catalog(tmp_path / "gone.toml")


@pytest.mark.parametrize(("wrong", "near"), [("minicpm5", "minicpm5-1b"), ("Whisper-Base.EN", "whisper-base.en")])
def test_a_wrong_name_gets_the_nearest(wrong: str, near: str) -> None:
    with pytest.raises(UnknownModel, match=f"did you mean {near}"):
        find(load_catalog(), wrong)


def test_a_name_like_no_other_gets_them_all() -> None:
    with pytest.raises(UnknownModel, match=r"there is pocket, minicpm5-1b, .*, piper-huayan"):
        find(load_catalog(), "q")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1), min_size=1))
def test_the_settings_are_toml_whatever_the_path_is(parts: list[str]) -> None:
    path = Path("/", *parts)
    for entry in load_catalog():
        if text := settings(entry, [path] * len(entry.files)):
            [table] = tomllib.loads(text).values()
            assert str(path) in table.values() or str(path.parent) in table.values()


def test_the_settings_are_those_of_earrand_toml(tmp_path: Path) -> None:
    file = tmp_path / "earrand.toml"
    model = tmp_path / "folder" / "model"
    for name in ("minicpm5-1b", "whisper-base.en", "piper-ljspeech"):
        entry = find(load_catalog(), name)
        file.write_text(settings(entry, [model] * len(entry.files)))
        config = load_config(file)
        used = (config.understanding.model, config.hearing.whisper_model, config.speaking.piper_model)
        assert str(model.parent if entry.role is Role.RECOGNISER else model) in used
    assert settings(find(load_catalog(), "minicpm-v-4.6"), [model, model]) == ""
