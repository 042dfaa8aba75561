"""Reads and replaces the user's files: whole or not at all, one writer at a time, never over what cannot be read."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from companion.servers.failure import Failure
from firmware_bridge.lockfile import LockFile

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def exclusively(folder: Path) -> Iterator[None]:
    """Hold the folder for a read-change-write.

    A server that outlives a killed companion for a moment, and the one that the next companion starts, would
    otherwise overwrite each other.
    """
    with _translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = LockFile(folder / ".lock", wait=True)
    with lock:
        yield


def read_text(path: Path) -> str:
    """Give the file's text with its line ends as they are; nothing if there is no file."""
    with _translated(path):
        try:
            return path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as exc:
            raise Failure("tool_failed", f"{path.name} is not text; it is left as it is") from exc


def replace_text(path: Path, text: str) -> None:
    """Put the text in the file's place; after any crash the file is the old or the new one."""
    with _translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(text.encode("utf-8"))
                out.flush()
                os.fsync(out.fileno())
            if path.exists():
                os.chmod(temporary, path.stat().st_mode & 0o777)
            # Through a link: the file stays where its owner keeps it, in a synchronised folder say.
            os.replace(temporary, path.resolve())
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.resolve().parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename durable."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        if exc.errno in _NO_ROOM:
            raise Failure("disk_full", f"no room for {path.name}; it is as it was") from exc
        raise Failure("tool_failed", f"{path.name}: {exc.strerror or exc}") from exc
