"""Model files are held against their SHA-256 before anything else is done with them."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from models.engine import EngineFailed, EngineMissing
from models.llama_session import LlamaSession, SessionOptions
from models.model_digest import check_digest
from models.trust import check_model_file
from tests.tiny_gguf import write_tiny_gguf

DATA = b"weights"
DIGEST = hashlib.sha256(DATA).hexdigest()
OTHER = hashlib.sha256(b"others!").hexdigest()
OPTIONS = SessionOptions(threads=1, context_tokens=64)


def _an_hour_later() -> int:
    return time.time_ns() + 3_600_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "model.gguf").write_bytes(DATA)
    return tmp_path / "model.gguf"


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "digests.json"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return write_tiny_gguf(tmp_path / "tiny.gguf", layers=1, width=32)


def test_the_right_file_passes_whatever_the_case_of_its_digest(path: Path, memory: Path) -> None:
    check_digest(path, DIGEST, memory)
    check_digest(path, DIGEST.upper(), memory)


def test_another_file_is_refused_with_both_digests(path: Path, memory: Path) -> None:
    with pytest.raises(EngineFailed, match=rf"model\.gguf .*{DIGEST}, not {OTHER}.*pull it again"):
        check_digest(path, OTHER, memory)


def test_a_file_that_is_not_there_is_missing(tmp_path: Path, memory: Path) -> None:
    with pytest.raises(EngineMissing, match="pull one"):
        check_digest(tmp_path / "none.gguf", DIGEST, memory)


def test_a_file_is_read_once(path: Path, memory: Path) -> None:
    check_digest(path, DIGEST, memory, _an_hour_later)
    [known] = json.loads(memory.read_text())
    memory.write_text(json.dumps({known: OTHER}))
    # Only what is remembered says so now.
    check_digest(path, OTHER, memory)


def test_a_file_that_was_just_written_is_read_again(path: Path, memory: Path) -> None:
    check_digest(path, DIGEST, memory)
    assert not memory.exists()


def test_a_file_of_the_same_size_and_date_is_read_again(path: Path, memory: Path) -> None:
    check_digest(path, DIGEST, memory, _an_hour_later)
    before = path.stat()
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        path.write_bytes(b"others!")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    with pytest.raises(EngineFailed, match=OTHER):
        check_digest(path, DIGEST, memory)


def test_a_wrong_file_is_still_wrong_when_it_is_remembered(path: Path, memory: Path) -> None:
    for _ in range(2):
        with pytest.raises(EngineFailed, match=DIGEST):
            check_digest(path, OTHER, memory, _an_hour_later)


def test_the_memory_is_private(path: Path, memory: Path) -> None:
    check_digest(path, DIGEST, memory, _an_hour_later)
    assert memory.stat().st_mode & 0o777 == 0o600
    assert memory.parent.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in memory.parent.iterdir()] == [memory.name]


def test_a_memory_that_others_could_write_is_not_believed(path: Path, memory: Path) -> None:
    check_digest(path, DIGEST, memory, _an_hour_later)
    [known] = json.loads(memory.read_text())
    memory.write_text(json.dumps({known: OTHER}))
    memory.chmod(0o666)
    with pytest.raises(EngineFailed, match=DIGEST):
        check_digest(path, OTHER, memory)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '"x"', "\xff"])
def test_a_broken_memory_is_no_memory(path: Path, memory: Path, text: str) -> None:
    memory.parent.mkdir()
    memory.write_text(text, encoding="latin-1")
    check_digest(path, DIGEST, memory)


def test_a_memory_that_cannot_be_written_costs_no_more_than_time(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    check_digest(path, DIGEST, tmp_path / "file" / "digests.json", _an_hour_later)


def test_the_memory_keeps_to_the_last_files(tmp_path: Path, memory: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number}.gguf").write_bytes(DATA)
        check_digest(tmp_path / f"{number}.gguf", DIGEST, memory, _an_hour_later)
    assert len(json.loads(memory.read_text())) == 32


def test_a_session_refuses_a_file_of_another_digest(model: Path) -> None:
    with pytest.raises(EngineFailed, match=f"not {OTHER}"):
        LlamaSession(model, replace(OPTIONS, sha256=OTHER))


def test_the_digest_comes_before_the_header(tmp_path: Path, model: Path) -> None:
    (tmp_path / "text.gguf").write_bytes(DATA)
    with pytest.raises(EngineFailed, match="is not the file that it should be"):
        check_model_file(tmp_path / "text.gguf", OTHER)
    with pytest.raises(EngineFailed, match="not a GGUF file"):
        check_model_file(tmp_path / "text.gguf", DIGEST)


@pytest.mark.parametrize("line", ["{}", "{}\n", "{}  tiny.gguf\n", "{} *tiny.gguf\n"])
def test_the_pin_beside_a_model_is_held(model: Path, line: str) -> None:
    pin = Path(f"{model}.sha256")
    pin.write_text(line.format(hashlib.sha256(model.read_bytes()).hexdigest()))
    LlamaSession(model, OPTIONS)
    pin.write_text(line.format(OTHER))
    with pytest.raises(EngineFailed, match=f"not {OTHER}"):
        LlamaSession(model, OPTIONS)


@pytest.mark.parametrize("text", ["", "abc", "é", "f" * 63, "f" * 65, f"{'f' * 64}\n{'e' * 64}\n"])
def test_a_pin_that_says_nothing_is_an_error_not_a_yes(model: Path, text: str) -> None:
    Path(f"{model}.sha256").write_text(text, encoding="utf-8")
    with pytest.raises(EngineFailed, match=r"tiny\.gguf\.sha256 (holds no SHA-256|cannot be read)"):
        check_model_file(model)


def test_a_digest_that_is_given_goes_before_the_pin(model: Path) -> None:
    Path(f"{model}.sha256").write_text(OTHER)
    check_model_file(model, hashlib.sha256(model.read_bytes()).hexdigest())
