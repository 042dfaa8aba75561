"""The recogniser's files on disk: made once, made again when damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.engine import EngineFailed
from models.language_cache import language_files
from models.ngram import build_trigram
from models.pocket.hearing import packed

SENTENCES = ["stop", "stop", "call anna"]


@pytest.fixture
def cmudict(tmp_path: Path) -> Path:
    path = tmp_path / "cmudict.dict"
    path.write_text("stop S T AA P\ncall K AO L\nanna AE N AH\nnow N AW\n")
    return path


def test_the_same_inputs_give_the_same_files_without_making_them(cmudict: Path, tmp_path: Path) -> None:
    first = language_files(SENTENCES, ["now"], cmudict, tmp_path / "cache")
    made = first.language_model.stat().st_mtime_ns
    assert language_files(SENTENCES[::-1], ["now", "now"], cmudict, tmp_path / "cache") == first
    assert first.language_model.stat().st_mtime_ns == made


@pytest.mark.parametrize(
    ("sentences", "vocabulary"), [(["stop", "call anna"], ["now"]), (SENTENCES, []), ([*SENTENCES, "call"], ["now"])]
)
def test_other_inputs_give_other_files(
    cmudict: Path, tmp_path: Path, sentences: list[str], vocabulary: list[str]
) -> None:
    assert language_files(SENTENCES, ["now"], cmudict, tmp_path) != language_files(
        sentences, vocabulary, cmudict, tmp_path
    )


def test_everyday_sentences_are_joined_and_make_other_files(cmudict: Path, tmp_path: Path) -> None:
    everyday = tmp_path / "everyday.arpa.xz"
    everyday.write_bytes(packed(build_trigram(["call now", "stop now"])))
    joined = language_files(SENTENCES, [], cmudict, tmp_path, everyday)
    assert joined != language_files(SENTENCES, [], cmudict, tmp_path)
    assert joined.dictionary.read_text().splitlines() == ["anna AE N AH", "call K AO L", "now N AW", "stop S T AA P"]
    everyday.write_bytes(packed(build_trigram(["call now"])))
    assert language_files(SENTENCES, [], cmudict, tmp_path, everyday) != joined


def test_everyday_sentences_that_are_not_there_are_named(cmudict: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="everyday sentences"):
        language_files(SENTENCES, [], cmudict, tmp_path, tmp_path / "nothing.xz")


@pytest.mark.parametrize("damage", [b"", b"\\data\\\nngram 1=3\n", b"\xff\xfe\x00"])
@pytest.mark.parametrize("suffix", [".arpa", ".dict", ".arpa.sha256", ".dict.sha256"])
def test_a_damaged_file_is_made_again(cmudict: Path, tmp_path: Path, suffix: str, damage: bytes) -> None:
    files = language_files(SENTENCES, [], cmudict, tmp_path)
    whole = files.language_model.read_bytes(), files.dictionary.read_bytes()
    (tmp_path / f"{files.language_model.stem}{suffix}").write_bytes(damage)
    assert language_files(SENTENCES, [], cmudict, tmp_path) == files
    assert (files.language_model.read_bytes(), files.dictionary.read_bytes()) == whole


def test_no_unfinished_files_stay(cmudict: Path, tmp_path: Path) -> None:
    language_files(SENTENCES, [], cmudict, tmp_path / "cache")
    assert {path.suffix for path in (tmp_path / "cache").iterdir()} == {".arpa", ".dict", ".sha256"}


def test_a_word_that_cannot_be_said_is_named(cmudict: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="'20'"):
        language_files(["call 20"], [], cmudict, tmp_path)


def test_a_folder_that_cannot_be_written_is_named(cmudict: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(EngineFailed, match="cannot prepare"):
        language_files(SENTENCES, [], cmudict, tmp_path / "cache")


def test_old_models_are_removed(cmudict: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    made = [language_files(["stop"] * count, [], cmudict, cache) for count in range(1, 10)]
    assert made[-1].language_model.is_file()
    assert made[-1].dictionary.is_file()
    assert not made[0].dictionary.is_file()
    assert len(list(cache.glob("*.arpa"))) == 6
