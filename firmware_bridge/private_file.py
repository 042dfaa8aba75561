"""Writes files that only their owner can read: whole, or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write_private(path: Path, data: bytes) -> None:
    """Replace the file, and be sure that it is on the disk. Raises OSError; then the old one is still there."""
    draft = path.with_suffix(".draft")
    with suppress(FileNotFoundError):
        draft.unlink()  # with the permissions that it was made with
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
