from __future__ import annotations

from pathlib import Path

from edge.corpus import corpus
from edge.corpus_cache import cached_corpus

WHAT = ("en", ("anna",), ("shopping",), 50, 1)


def test_the_cache_gives_what_the_sampler_gives(tmp_path: Path) -> None:
    first = cached_corpus(*WHAT, tmp_path)
    assert first == corpus(*WHAT)
    assert cached_corpus(*WHAT, tmp_path) == first
    assert len(list(tmp_path.iterdir())) == 1


def test_other_people_get_another_corpus(tmp_path: Path) -> None:
    assert "xanthippe" not in cached_corpus(*WHAT, tmp_path).vocabulary
    assert "xanthippe" in cached_corpus("en", ("xanthippe",), ("shopping",), 50, 1, tmp_path).vocabulary


def test_a_broken_file_is_made_anew(tmp_path: Path) -> None:
    first = cached_corpus(*WHAT, tmp_path)
    [file] = tmp_path.iterdir()
    file.write_bytes(b"{")
    assert cached_corpus(*WHAT, tmp_path) == first


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert cached_corpus(*WHAT, tmp_path / "file" / "cache") == corpus(*WHAT)
