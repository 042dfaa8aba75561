"""Holds a model file against the SHA-256 that it must have, and remembers the answer, so that a start stays quick.

The memory is a small private file in the user's cache. It believes a file to be unchanged while its device, inode,
size and both of its times (written, changed) are, which no ordinary program can forge. Whoever can write to the disk
below the file system, set the clock back or write to the cache itself can; so can whoever replaces the file between
this check and the moment when llama.cpp opens it. Against those, the folder of the models must not be theirs to write.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from io import BufferedReader
from pathlib import Path

import platformdirs

from models.engine import EngineFailed
from models.weights_file import open_weights

_LOGGER = logging.getLogger(__name__)
_KEEP = 32
"""Files that are remembered: more than anybody has models."""
_STILL_NS = 2_000_000_000
"""A file changed later than this before it was read may change again within the same tick of its clock."""


def check_digest(
    path: Path, sha256: str, memory: Path | None = None, clock_ns: Callable[[], int] = time.time_ns
) -> None:
    """Raise EngineFailed when the file's SHA-256 is another, EngineMissing when it is not there.

    `memory` is where digests are remembered; the user's cache when None. A file that is not remembered is read once.
    """
    memory = memory or platformdirs.user_cache_path("earrand") / "model_digests.json"
    with open_weights(path) as file:
        found = _digest(path, file, memory, clock_ns)
    if found != sha256.lower():
        wrong = f"SHA-256 {found}, not {sha256.lower()}"
        raise EngineFailed(f"{path} is not the file that it should be ({wrong}): remove it and pull it again")


def _digest(path: Path, file: BufferedReader, memory: Path, clock_ns: Callable[[], int]) -> str:
    known = _recall(memory)
    before = _identity(os.fstat(file.fileno()))
    if digest := known.get(before):
        return digest
    read_at_ns = clock_ns()
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    status = os.fstat(file.fileno())
    if _identity(status) != before:
        raise EngineFailed(f"{path} changed while it was read: wait until it is whole")
    if status.st_ctime_ns < read_at_ns - _STILL_NS:
        _remember(memory, {**known, before: digest})
    return digest


def _identity(status: os.stat_result) -> str:
    return f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"


def _recall(memory: Path) -> Mapping[str, str]:
    """Give what is remembered; nothing when the file is broken or could have been written by others."""
    try:
        with memory.open(encoding="utf-8") as file:
            status = os.fstat(file.fileno())
            if status.st_uid != os.getuid() or status.st_mode & 0o022:
                _LOGGER.warning("%s could have been written by others and is not used", memory)
                return {}
            known = json.load(file)
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict) or not all(isinstance(digest, str) for digest in known.values()):
        return {}
    return known


def _remember(memory: Path, known: Mapping[str, str]) -> None:
    """Write at once or not at all; a cache that cannot be written costs the next start the time, no more."""
    newest = dict(list(known.items())[-_KEEP:])
    try:
        memory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes a file that nobody else can read or write.
        handle, name = tempfile.mkstemp(dir=memory.parent, prefix=memory.name)
    except OSError as exc:
        _LOGGER.warning("the digest of a model cannot be remembered: %s", exc)
        return
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(newest, file)
        os.replace(name, memory)
    except OSError as exc:
        _LOGGER.warning("the digest of a model cannot be remembered: %s", exc)
        with contextlib.suppress(OSError):
            os.unlink(name)
