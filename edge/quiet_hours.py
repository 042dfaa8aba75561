"""Quiet hours: when nobody wants to hear that an errand ended. Timers and alarms, which the wearer set, still ring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from firmware_bridge.errors import UNREADABLE

_Minute = Annotated[int, msgspec.Meta(ge=0, lt=24 * 60)]


class Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the wearer asked for."""

    begin: _Minute | None = None
    """Minute of the day at which every day's quiet hours begin; none when there are none."""
    end: _Minute = 0
    """Minute at which they end; before `begin` it is on the next day."""
    until: float = 0.0
    """Seconds since the epoch until which it is quiet besides; infinite until the wearer says otherwise."""

    def holds(self, now: datetime) -> bool:
        """Say whether it is quiet now."""
        return now.timestamp() < self.until or (self.begin is not None and self._within(now.hour * 60 + now.minute))

    def _within(self, minute: int) -> bool:
        assert self.begin is not None
        if self.begin <= self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


class NotQuiet(Exception):
    """The quiet hours cannot be kept on disk."""


class QuietHours:
    """Keeps them over restarts. Changed on the disk's thread; read anywhere, since the value is swapped whole."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        """Read what was kept; what cannot be read counts as none, for silence would hide that."""
        self._path = path
        self._now = now
        self._quiet = _read(path)

    def holds(self) -> bool:
        """Say whether it is quiet now."""
        return self._quiet.holds(self._now())

    def get(self) -> Quiet:
        """Give what was asked for."""
        return self._quiet

    def put(self, quiet: Quiet) -> None:
        """Keep this from now on. Raises NotQuiet; then all is as before."""
        text = msgspec.json.encode(_writable(quiet))
        draft = self._path.with_suffix(".draft")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(text)
            draft.replace(self._path)
        except OSError as exc:
            raise NotQuiet(f"{self._path}: {exc.strerror}") from exc
        self._quiet = quiet


_FOREVER = 1e15
"""Stands for infinity in the file, which JSON does not have."""


def _writable(quiet: Quiet) -> Quiet:
    return msgspec.structs.replace(quiet, until=min(quiet.until, _FOREVER))


def _read(path: Path) -> Quiet:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Quiet)
    except (OSError, *UNREADABLE):
        return Quiet()
