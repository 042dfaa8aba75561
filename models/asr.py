"""What a streaming speech recogniser is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Partial:
    """What an utterance is so far."""

    committed: str
    """Words that will not change."""
    tentative: str
    """Words after them that still may."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What an utterance was: lower case, no punctuation; empty when there were no words."""

    text: str
    confidence: float
    """0 to 1: how well the sound fits the words. The recogniser calibrates it so that
    values under 0.5 mean "this was something else" and are not to be acted on."""
    alternatives: tuple[str, ...] = ()
    """What else it may have been, the likeliest first; each convincing by itself."""


class Recogniser(Protocol):
    """Turns the sound of one utterance at a time into words. Owned by one thread."""

    def start(self) -> None:
        """Begin an utterance; forget an unfinished one."""
        ...

    def feed(self, pcm: bytes) -> Partial | None:
        """Take any number of samples; give the words so far when they changed."""
        ...

    def reread(self) -> str:
        """Give the words if the utterance ended here, by a closer look that may take longer than a pause; "" for none.

        More sound may come. Raises EngineFailed when the engine breaks.
        """
        ...

    def finish(self, sensible: str = "") -> Heard:
        """End the utterance; `sensible` words, where it has heard just these, need no second opinion.

        Raises EngineFailed when the engine breaks.
        """
        ...
