"""Keeps on disk what a model computed of the words that every prompt begins with, so that a start costs milliseconds.

A file holds the keys and values of the system text and the tools, and nothing of what anybody said: whoever saves
gives the state of a session that holds the prefix and no token more. The bytes are those of llama.cpp's own state
files, but llama.cpp does not open them: it ends the process for most broken files, and of broken states in memory it
takes every second one for good. So the SHA-256 in front is compared first, with the very bytes that are then used. It
tells a cut or rotten file, not a forged one; files that others could have written are not read.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_LOGGER = logging.getLogger(__name__)
_SUFFIX = ".prefix"
_DIGEST_BYTES = 32
_MOST_BYTES = 256_000_000
"""Of all files together. 2,000 tokens take 26 MB with MiniCPM4-0.5B, 50 MB with MiniCPM5-1B."""


@dataclass(frozen=True, slots=True)
class StateOf:
    """What a state fits, besides its tokens: with any other of these it must be computed anew."""

    model: str
    """The SHA-256 of the model file, or what else tells it from every other one."""
    engine: str
    """The version of llama.cpp."""
    context: str
    """How the context was made."""


def identity_of(model: Path, sha256: str | None) -> str:
    """Give what tells a model file from others: its digest where it is known, else its size and time of change."""
    if sha256 is not None:
        return sha256.lower()
    status = model.stat()
    return f"{status.st_size}:{status.st_mtime_ns}"


class PrefixCache:
    """States by their tokens. What cannot be read or written costs time, never an exception."""

    def __init__(self, folder: Path, state_of: StateOf, most_bytes: int = _MOST_BYTES) -> None:
        """The folder is made when something is saved; the oldest files go when all together exceed `most_bytes`."""
        self._folder = folder
        self._state_of = state_of
        self._most_bytes = most_bytes

    def load(self, tokens: Sequence[int]) -> bytes | None:
        """Give the state of exactly these tokens, whole as it was saved; None when there is none to be trusted."""
        path = self._path(tokens)
        try:
            with path.open("rb") as file:
                status = os.fstat(file.fileno())
                if status.st_uid != os.getuid() or status.st_mode & 0o022:
                    _LOGGER.warning("%s could have been written by others and is not used", path)
                    return None
                if status.st_size > self._most_bytes:
                    return None
                data = memoryview(file.read())
        except FileNotFoundError:
            return None
        except OSError as exc:
            _LOGGER.warning("a prefix cannot be read: %s", exc)
            return None
        state = data[_DIGEST_BYTES:]
        if _digest(path.stem, state) != data[:_DIGEST_BYTES]:
            _LOGGER.warning("%s is broken and is made again", path)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # Used now: others are older.
        return bytes(state)

    def save(self, tokens: Sequence[int], state: bytes) -> None:
        """Keep the state of exactly these tokens, at once or not at all, for nobody but this user."""
        size = _DIGEST_BYTES + len(state)
        if size > self._most_bytes:
            _LOGGER.info("a prefix of %d bytes is too large to keep", size)
            return
        path = self._path(tokens)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make_room(size, path)
            _write(path, _digest(path.stem, state), state)
        except OSError as exc:
            _LOGGER.warning("a prefix cannot be kept: %s", exc)

    def _path(self, tokens: Sequence[int]) -> Path:
        key = hashlib.sha256()
        for part in (self._state_of.model, self._state_of.engine, self._state_of.context):
            key.update(part.encode() + b"\0")
        key.update(np.asarray(tokens, "<i4").tobytes())
        return self._folder / f"{key.hexdigest()}{_SUFFIX}"

    def _make_room(self, size: int, path: Path) -> None:
        """Remove the oldest until so many more bytes fit, and what a power cut left unfinished."""
        others = {other: other.stat() for other in self._folder.iterdir() if other != path and _SUFFIX in other.name}
        held = sum(status.st_size for status in others.values())
        for other, status in sorted(others.items(), key=lambda item: item[1].st_mtime_ns):
            if other.suffix == _SUFFIX and held + size <= self._most_bytes:
                continue
            other.unlink(missing_ok=True)
            held -= status.st_size


def _digest(key: str, state: bytes | memoryview) -> bytes:
    """The key is in it, so that a file under another's name is noticed."""
    digest = hashlib.sha256(key.encode())
    digest.update(state)
    return digest.digest()


def _write(path: Path, *parts: bytes) -> None:
    # mkstemp makes a file that nobody else can read or write.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
