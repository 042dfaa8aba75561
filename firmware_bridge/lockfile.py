"""Holds a file locked against other processes; the kernel lets go when the holder dies, so no lock is ever stale."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, wait: bool) -> None:
        msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int, wait: bool) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


class LockFile:
    """One lock, held from construction to `close()`. It excludes other holders in this process too.

    The file itself stays: removing it would let two processes lock two files of one name.
    """

    def __init__(self, path: Path, *, wait: bool) -> None:
        """Take the lock. Without `wait`, raises BlockingIOError at once when somebody else holds it."""
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(self._handle, wait)
        except OSError as exc:
            os.close(self._handle)
            raise BlockingIOError(exc.errno, f"{path} is locked by another process") from exc

    def close(self) -> None:
        """Let go."""
        os.close(self._handle)

    def __enter__(self) -> LockFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
