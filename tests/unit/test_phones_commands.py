"""The commands that tell and change who is paired, on both sides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from companion.cli import app as companion
from edge.cli import app as wearable
from firmware_bridge.guard import COMPANIONS, WEARABLES
from firmware_bridge.keyring import KEYRING, Keyring

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keyring = Keyring(tmp_path / KEYRING, COMPANIONS)
    for number, name in enumerate(("old phone", "new phone"), 1):
        keyring.add(bytes([number]) * 32, name)
    return tmp_path


def paired(folder: Path) -> list[str]:
    return [peer.name for peer in Keyring(folder / KEYRING, COMPANIONS).peers()]


def test_the_phones_are_listed_the_latest_first(folder: Path) -> None:
    told = RUN.invoke(wearable, ["phones", "--data", str(folder)])
    assert (told.exit_code, told.stdout) == (0, "new phone\nold phone\n")
    as_json = RUN.invoke(wearable, ["phones", "--data", str(folder), "--json"])
    assert json.loads(as_json.stdout) == {"paired": ["new phone", "old phone"], "forgotten": []}


def test_a_wearable_without_phones_says_how_to_pair_one(tmp_path: Path) -> None:
    assert "pair my phone" in RUN.invoke(wearable, ["phones", "--data", str(tmp_path)]).stdout


def test_a_phone_is_forgotten_by_name(folder: Path) -> None:
    told = RUN.invoke(wearable, ["phones", "--data", str(folder), "--forget", "Old Phone"])
    assert (told.exit_code, told.stdout) == (0, "forgot old phone\nnew phone\n")
    assert paired(folder) == ["new phone"]


def test_a_name_that_no_phone_has_forgets_nothing_and_says_so(folder: Path) -> None:
    told = RUN.invoke(wearable, ["phones", "--data", str(folder), "--forget", "tablet"])
    assert told.exit_code == 1
    assert "no phone is called tablet" in told.output
    assert len(paired(folder)) == 2


def test_all_phones_are_forgotten(folder: Path) -> None:
    assert RUN.invoke(wearable, ["phones", "--data", str(folder), "--forget-all"]).exit_code == 0
    assert not paired(folder)


def test_a_companion_that_is_not_paired_says_how_to_pair_it(tmp_path: Path) -> None:
    told = RUN.invoke(companion, ["--data", str(tmp_path)])
    assert told.exit_code == 1
    assert "earrand companion pair" in told.output


def test_a_companion_forgets_its_wearable(tmp_path: Path) -> None:
    Keyring(tmp_path / KEYRING, WEARABLES).add(bytes(32), "glasses")
    assert RUN.invoke(companion, ["forget", "--data", str(tmp_path)]).stdout == "forgot glasses\n"
    assert RUN.invoke(companion, ["forget", "--data", str(tmp_path)]).stdout == "there was no wearable to forget\n"


def test_what_are_no_six_digits_is_told_before_any_radio_is_opened(tmp_path: Path) -> None:
    told = RUN.invoke(companion, ["pair", "12345", "--data", str(tmp_path), "--link", "bumble:usb:7"])
    assert told.exit_code == 1
    assert "not a number of 6 digits" in told.output
