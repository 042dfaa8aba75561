"""Remembers what was pulled: revision, size and SHA-256 of every file, so that it stays the same ever after."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from models.catalog import Commit, Entry, PinsBroken, Sha256


class PinnedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one file was at the first verified pull."""

    path: str
    """In the repository."""
    bytes: int
    sha256: Sha256


class Pin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model was at the first verified pull."""

    repository: str
    revision: Commit
    files: tuple[PinnedFile, ...]

    def file(self, path: str) -> PinnedFile:
        """Give the pin of one file."""
        return next(file for file in self.files if file.path == path)

    def fits(self, entry: Entry) -> bool:
        """Say whether the entry still names the same files of the same repository."""
        same_files = {file.path for file in self.files} == {file.path for file in entry.files}
        return same_files and self.repository == entry.repository and entry.revision in (None, self.revision)


class Pins:
    """The pins of a user, in one JSON file that is replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, entry: Entry) -> Pin | None:
        """Give the pin of an entry; nothing when it has none, or the catalog has moved on. Raises PinsBroken."""
        pin = self._read().get(entry.name)
        return pin if pin is not None and pin.fits(entry) else None

    def put(self, name: str, pin: Pin | None) -> None:
        """Keep a pin, or forget it with None. On disk when it returns. Raises PinsBroken."""
        with self._only_me():
            pins = {key: value for key, value in self._read().items() if key != name}
            if pin is not None:
                pins[name] = pin
            self._write(msgspec.json.format(msgspec.json.encode(pins), indent=2) + b"\n")

    def _read(self) -> dict[str, Pin]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Pin])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as exc:
            raise PinsBroken(f"{self._path} cannot be read ({exc}); remove it to pin the models anew") from exc

    @contextlib.contextmanager
    def _only_me(self) -> Iterator[None]:
        """Hold off other processes: two pulls at once may not lose each other's pins."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = self._path.with_suffix(".lock").open("w")
        except OSError as exc:
            raise PinsBroken(f"{self._path.parent} cannot be written ({exc.strerror})") from exc
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, data: bytes) -> None:
        """Replace the file at once or not at all, also when the power is cut."""
        name = ""
        try:
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
            os.replace(name, self._path)
        except OSError as exc:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise PinsBroken(f"{self._path} cannot be written ({exc.strerror})") from exc
