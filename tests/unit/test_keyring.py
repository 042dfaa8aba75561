from __future__ import annotations

import stat
from pathlib import Path

import pytest

from firmware_bridge.keyring import Keyring, KeyringError
from firmware_bridge.noise import public_key
from firmware_bridge.pairing import TRIES, WINDOW_S, PairingWindow

ANNA, BEN, CLARA = (bytes([number]) * 32 for number in (1, 2, 3))


def names(keyring: Keyring) -> list[str]:
    return [peer.name for peer in keyring.peers()]


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys.json"
    private = Keyring(path, 5).private
    assert len(public_key(private)) == 32
    assert Keyring(path, 5).private == private
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_change_leaves_the_file_as_private_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    (tmp_path / "keys.draft").write_text("left by a crash")
    (tmp_path / "keys.draft").chmod(0o644)
    Keyring(path, 5).add(ANNA, "Anna")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {file.name for file in tmp_path.iterdir()} == {"keys.json", "keys.lock"}


def test_peers_are_kept_over_restarts_and_the_one_that_was_here_last_comes_first(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys.json", 5)
    for key, name in ((ANNA, "Anna"), (BEN, "Ben"), (ANNA, "Anna's new name")):
        keyring.add(key, name)
    again = Keyring(tmp_path / "keys.json", 5)
    assert names(again) == ["Anna's new name", "Ben"]
    assert again.knows(ANNA)
    assert not again.knows(CLARA)


def test_of_too_many_peers_the_longest_absent_goes(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys.json", 2)
    for key, name in ((ANNA, "Anna"), (BEN, "Ben"), (ANNA, "Anna"), (CLARA, "Clara")):
        keyring.add(key, name)
    assert names(keyring) == ["Clara", "Anna"]


def test_peers_are_forgotten_by_name_or_all(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys.json", 5)
    for key, name in ((ANNA, "Anna"), (BEN, "Ben"), (CLARA, "Clara")):
        keyring.add(key, name)
    assert [peer.name for peer in keyring.forget("ben")] == ["Ben"]
    assert not keyring.forget("nobody")
    assert names(Keyring(tmp_path / "keys.json", 5)) == ["Clara", "Anna"]
    assert len(keyring.forget()) == 2
    assert not keyring.peers()


def test_who_was_forgotten_while_it_said_hello_does_not_come_back(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys.json", 5)
    keyring.add(ANNA, "Anna")
    assert keyring.met(ANNA, "Anna's new name")
    keyring.forget()
    assert not keyring.met(ANNA, "Anna")
    assert not keyring.peers()


def test_who_removes_the_file_of_a_running_wearable_leaves_nobody_paired(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys.json", 5)
    keyring.add(ANNA, "Anna")
    (tmp_path / "keys.json").unlink()
    assert not keyring.knows(ANNA)


def test_what_another_process_forgot_is_forgotten_here_too(tmp_path: Path) -> None:
    running, command = (Keyring(tmp_path / "keys.json", 5) for _ in range(2))
    running.add(ANNA, "Anna")
    command.forget("Anna")
    assert not running.knows(ANNA)


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"{}", b'{"private": "00"}', b"[1, 2", b'{"private": "\xff"}'])
def test_a_file_that_makes_no_sense_is_set_aside_and_a_new_key_made(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    keyring = Keyring(path, 5)
    assert not keyring.peers()
    assert (tmp_path / "keys.json.corrupt-1").read_bytes() == content
    assert "pair again" in caplog.text


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyringError, match="file"):
        Keyring(tmp_path / "file" / "keys.json", 5)


def test_a_window_gives_its_digits_for_three_tries_and_a_minute() -> None:
    now = [0.0]
    window = PairingWindow(lambda: now[0])
    assert window.passkey() is None
    window.open("123456")
    assert [window.passkey() for _ in range(TRIES + 1)] == ["123456"] * TRIES + [None]
    window.open("654321")
    now[0] = WINDOW_S - 0.1
    assert window.passkey() == "654321"
    now[0] = WINDOW_S
    assert window.passkey() is None
    window.open("111111")
    window.close()
    assert not window.is_open()
