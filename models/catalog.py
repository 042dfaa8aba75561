"""The models that Earrand knows: what they are for, where they come from, what they need."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Annotated

import msgspec

CATALOG_FILE = Path(__file__).with_name("catalog.toml")


class ModelError(Exception):
    """A model cannot be listed, fetched, checked or removed; the message says what to do.

    ModelError
    +-- CatalogBroken   catalog.toml does not say what it should
    +-- UnknownModel    no entry has this name
    +-- PinsBroken      the file of pins cannot be read or written
    +-- Unreachable     the hub cannot be reached now; what came stays, and the next pull goes on from there
    +-- Refused         the hub does not give it, or gives something else: trying again will not help
    +-- NoRoom          the disk is too small
    +-- Busy            another process is fetching the same file
    """


class CatalogBroken(ModelError):
    """catalog.toml does not say what it should."""


class UnknownModel(ModelError):
    """No entry has this name."""


class PinsBroken(ModelError):
    """The file of pins cannot be read or written."""


class Unreachable(ModelError):
    """The hub cannot be reached now."""


class Refused(ModelError):
    """The hub does not give the model, or gives something else."""


class NoRoom(ModelError):
    """The disk is too small."""


class Busy(ModelError):
    """Another process is fetching the same file."""


class Role(StrEnum):
    """What a model does in Earrand."""

    LANGUAGE_MODEL = "language-model"
    RECOGNISER = "recogniser"
    VOICE = "voice"
    VISION = "vision"


class Board(StrEnum):
    """A board that an entry was thought through for."""

    ZERO_2W = "zero-2w"
    PI_4 = "pi-4"
    PI_5 = "pi-5"
    ORIN_NANO = "orin-nano"


INSTEAD = {
    Role.LANGUAGE_MODEL: "sentence templates and the pocket model understand commands",
    Role.RECOGNISER: "pocketsphinx hears our own sentences",
    Role.VOICE: "espeak-ng speaks",
    Role.VISION: "no picture is described",
}
"""What serves when no model of a role is there."""

_Text = Annotated[str, msgspec.Meta(min_length=1)]
_Count = Annotated[int, msgspec.Meta(gt=0)]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
_Repository = Annotated[str, msgspec.Meta(pattern=r"^[\w.-]+/[\w.-]+$")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Commit = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{40}$")]


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a model."""

    path: _Text
    """In its repository; for what ships with Earrand, in the folder of `models`."""
    about_mb: Annotated[float, msgspec.Meta(gt=0)] | None = None
    """Size in 10^6 bytes, for planning; nothing is checked against it."""
    bytes: _Count | None = None
    """The exact size, where it is known."""
    sha256: Sha256 | None = None


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model."""

    role: Role
    about: _Text
    licence: _Text
    languages: Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1)]
    ram_mb: _Count
    """Memory that the engine takes with this model, in 10^6 bytes, on top of the rest of Earrand."""
    boards: Annotated[tuple[Board, ...], msgspec.Meta(min_length=1)]
    files: Annotated[tuple[File, ...], msgspec.Meta(min_length=1)]
    repository: _Repository | None = None
    """On the Hugging Face hub; without one, it ships with Earrand."""
    revision: Commit | None = None
    """The commit to take; without one, the newest at the first pull."""
    name: str = ""
    """Its key in the catalog."""

    @property
    def ships(self) -> bool:
        """Say whether it comes with Earrand and needs no download."""
        return self.repository is None

    @property
    def about_bytes(self) -> int:
        """Give the size of all its files as well as it is known beforehand."""
        return sum(file.bytes or int((file.about_mb or 0) * 1_000_000) for file in self.files)


def load_catalog(path: Path = CATALOG_FILE) -> tuple[Entry, ...]:
    """Read the catalog. Raises CatalogBroken."""
    try:
        return parse_catalog(path.read_bytes())
    except OSError as exc:
        raise CatalogBroken(f"{path} cannot be read ({exc.strerror})") from exc


def parse_catalog(text: bytes) -> tuple[Entry, ...]:
    """Give the entries in their order. Raises CatalogBroken; an unknown key is an error."""
    try:
        found = msgspec.toml.decode(text, type=dict[_Name, Entry])
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise CatalogBroken(f"the catalog of models is wrong: {exc}") from exc
    for name, entry in found.items():
        if wrong := _what_is_wrong(entry):
            raise CatalogBroken(f"the catalog of models is wrong: {name} {wrong}")
    return tuple(msgspec.structs.replace(entry, name=name) for name, entry in found.items())


def find(entries: Sequence[Entry], name: str) -> Entry:
    """Give the entry of this name. Raises UnknownModel, naming the nearest."""
    for entry in entries:
        if entry.name == name:
            return entry
    names = [entry.name for entry in entries]
    near = difflib.get_close_matches(name.lower().replace(".", "_"), names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(names)}"
    raise UnknownModel(f"no model is called {name!r}; {hint}")


def settings(entry: Entry, paths: Sequence[Path]) -> str:
    """Give the lines of earrand.toml that use a model whose files, in the catalog's order, lie at `paths`.

    Empty for a role that has no setting.
    """
    match entry.role:
        case Role.LANGUAGE_MODEL:
            return f"[understanding]\nmodel = {_quoted(paths[0])}"
        case Role.RECOGNISER:
            return f'[hearing]\nrecogniser = "faster-whisper"\nwhisper_model = {_quoted(paths[0].parent)}'
        case Role.VOICE:
            return f'[speaking]\nvoice = "piper"\npiper_model = {_quoted(paths[0])}'
        case Role.VISION:
            return ""


def _quoted(path: Path) -> str:
    # TOML's basic strings escape like JSON's, and one character more.
    return msgspec.json.encode(str(path)).decode().replace("\x7f", "\\u007f")


def _what_is_wrong(entry: Entry) -> str:
    """Say what the types cannot check; nothing when all is well."""
    paths = [file.path for file in entry.files]
    if entry.name:
        return "has a name of its own; its table is its name"
    if outside := [path for path in paths if not _stays_inside(path)]:
        return f"reaches out of its repository with {outside[0]!r}"
    if len(set(paths)) < len(paths):
        return "names a file twice"
    if entry.ships and entry.revision:
        return "ships with Earrand and can have no revision"
    return ""


def _stays_inside(path: str) -> bool:
    posix = PurePosixPath(path)
    return not posix.is_absolute() and ".." not in posix.parts and "\\" not in path and str(posix) == path
