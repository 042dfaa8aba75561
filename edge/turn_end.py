"""Says how much silence ends the wearer's utterance: little after a whole command, much where people go on."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from audio.frames import SAMPLE_RATE
from edge.completeness import Completeness


@dataclass(frozen=True, slots=True)
class Patience:
    """Samples of silence that end an utterance, by what its words are. Raises ValueError unless all are over 0."""

    complete: int
    extendable: int
    open: int
    fallen: int
    """After words of which nothing is known, when the voice has fallen."""
    unknown: int
    """After such words, when it has not."""
    incomplete: int

    def __post_init__(self) -> None:
        if min(getattr(self, one.name) for one in fields(self)) <= 0:
            raise ValueError("a silence is over 0 samples")

    def after(self, completeness: Completeness, has_fallen: bool = False) -> int:
        """Give the samples for such words."""
        match completeness:
            case Completeness.COMPLETE:
                return self.complete
            case Completeness.EXTENDABLE:
                return self.extendable
            case Completeness.OPEN:
                return self.open
            case Completeness.INCOMPLETE:
                return self.incomplete
            case Completeness.UNKNOWN:
                return self.fallen if has_fallen else self.unknown


def seconds(
    complete: float, extendable: float, open: float, fallen: float, unknown: float, incomplete: float
) -> Patience:
    """Give the patience of so many seconds."""
    return Patience(*(round(time * SAMPLE_RATE) for time in (complete, extendable, open, fallen, unknown, incomplete)))


@dataclass(frozen=True, slots=True)
class TurnEndOptions:
    """How patient we are. The first was tuned on recordings; how people answer questions was not at hand."""

    turn: Patience = field(
        default_factory=lambda: seconds(complete=0.2, extendable=0.4, open=0.6, fallen=0.6, unknown=0.9, incomplete=1.2)
    )
    """While the wearer commands or asks. 0.2 s after a whole command cut off as many of 209 as 0.25 s did, and one more
    of 129 others."""
    answer: Patience = field(
        default_factory=lambda: seconds(
            complete=0.25, extendable=0.3, open=0.4, fallen=0.5, unknown=0.6, incomplete=0.9
        )
    )
    """While a yes or no to our question is expected: a yes may do what cannot be undone, and gets a little longer."""
    fall_semitones: float = 1.0
    """A voice that fell so far has fallen."""


class TurnEnd:
    """A pure policy: the same words and voice, the same patience."""

    def __init__(self, options: TurnEndOptions | None = None, slowness: float = 1.0) -> None:
        """`slowness` is how much longer than most the wearer pauses."""
        self._options = options or TurnEndOptions()
        self._slowness = slowness

    def silence(self, completeness: Completeness, fall: float | None = None, *, asking: bool = False) -> int:
        """Give the samples of silence after which the utterance is over, unless more words come.

        `fall` is `Prosody.fall()`, in semitones; it matters only where the words say nothing. `asking` is while a
        question of ours is open.
        """
        patience = self._options.answer if asking else self._options.turn
        has_fallen = fall is not None and fall >= self._options.fall_semitones
        return round(patience.after(completeness, has_fallen) * self._slowness)
