"""Holds the loudspeaker the moment that the wearer may be speaking, long before anybody knows what is said."""

from __future__ import annotations

from audio.frames import Speaker
from edge.detector import Detected
from edge.interruption import BACKCHANNELS, Decision, Interruption, Pause, Resume, Yield


class Reflex:
    """Does at once what `Interruption` decides; only that a turn is over is left to the turn loop."""

    def __init__(self, speaker: Speaker, interruption: Interruption) -> None:
        self._speaker = speaker
        self._interruption = interruption
        self._sounding = False

    @property
    def sounding(self) -> bool:
        """True while we speak, also while we hold on."""
        return self._sounding

    def begin(self) -> None:
        """We begin to speak."""
        self._sounding = True
        self._interruption.begin()

    def end(self) -> None:
        """What we said is over, or was hushed."""
        self._sounding = False
        self._interruption.end()

    def masks(self, level_db: float) -> bool:
        """Say whether sound of this level may be the rest of our own voice; asked before each `frame`."""
        return self._interruption.masks(level_db)

    def frame(self, end: int, found: Detected, *, deaf: bool) -> bool:
        """Take the frame that ends at this sample; True when what we say is over. Who is `deaf` to it holds nothing."""
        if not self._sounding:
            return False
        if deaf:
            return self._do(self._interruption.ended(understood=False))
        return self._do(self._interruption.frame(end, found.probability, found.level_db, found.repeats))

    def words(self, text: str) -> bool:
        """Take the words so far; True when what we say is over."""
        return self._sounding and self._do(self._interruption.words(text))

    def ended(self, text: str) -> bool:
        """Take an utterance, empty when it was not understood; False when it was nothing but a noise in our speech."""
        if not self._sounding:
            return True
        understood = not BACKCHANNELS.issuperset(text.split())
        self._do(self._interruption.ended(understood=understood))
        return understood

    def _do(self, decision: Decision | None) -> bool:
        match decision:
            case Pause():
                self._speaker.pause()
            case Resume():
                self._speaker.resume()
            case Yield() | None:
                pass
        return isinstance(decision, Yield)
