"""Moves an SQLite file that cannot be read out of the way, so that the device goes on and the file can be looked at."""

from __future__ import annotations

from pathlib import Path


def set_aside(path: Path) -> Path:
    """Rename a database and its log to a name that is free, and give it. Raises OSError."""
    number = 1
    while (aside := path.with_name(f"{path.name}.corrupt-{number}")).exists():
        number += 1
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        # The log belongs to the broken file: left in place it would be played into the new one.
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.rename(aside.with_name(aside.name + suffix))
    return aside
