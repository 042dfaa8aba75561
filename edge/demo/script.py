"""What the demo's wearer says, and when."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

When = Literal["quiet", "question"]
"""After nothing goes on any more, or when a question waits besides."""


@dataclass(frozen=True, slots=True)
class Say:
    """The wearer says something."""

    recording: Path
    words: str
    """What the recording says, for the screen; empty when nobody knows."""
    when: When = "quiet"


@dataclass(frozen=True, slots=True)
class MessageArrives:
    """Somebody's message reaches the phone while the wearer says the next thing."""

    sender: str
    text: str


Step = Say | MessageArrives

_DATA = Path(__file__).resolve().parent.parent.parent / "tests" / "data"
DEMO_FILE = _DATA / "demo.toml"
WAKE_WORD = _DATA / "wake" / "okay_nabu.flac"
"""What the wearer says first when nobody listens."""


class ScriptError(Exception):
    """A script cannot be read; the message says what is wrong."""


def read_script(path: Path = DEMO_FILE) -> list[Step]:
    """Read the steps of a script; recordings lie beside it. Raises ScriptError."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["step"]
        return [_step(row, path.parent) for row in rows]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as exc:
        raise ScriptError(f"{path}: not a script: {exc}") from exc


def _step(row: dict[str, str], folder: Path) -> Step:
    if "arrives_from" in row:
        return MessageArrives(row["arrives_from"], row["text"])
    when: When = "question" if row.get("when") == "question" else "quiet"
    return Say(folder / row["recording"], row["words"], when)
