"""Who may speak now: keeps announcements out of the wearer's speech and out of turns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FloorOptions:
    """When an unasked sentence may be spoken."""

    pause_s: float = 0.7
    """Silence after the wearer's last voiced sound, and after our own last sentence."""


class Floor:
    """A pure policy over stream time. Answers to the wearer only wait for the wearer to be silent."""

    def __init__(self, options: FloorOptions | None = None) -> None:
        self._options = options or FloorOptions()
        self._wearer_speaks = False
        self._turn_runs = False
        self._question_open = False
        self._quiet_since = 0.0

    def wearer_began(self) -> None:
        """The wearer speaks."""
        self._wearer_speaks = True

    def wearer_ended(self, last_voiced_s: float) -> None:
        """The wearer was last heard at this second of stream time."""
        self._wearer_speaks = False
        self._quiet_since = max(self._quiet_since, last_voiced_s)

    def turn_began(self) -> None:
        """A turn runs: the floor is ours until it ends."""
        self._turn_runs = True

    def turn_ended(self, now_s: float) -> None:
        """The turn is over and its last sound was heard."""
        self._turn_runs = False
        self._quiet_since = max(self._quiet_since, now_s)

    def question(self, is_open: bool) -> None:
        """While a question waits for its answer nothing else is announced."""
        self._question_open = is_open

    def idle(self) -> bool:
        """Say whether nobody speaks and no turn runs."""
        return not (self._wearer_speaks or self._turn_runs)

    def may_announce(self, now_s: float) -> bool:
        """Say whether an unasked sentence may begin now."""
        return self.idle() and not self._question_open and now_s - self._quiet_since >= self._options.pause_s
