"""States on disk: found by what made them, private, bounded, and never trusted when broken."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from models.prefix_cache import PrefixCache, StateOf, identity_of

STATE_OF = StateOf(model="a" * 64, engine="1.0", context="2048")
TOKENS = [1, 5, 70_000]
STATE = bytes(range(256)) * 4


@pytest.fixture
def cache(tmp_path: Path) -> PrefixCache:
    return PrefixCache(tmp_path / "prefix", STATE_OF)


def only_file(folder: Path) -> Path:
    (path,) = (folder / "prefix").iterdir()
    return path


def test_what_was_saved_is_found_by_another_process(cache: PrefixCache, tmp_path: Path) -> None:
    assert cache.load(TOKENS) is None
    cache.save(TOKENS, STATE)
    assert PrefixCache(tmp_path / "prefix", STATE_OF).load(TOKENS) == STATE


@pytest.mark.parametrize("other", [TOKENS[:-1], [*TOKENS, 2], [5, 1, 70_000], []])
def test_other_tokens_have_other_states(cache: PrefixCache, other: list[int]) -> None:
    cache.save(TOKENS, STATE)
    assert cache.load(other) is None


@pytest.mark.parametrize(
    "state_of",
    [StateOf("b" * 64, "1.0", "2048"), StateOf("a" * 64, "1.1", "2048"), StateOf("a" * 64, "1.0", "4096")],
    ids=["model", "engine", "context"],
)
def test_another_model_engine_or_context_begins_anew(cache: PrefixCache, tmp_path: Path, state_of: StateOf) -> None:
    cache.save(TOKENS, STATE)
    assert PrefixCache(tmp_path / "prefix", state_of).load(TOKENS) is None


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 500, 32 + len(STATE) - 1])
def test_a_cut_file_is_not_used(cache: PrefixCache, tmp_path: Path, size: int) -> None:
    cache.save(TOKENS, STATE)
    path = only_file(tmp_path)
    path.write_bytes(path.read_bytes()[:size])
    assert cache.load(TOKENS) is None


@pytest.mark.parametrize("place", [0, 31, 32, 600])
def test_a_rotten_byte_is_noticed(cache: PrefixCache, tmp_path: Path, place: int) -> None:
    cache.save(TOKENS, STATE)
    path = only_file(tmp_path)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert cache.load(TOKENS) is None


def test_a_file_under_anothers_name_is_not_used(cache: PrefixCache, tmp_path: Path) -> None:
    cache.save([1], STATE)
    foreign = only_file(tmp_path).read_bytes()
    cache.save([2], b"another")
    for path in (tmp_path / "prefix").iterdir():
        path.write_bytes(foreign)
    assert (cache.load([1]), cache.load([2])) == (STATE, None)


def test_nobody_else_can_read_it_and_what_others_could_write_is_not_used(cache: PrefixCache, tmp_path: Path) -> None:
    cache.save(TOKENS, STATE)
    path = only_file(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o620)
    assert cache.load(TOKENS) is None


def test_the_longest_unused_goes_first_when_there_is_no_room(tmp_path: Path) -> None:
    cache = PrefixCache(tmp_path / "prefix", STATE_OF, most_bytes=2 * (32 + len(STATE)))
    cache.save([1], STATE)
    first = only_file(tmp_path)
    cache.save([2], STATE)
    for path in (tmp_path / "prefix").iterdir():
        os.utime(path, ns=(0, 0 if path == first else 1))
    assert cache.load([1]) == STATE  # Now it is the newest.
    cache.save([3], STATE)
    assert (cache.load([1]), cache.load([2]), cache.load([3])) == (STATE, None, STATE)


def test_a_state_larger_than_all_room_is_not_kept(tmp_path: Path) -> None:
    cache = PrefixCache(tmp_path / "prefix", STATE_OF, most_bytes=100)
    cache.save(TOKENS, STATE)
    assert not (tmp_path / "prefix").exists()


def test_what_a_power_cut_left_is_removed(cache: PrefixCache, tmp_path: Path) -> None:
    cache.save([1], STATE)
    unfinished = only_file(tmp_path).with_suffix(".prefixab12")
    unfinished.write_bytes(b"half")
    cache.save([2], STATE)
    assert not unfinished.exists()
    assert cache.load([1]) == STATE


def test_a_folder_that_cannot_be_made_costs_time_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "prefix").write_text("a file")
    cache = PrefixCache(tmp_path / "prefix", STATE_OF)
    cache.save(TOKENS, STATE)
    assert cache.load(TOKENS) is None


def test_a_model_is_known_by_its_digest_or_by_size_and_time(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(b"weights")
    assert identity_of(model, "AB" * 32) == "ab" * 32
    before = identity_of(model, None)
    os.utime(model, ns=(1, 1))
    assert identity_of(model, None) != before
