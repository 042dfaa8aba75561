"""Fetches one file of a repository: goes on where it was cut, and believes nothing that it has not hashed.

huggingface_hub's own download throws a cut file away when its process ends, and mostly fetches through Xet, which a
mirror need not speak. A wearable has a slow and shaky line: here what came stays on disk, under a name that
`hf cache` knows as an unfinished download, and the next run asks for the rest with a Range. Addresses, tokens,
time-outs and offline mode are huggingface_hub's, because its client sends the requests.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Protocol

import httpx2
from huggingface_hub import constants, get_session
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined]  # lazily exported

from models.catalog import Busy, NoRoom, Refused, Unreachable

_ATTEMPTS = 5
"""Requests in a row that may end without one new byte."""
_LONGEST_PAUSE_S = 8.0
_TRY_AGAIN = (408, 429, 500, 502, 503, 504)
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Watch(Protocol):
    """Is told how far a download is."""

    def begin(self, name: str, total: int, done: int) -> None:
        """A file of `total` bytes begins, `done` of which came earlier."""

    def move(self, count: int) -> None:
        """`count` bytes came; fewer than none when what came has to be fetched again."""

    def tell(self, text: str) -> None:
        """Something that a person may want to know: the connection was lost."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A file as the hub states it."""

    name: str
    """For people."""
    url: str
    size: int
    """In bytes."""
    etag: str
    """SHA-256 of a large file, git's SHA-1 of a small one: the hub keeps those in git itself."""


class Digest:
    """What came so far."""

    def __init__(self, size: int) -> None:
        self.size = 0
        self._sha256 = hashlib.sha256()
        self._git = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)

    def add(self, data: bytes | memoryview) -> None:
        self.size += len(data)
        self._sha256.update(data)
        self._git.update(data)

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    def agrees(self, etag: str) -> bool:
        """Say whether this is the content that the hub gives this ETag."""
        return etag in (self._sha256.hexdigest(), self._git.hexdigest())


def digest(path: Path) -> Digest:
    """Hash a file; 1 GB takes some seconds. Raises OSError."""
    found = Digest(path.stat().st_size)
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            found.add(data)
    return found


def can_be_checked(etag: str) -> bool:
    """Say whether an ETag is one of the two hashes."""
    return re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", etag) is not None


def fetch(remote: Remote, part: Path, target: Path, watch: Watch, pause: Callable[[float], None]) -> Digest:
    """Fetch a file to `target`, by way of `part`, which stays when it is cut. Give its hashes.

    Raises Unreachable and NoRoom, after which `part` holds what came; Refused when size or content are not what the
    hub stated, after which it is gone; Busy. `pause` is how to wait between attempts that bring nothing.
    """
    try:
        with _only_me(part) as file:
            got = _Download(file, remote, watch).run(pause)
            os.fsync(file.fileno())
            os.replace(part, target)
            return got
    except Refused:
        part.unlink(missing_ok=True)
        raise
    except OSError as exc:
        kind = NoRoom if exc.errno in _FULL else Refused
        raise kind(f"{remote.name} cannot be written to {part.parent} ({exc.strerror})") from exc


@contextmanager
def _only_me(part: Path) -> Iterator[FileIO]:
    """Open the unfinished file, for this process alone."""
    part.parent.mkdir(parents=True, exist_ok=True)
    with FileIO(os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine = part.stat().st_ino == os.fstat(file.fileno()).st_ino
        except (BlockingIOError, FileNotFoundError):
            mine = False
        if not mine:  # held by another process, or finished by it since we opened it
            raise Busy(f"another process is fetching {part.name}: wait for it")
        yield file


class _Download:
    """A file that grows to its end."""

    def __init__(self, file: FileIO, remote: Remote, watch: Watch) -> None:
        self._file = file
        self._remote = remote
        self._watch = watch
        self._got = Digest(remote.size)

    def run(self, pause: Callable[[float], None]) -> Digest:
        """Fetch what is missing, in as many requests as it takes, and check the whole."""
        self._read_back()
        self._watch.begin(self._remote.name, self._remote.size, self._got.size)
        idle = 0
        while self._got.size < self._remote.size:
            before = self._got.size
            why = self._ask()
            if self._got.size == self._remote.size:
                break
            idle = 0 if self._got.size > before else idle + 1
            if idle == _ATTEMPTS:
                where = f"{self._remote.name} stopped at {self._got.size} of {self._remote.size} bytes"
                raise Unreachable(f"{where} ({why}); pull again to go on from there")
            self._watch.tell(f"{self._remote.name}: {why}; going on from {self._got.size} bytes")
            if idle:
                pause(min(2.0 ** (idle - 1), _LONGEST_PAUSE_S))
        if not self._got.agrees(self._remote.etag):
            found = f"its SHA-256 is {self._got.sha256}"
            raise Refused(f"{self._remote.name} is not what the hub states ({found}); it was thrown away")
        return self._got

    def _read_back(self) -> None:
        """Hash what an earlier run fetched. More than there should be is of no use."""
        if os.fstat(self._file.fileno()).st_size > self._remote.size:
            self._file.truncate(0)
        while data := self._file.read(1 << 20):
            self._got.add(data)

    def _ask(self) -> str:
        """Make one request. Say why it ended, for the case that it ended too early."""
        start = self._got.size
        try:
            with _reply(self._remote, start) as reply:
                if start and not reply.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                    self._start_over()  # it gives the whole again
                for data in reply.iter_bytes():
                    self._take(data)
        except httpx2.TransportError as exc:
            return str(exc) or type(exc).__name__
        return "the hub ended too early"

    def _take(self, data: bytes) -> None:
        if self._got.size + len(data) > self._remote.size:
            raise Refused(f"{self._remote.name} is longer than the {self._remote.size} bytes that the hub states")
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]
        self._got.add(data)
        self._watch.move(len(data))

    def _start_over(self) -> None:
        self._watch.move(-self._got.size)
        self._file.seek(0)
        self._file.truncate()
        self._got = Digest(self._remote.size)


@contextmanager
def _reply(remote: Remote, start: int) -> Iterator[httpx2.Response]:
    """Ask for a file from `start` on.

    Raises httpx2.TransportError for what another attempt may mend, Unreachable and Refused for the rest.
    """
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    timeout_s = constants.HF_HUB_DOWNLOAD_TIMEOUT
    try:
        with get_session().stream("GET", remote.url, headers=headers, timeout=timeout_s) as reply:
            if reply.status_code in _TRY_AGAIN:
                raise httpx2.RemoteProtocolError(f"the hub answers {reply.status_code}")
            hf_raise_for_status(reply)
            yield reply
    except OfflineModeIsEnabled as exc:
        raise Unreachable(f"{remote.name} is not fetched: HF_HUB_OFFLINE is set") from exc
    except HfHubHTTPError as exc:
        raise Refused(f"the hub does not give {remote.name}: it answers {exc.response.status_code}") from exc
