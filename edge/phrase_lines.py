"""Reads a file of sentences with slots, and fills the slots."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_GROUP = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}([.。]?)")
SENTENCE_ENDS = (".", "?", "!", "。", "？", "！")  # noqa: RUF001  # those of Chinese

Slots = Mapping[str, str]
"""What is known, by slot; a slot that is not known is not in it."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A sentence, and which slots are in it."""

    text: str
    used: frozenset[str]


class PhraseFileError(Exception):
    """The file is not made as the file of phrases has to be."""


class Lines:
    """Sentences by key. A key may have alternatives, the best first."""

    def __init__(self, lines: Mapping[str, tuple[str, ...]]) -> None:
        self._lines = lines

    @classmethod
    def load(cls, path: Path) -> Lines:
        """Read a TOML file. Raises PhraseFileError."""
        try:
            tree = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            raise PhraseFileError(f"{path}: {exc}") from exc
        return cls(_flat(tree, ""))

    def names(self) -> frozenset[str]:
        """Give all keys."""
        return frozenset(self._lines)

    def get(self, key: str) -> tuple[str, ...]:
        """Give the alternatives of a key as they stand in the file; none for an unknown key."""
        return self._lines.get(key, ())

    def fill(self, slots: Slots, *keys: str) -> Filled | None:
        """Give the first sentence of the first key whose slots are all known."""
        return next((found for key in keys for line in self.get(key) if (found := fill(line, slots))), None)


def slots_in(line: str) -> frozenset[str]:
    """Give the names of all slots of a sentence, in brackets or not."""
    return frozenset(name for name, _ in _SLOT.findall(line))


def fill(line: str, slots: Slots) -> Filled | None:
    """Fill a sentence; None when a slot outside brackets is not known."""
    chosen = _GROUP.sub(lambda group: group[1] if slots_in(group[1]) <= slots.keys() else "", line)
    wanted = slots_in(chosen)
    if not wanted <= slots.keys():
        return None
    return Filled(_SLOT.sub(lambda slot: _with_stop(slots[slot[1]], slot[2]), chosen), wanted)


def _with_stop(value: str, stop: str) -> str:
    # A message that ends "where are you?" gets no full stop behind it.
    return value if value.endswith(SENTENCE_ENDS) else value + stop


def _flat(tree: Mapping[str, Any], above: str) -> dict[str, tuple[str, ...]]:
    lines: dict[str, tuple[str, ...]] = {}
    for name, value in tree.items():
        key = f"{above}{name}"
        match value:
            case str():
                lines[key] = (value,)
            case dict():
                lines |= _flat(value, f"{key}.")
            case list() if value and all(isinstance(line, str) for line in value):
                lines[key] = tuple(value)
            case _:
                raise PhraseFileError(f"{key} is neither a sentence nor a list of sentences")
    return lines
