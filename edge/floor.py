"""Who may speak now: keeps announcements out of the wearer's speech and out of turns, and our voice out of our ears."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FloorOptions:
    """When an unasked sentence may be spoken, and what is taken for our own voice."""

    pause_s: float = 0.7
    """Silence after the wearer's last voiced sound, and after our own last sentence."""
    half_duplex: bool = False
    """Without an echo canceller the microphone hears the loudspeaker: then we do not listen while we speak."""
    tail_s: float = 0.3
    """With half duplex: how long after our last sound a room still gives it back."""


class Floor:
    """A pure policy over stream time. Answers to the wearer only wait for the wearer to be silent."""

    def __init__(self, options: FloorOptions | None = None) -> None:
        self._options = options or FloorOptions()
        self._half_duplex = self._options.half_duplex
        self._is_worn = True
        self._wearer_speaks = False
        self._turn_runs = False
        self._question_open = False
        self._quiet_since = 0.0
        self._we_speak = False
        self._we_ended_s = float("-inf")

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

    def we_began(self) -> None:
        """Sound of ours goes to the loudspeaker."""
        self._we_speak = True

    def we_ended(self, now_s: float) -> None:
        """Our last sound was heard."""
        self._we_speak = False
        self._we_ended_s = now_s

    def question(self, is_open: bool) -> None:
        """While a question waits for its answer nothing else is announced."""
        self._question_open = is_open

    def worn(self, is_worn: bool) -> None:
        """While nobody wears the device everything is kept."""
        self._is_worn = is_worn

    def echo_remains(self, remains: bool) -> None:
        """Go on half duplex as long as the echo canceller does not do its work."""
        self._half_duplex = remains or self._options.half_duplex

    def is_our_own_voice(self, began_s: float) -> bool:
        """Say whether speech that began at this second is to be taken for ours."""
        return self._half_duplex and (self._we_speak or began_s < self._we_ended_s + self._options.tail_s)

    def idle(self) -> bool:
        """Say whether nobody speaks and no turn runs."""
        return not (self._wearer_speaks or self._turn_runs)

    def may_announce(self, now_s: float) -> bool:
        """Say whether an unasked sentence may begin now."""
        pause = now_s - self._quiet_since
        return self._is_worn and self.idle() and not self._question_open and pause >= self._options.pause_s
