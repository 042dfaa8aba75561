"""The models on this disk: what is here, and how one is pulled, verified and removed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs
from huggingface_hub import constants

from models.catalog import CATALOG_FILE, Entry, File, NoRoom, Refused
from models.fetch import Digest, Remote, Watch, digest
from models.hub import NEWEST, Hub
from models.pins import Pin, PinnedFile, Pins

_SPARE = 50_000_000
"""Bytes of a disk that a download leaves free, for journals and logs."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What the disk has of a model."""

    state: Literal["ships", "pinned", "found", "partial", "absent"]
    """"pinned": pulled and verified; "found": whole, but another program fetched it and it is not verified yet."""
    paths: tuple[Path, ...]
    """The files, in the catalog's order; empty unless all are there."""
    bytes_here: int


@dataclass(frozen=True, slots=True)
class Check:
    """One file, looked at byte by byte."""

    path: str
    verdict: Literal["ok", "missing", "wrong", "unknown"]
    """"unknown": it is there, and nothing is known that it could be compared with."""
    detail: str


class Store:
    """The models of this user, in the cache that all Hugging Face programs share."""

    def __init__(
        self,
        cache: Path | None = None,
        pins: Path | None = None,
        shipped: Path = CATALOG_FILE.parent,
        endpoint: str | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Without `cache` use $HF_HUB_CACHE or its default, without `pins` a file in the user's data folder.

        `endpoint` is the hub's address, else $HF_ENDPOINT; `pause` waits between attempts that bring nothing.
        """
        self._hub = Hub(cache or Path(constants.HF_HUB_CACHE), pause, endpoint)
        self._pins = Pins(pins or platformdirs.user_data_path("earrand") / "models.json")
        self._shipped = shipped

    def look(self, entry: Entry) -> Holding:
        """Say what is here, without reading the files. Raises PinsBroken."""
        pin = self._pins.get(entry)
        paths = tuple(path for file in entry.files if (path := self._find(entry, file, pin)) is not None)
        parts = self._hub.parts(entry.repository, entry.name) if entry.repository else []
        bytes_here = sum(path.stat().st_size for path in (*paths, *parts))
        if len(paths) < len(entry.files):
            return Holding("partial" if bytes_here else "absent", (), bytes_here)
        state: Literal["ships", "pinned", "found"] = "ships" if entry.ships else "pinned" if pin else "found"
        return Holding(state, paths, bytes_here)

    def expected(self, entries: Iterable[Entry], path: Path) -> str | None:
        """Give the SHA-256 that a file must have; nothing when it belongs to none of the entries, or has no pin.

        Raises PinsBroken.
        """
        for entry in entries:
            pin = self._pins.get(entry)
            for file in entry.files:
                found = self._find(entry, file, pin)
                if found is not None and path.exists() and found.samefile(path):
                    return _expected(file, pin)
        return None

    def verify(self, entry: Entry) -> list[Check]:
        """Read every file and compare it with its pin, or else with what the hub stated when it came.

        Raises PinsBroken.
        """
        pin = self._pins.get(entry)
        return [self._check(entry, file, pin)[0] for file in entry.files]

    def pull(self, entry: Entry, watch: Watch) -> tuple[Path, ...]:
        """Bring a model here, verify it and pin it; give its files in the catalog's order.

        What is here already is verified and only fetched again when it is broken. Raises Unreachable, Refused,
        NoRoom, Busy and PinsBroken; files that are complete stay then, and mostly a part of the next.
        """
        pin = self._pins.get(entry)
        found = [self._find(entry, file, pin) for file in entry.files]
        checks = [self._check(entry, file, pin) for file in entry.files]
        if entry.repository is None:
            if any(check.verdict != "ok" for check, _ in checks):
                raise Refused(f"{entry.name} comes with Earrand, and is missing or broken: install Earrand again")
        elif all(check.verdict == "ok" for check, _ in checks):
            self._keep(entry, pin, _commit(found), [got for _, got in checks])
        else:
            for path, (check, _) in zip(found, checks, strict=True):
                if path is not None and check.verdict == "wrong":
                    self._hub.discard(path)
            return self._fetch(entry, entry.repository, pin, found, watch)
        return tuple(path for path in found if path is not None)

    def remove(self, entry: Entry, *, forget: bool = False) -> int:
        """Delete the files of a model, whole and partial; give the bytes that came free.

        Its pin stays, so that the next pull brings the same bytes, unless `forget`. Raises Refused for what ships.
        """
        if entry.repository is None:
            raise Refused(f"{entry.name} comes with Earrand and stays; leave it out of earrand.toml instead")
        freed = self._hub.delete(entry.repository, {file.path for file in entry.files})
        for part in self._hub.parts(entry.repository, entry.name):
            freed += part.stat().st_size
            part.unlink()
        if forget:
            self._pins.put(entry.name, None)
        return freed

    def _find(self, entry: Entry, file: File, pin: Pin | None) -> Path | None:
        if entry.repository is None:
            path = self._shipped / file.path
            return path if path.is_file() else None
        return self._hub.find(entry.repository, file.path, _revision(entry, pin))

    def _check(self, entry: Entry, file: File, pin: Pin | None) -> tuple[Check, Digest]:
        path = self._find(entry, file, pin)
        if path is None:
            return Check(file.path, "missing", "not on this disk"), Digest(0)
        try:
            got = digest(path)
        except OSError as exc:
            return Check(file.path, "wrong", f"cannot be read ({exc.strerror})"), Digest(0)
        wanted = _expected(file, pin) or self._stated(entry, path)
        if not wanted:
            return Check(file.path, "unknown", "there is no hash to compare it with: pull it"), got
        if not got.agrees(wanted):
            return Check(file.path, "wrong", f"SHA-256 is {got.sha256}, expected {wanted}"), got
        return Check(file.path, "ok", f"{got.size} bytes, SHA-256 {got.sha256}"), got

    def _stated(self, entry: Entry, path: Path) -> str:
        if entry.repository is not None:
            return self._hub.stated(path)
        beside = path.with_name(path.name + ".sha256")
        return next(iter(beside.read_text(encoding="ascii").split()), "") if beside.is_file() else ""

    def _fetch(
        self, entry: Entry, repository: str, pin: Pin | None, found: Sequence[Path | None], watch: Watch
    ) -> tuple[Path, ...]:
        revision = _revision(entry, pin)
        remotes: list[Remote] = []
        commit = revision
        for file in entry.files:
            # The first answer fixes the commit: the files of a model belong together.
            remote, commit = self._hub.ask(repository, file.path, commit)
            _refuse_another(file, pin, remote)
            remotes.append(remote)
        self._need_room(entry, repository, remotes)
        got = [self._bring(entry, repository, remote, here, watch) for remote, here in zip(remotes, found, strict=True)]
        for file, remote, one in zip(entry.files, remotes, got, strict=True):
            if one.sha256 != (_expected(file, pin) or one.sha256):
                self._hub.discard(self._hub.blob(repository, remote))
                raise Refused(f"{remote.name} is not the file that is pinned: its SHA-256 is {one.sha256}")
        paths = tuple(self._hub.link(repository, file.path, revision) for file in entry.files)
        self._keep(entry, pin, commit, got)
        return paths

    def _bring(self, entry: Entry, repository: str, remote: Remote, here: Path | None, watch: Watch) -> Digest:
        """Fetch a file, unless its content is here already: for another model, or where links cannot be made."""
        for path in (self._hub.blob(repository, remote), here):
            if path is not None and path.exists() and (got := digest(path)).agrees(remote.etag):
                return got
        return self._hub.fetch(repository, remote, entry.name, watch)

    def _need_room(self, entry: Entry, repository: str, remotes: Sequence[Remote]) -> None:
        """Raise NoRoom before anything is fetched that cannot end well."""
        wanted = sum(remote.size for remote in remotes if not self._hub.blob(repository, remote).exists())
        wanted -= sum(part.stat().st_size for part in self._hub.parts(repository, entry.name))
        disk = self._hub.cache
        while not disk.exists():
            disk = disk.parent
        free = shutil.disk_usage(disk).free
        if wanted + _SPARE > free:
            raise NoRoom(
                f"{entry.name} needs {_megabytes(wanted)} more and {_megabytes(_SPARE)} to spare, but {disk} has"
                f" {_megabytes(free)}: make room, or set HF_HOME to a folder on another disk"
            )

    def _keep(self, entry: Entry, pin: Pin | None, commit: str, got: Sequence[Digest]) -> None:
        """Pin what was verified for the first time."""
        if pin is None and entry.repository is not None:
            files = zip(entry.files, got, strict=True)
            pinned = tuple(PinnedFile(file.path, one.size, one.sha256) for file, one in files)
            self._pins.put(entry.name, Pin(entry.repository, commit, pinned))


def _revision(entry: Entry, pin: Pin | None) -> str:
    return entry.revision or (pin.revision if pin else NEWEST)


def _commit(found: Sequence[Path | None]) -> str:
    """Read the commit from where a file lies: snapshots/COMMIT/PATH."""
    first = next(path for path in found if path is not None)
    parts = first.parts
    return parts[len(parts) - parts[::-1].index("snapshots")]


def _expected(file: File, pin: Pin | None) -> str | None:
    """Give the SHA-256 that alone is accepted; nothing before the first pull."""
    return file.sha256 or (pin.file(file.path).sha256 if pin else None)


def _refuse_another(file: File, pin: Pin | None, remote: Remote) -> None:
    """Raise Refused when the hub states another file than the one that is pinned, before it is fetched."""
    size = file.bytes or (pin.file(file.path).bytes if pin else remote.size)
    sha256 = _expected(file, pin)
    # The ETag of a small file is another kind of hash: its content is compared once it is here.
    if remote.size != size or (sha256 and len(remote.etag) == len(sha256) and remote.etag != sha256):
        raise Refused(
            f"the hub states {remote.size} bytes and hash {remote.etag} for {remote.name}, but {size} bytes and"
            f" {sha256 or 'no hash'} are pinned: somebody changed it, or the mirror in HF_ENDPOINT is not to be trusted"
        )


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:.0f} MB"
