from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge.clock_store import SqliteClockStore
from edge.clocks import Alarm, NotKept, Timer

TEA = Timer(1, "tea", 300.0, 1000.5)
RISE = Alarm(2, 2000.0)


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "new" / "clocks.db"
    with closing(SqliteClockStore(path)) as store:
        store.save([TEA, RISE, Alarm(3, 1.0)])
        store.remove(3)
        store.save([Timer(1, "tea", 300.0, 4600.5)])
        assert store.set_aside is None
    with closing(SqliteClockStore(path)) as store:
        assert store.load() == [Timer(1, "tea", 300.0, 4600.5), RISE]


def test_a_commit_is_on_the_disk_without_closing(tmp_path: Path) -> None:
    path = tmp_path / "clocks.db"
    with closing(SqliteClockStore(path)) as store, closing(sqlite3.connect(path)) as reader:
        store.save([TEA])
        assert reader.execute("SELECT name FROM clocks").fetchall() == [("tea",)]
        assert reader.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    "junk", [b"no database at all, but long enough to be read as one" * 40, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_broken_file_is_set_aside_and_named(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "clocks.db"
    for number in (1, 2):
        path.write_bytes(junk)
        with closing(SqliteClockStore(path)) as store:
            assert store.set_aside == tmp_path / f"clocks.db.corrupt-{number}"
            assert store.set_aside.read_bytes() == junk
            assert store.load() == []
            store.save([RISE])
            assert store.load() == [RISE]


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    path = tmp_path / "clocks.db"
    with closing(SqliteClockStore(path)) as store:
        store.save([Timer(number, "x" * 50, 1.0, 1.0) for number in range(1, 400)])
    damaged = bytearray(path.read_bytes())
    damaged[4096 * 2 : 4096 * 3] = b"\x5a" * 4096
    path.write_bytes(bytes(damaged))
    with closing(SqliteClockStore(path)) as store:
        assert store.set_aside is not None
        assert store.load() == []


@pytest.mark.parametrize(
    "script",
    [
        "PRAGMA user_version=99",
        "CREATE TABLE clocks (other TEXT)",
        "CREATE TABLE clocks (id, kind, name, length, at); INSERT INTO clocks VALUES (1, 'gong', 'x', 'long', 'late')",
        "CREATE TABLE clocks (id, kind, name, length, at); INSERT INTO clocks VALUES (1, 'alarm', '', 0.0, 9e999)",
    ],
)
def test_a_file_of_another_make_is_set_aside(tmp_path: Path, script: str) -> None:
    path = tmp_path / "clocks.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)
    with closing(SqliteClockStore(path)) as store:
        assert store.set_aside is not None
        assert store.load() == []


def test_no_place_to_write_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotKept):
        SqliteClockStore(tmp_path / "file" / "clocks.db")


def test_a_write_that_fails_is_said(tmp_path: Path) -> None:
    path = tmp_path / "clocks.db"
    with closing(SqliteClockStore(path)) as store, closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE clocks")
        with pytest.raises(NotKept):
            store.save([TEA])
        with pytest.raises(NotKept):
            store.remove(1)
        with pytest.raises(NotKept):
            store.load()
