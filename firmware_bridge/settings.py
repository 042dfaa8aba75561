"""Reads earrand.toml strictly, and holds the tables of it that concern both ends.

An unknown key or a wrong type is an error that names the file, the key and the nearest right one.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from firmware_bridge.errors import UNREADABLE


class ConfigError(Exception):
    """The settings are wrong; the message names the file, the key and what would be right."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of settings; every key has a default."""


class LinkSection(Section, frozen=True):
    """Table [link]."""

    wearable: str = "bluez"
    companion: str = "bleak"


class CompanionSection(Section, frozen=True):
    """Table [companion]."""

    name: str = "Phone"
    data_dir: str = ""
    mcp_servers: str = ""
    apprise: tuple[str, ...] = ()


S = TypeVar("S", bound=Section)


def read_settings(path: Path, defaults: S) -> S:
    """Read a file into the type of `defaults`. Raises ConfigError."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=type(defaults))
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read: {exc.strerror}. Make it, or leave out --config") from exc
    except msgspec.ValidationError as exc:
        raise ConfigError(f"{path}: {_explain(str(exc), defaults)}") from exc
    except UNREADABLE as exc:
        raise ConfigError(f"{path}: not TOML: {exc}") from exc


def _explain(message: str, defaults: Section) -> str:
    """Put msgspec's words into ours: "$.audio.volume" becomes [audio] volume, with the nearest valid key."""
    where = re.search(r" - at `\$\.?([^`]*)`", message)
    place = where.group(1).split(".") if where and where.group(1) else []
    bare = re.sub(r" - at `[^`]*`", "", message)
    unknown = re.search(r"unknown field `([^`]*)`", message)
    if unknown is None:
        return f"{_name(place)}: {bare[0].lower()}{bare[1:]}"
    known = _keys(place, defaults)
    near = difflib.get_close_matches(unknown.group(1), known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"valid are: {', '.join(known)}"
    return f"unknown key {unknown.group(1)!r} in {f'[{place[0]}]' if place else 'the file'}: {hint}"


def _name(place: list[str]) -> str:
    return f"[{place[0]}] {' '.join(place[1:])}".strip() if place else "the file"


def _keys(place: list[str], defaults: Section) -> list[str]:
    section: Any = defaults
    for name in place:
        section = getattr(section, name)
    return list(section.__struct_fields__)
