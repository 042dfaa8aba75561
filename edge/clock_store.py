"""Keeps timers, alarms and reminders in an SQLite file."""

from __future__ import annotations

import logging
import math
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from edge.clocks import Alarm, Entry, NotKept, Reminder, Timer
from firmware_bridge.set_aside import set_aside

_LOGGER = logging.getLogger(__name__)

_FORMAT = 1
_TABLE = """CREATE TABLE IF NOT EXISTS clocks (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('timer', 'alarm', 'reminder')),
    name TEXT NOT NULL,
    length REAL NOT NULL,
    at REAL NOT NULL
) STRICT"""
_Row = tuple[int, Literal["timer", "alarm"], str, float, float]
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class _Unreadable(Exception):
    """The file is no clock store of this format."""


class SqliteClockStore:
    """A ClockStore in one file; whoever opens it closes it. Used by one thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. One that cannot be read is set aside. Raises NotKept when there is no way to write."""
        self.set_aside: Path | None = None
        """Where a broken file was moved, to be told to the wearer; None when all is well."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._database = _open(path)
            except _Unreadable as exc:
                self.set_aside = set_aside(path)
                _LOGGER.error("%s is broken (%s): moved to %s", path, exc, self.set_aside)
                self._database = _open(path)
        except (OSError, sqlite3.Error, _Unreadable) as exc:
            raise NotKept(f"{path}: {exc}") from exc

    def load(self) -> Sequence[Entry]:
        """Give everything that is kept. Raises NotKept."""
        try:
            return _read(self._database)
        except (sqlite3.Error, _Unreadable) as exc:
            raise NotKept(str(exc)) from exc

    def save(self, entries: Sequence[Entry]) -> None:
        """Keep these, all or none, in place of those with the same ids."""
        rows = [_row(entry) for entry in entries]
        try:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO clocks VALUES (?, ?, ?, ?, ?)", rows)
        except sqlite3.Error as exc:
            raise NotKept(str(exc)) from exc

    def remove(self, entry_id: int) -> None:
        """Forget it."""
        try:
            with self._database:
                self._database.execute("DELETE FROM clocks WHERE id = ?", (entry_id,))
        except sqlite3.Error as exc:
            raise NotKept(str(exc)) from exc

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        # A timer that was confirmed must be there after the battery was pulled: FULL syncs the log at every commit.
        database.execute("PRAGMA synchronous=FULL")
        _prepare(database)
    except sqlite3.Error as exc:
        database.close()
        if getattr(exc, "sqlite_errorcode", 0) & 0xFF in _BROKEN:
            raise _Unreadable(str(exc)) from exc
        raise
    except _Unreadable:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection) -> None:
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise _Unreadable(found)
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version not in (0, _FORMAT):
        raise _Unreadable(f"format {version}")
    with database:
        database.execute(_TABLE)
        database.execute(f"PRAGMA user_version={_FORMAT}")
    _read(database)


def _read(database: sqlite3.Connection) -> list[Entry]:
    try:
        rows = database.execute("SELECT id, kind, name, length, at FROM clocks").fetchall()
    except sqlite3.OperationalError as exc:
        # A table of this name with other columns.
        raise _Unreadable(str(exc)) from exc
    return [_entry(row) for row in rows]


def _entry(row: object) -> Entry:
    try:
        entry_id, kind, name, length, at = msgspec.convert(row, _Row)
    except msgspec.ValidationError as exc:
        raise _Unreadable(str(exc)) from exc
    if not (math.isfinite(at) and math.isfinite(length)):
        raise _Unreadable(f"row {entry_id}")
    match kind:
        case "timer":
            return Timer(entry_id, name, length, at)
        case "reminder":
            return Reminder(entry_id, name, at)
        case _:
            return Alarm(entry_id, at)


def _row(entry: Entry) -> tuple[int, str, str, float, float]:
    match entry:
        case Timer(entry_id, name, length, at):
            return entry_id, "timer", name, length, at
        case Alarm(entry_id, at):
            return entry_id, "alarm", "", 0.0, at
        case Reminder(entry_id, what, at):
            return entry_id, "reminder", what, 0.0, at
