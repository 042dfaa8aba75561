from __future__ import annotations

import contextlib
import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import PROJECT_FILE, Config, ConfigError, find_config, load_config


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "earrand.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_holds_every_setting_with_its_default() -> None:
    assert load_config(PROJECT_FILE) == Config()
    in_file = {section: set(table) for section, table in tomllib.loads(PROJECT_FILE.read_text()).items()}
    assert in_file == {section: set(table) for section, table in msgspec.to_builtins(Config()).items()}


def test_every_setting_has_one_comment() -> None:
    lines = [line for line in PROJECT_FILE.read_text().splitlines() if re.match(r"\w+ = ", line)]
    assert lines
    assert all(re.search(r"\S\s+# \S", line) for line in lines)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[audio]\nvolume = 3", "unknown key 'volume' in [audio]: did you mean 'volume_percent'?"),
        ("[audioo]\ninput = 'x'", "unknown key 'audioo' in the file: did you mean 'audio'?"),
        ("[hearing]\nzzz = 1", "unknown key 'zzz' in [hearing]: valid are: attention, "),
        ("[audio]\nvolume_percent = 'loud'", "[audio] volume_percent: expected `int`, got `str`"),
        ("[audio]\nvolume_percent = 101", "[audio] volume_percent: expected `int` <= 100"),
        ("[audio\n", "not TOML"),
        ("a = " + "[" * 5000, "not TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file_and_the_nearest_right_one(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match=re.escape(says)) as caught:
        load_config(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "none.toml")


def test_the_environment_names_a_file_and_an_option_wins(tmp_path: Path) -> None:
    assert find_config(None, {"EARRAND_CONFIG": "/x"}) == Path("/x")
    assert find_config(tmp_path, {"EARRAND_CONFIG": "/x"}) == tmp_path


@given(st.binary(max_size=200))
def test_any_bytes_are_settings_or_a_config_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.toml"
    path.write_bytes(data)
    with contextlib.suppress(ConfigError):
        load_config(path)
