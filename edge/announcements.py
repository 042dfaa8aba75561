"""Which of the errands that ended are told, when several wait: the wearer hears one announcement, not a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from firmware_bridge.errands import Errand, State

TOLD = 3
"""So many ends are told in one announcement. Nobody keeps more in mind by ear."""
STALE_S = 24 * 3600.0
"""What was asked for so long ago is no news any more, when there is newer."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What to say of the errands that ended; every one of them is in here once."""

    told: tuple[Errand, ...]
    """One sentence each, oldest first."""
    counted: tuple[Errand, ...] = ()
    """Only their number is said: they went well, and are old, or too many."""

    @property
    def all_completed(self) -> bool:
        """Say whether everything that is told went well."""
        return all(errand.state is State.COMPLETED for errand in self.told)


def merge(ended: Sequence[Errand], now: float) -> Announcement:
    """Put together what waits, given oldest first; `now` is in seconds since the epoch.

    What failed or was cancelled is always told. A single errand is told however old it is.
    """
    if len(ended) <= 1:
        return Announcement(tuple(ended))
    bad = [errand for errand in ended if errand.state is not State.COMPLETED]
    fresh = [errand for errand in ended if errand.state is State.COMPLETED and now - errand.asked_at < STALE_S]
    room = max(0, TOLD - len(bad))
    chosen = {errand.id for errand in (*bad, *fresh[len(fresh) - min(room, len(fresh)) :])}
    if not chosen:  # all are old and went well: the newest stands for them
        chosen = {ended[-1].id}
    return Announcement(
        tuple(errand for errand in ended if errand.id in chosen),
        tuple(errand for errand in ended if errand.id not in chosen),
    )
