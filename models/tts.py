"""What a voice is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Voice(Protocol):
    """Turns a sentence into sound. Owned by one thread, but for `interrupt`."""

    def speak(self, sentence: str) -> Iterator[bytes]:
        """Yield s16le mono 16 kHz chunks as they are made; stop soon after `interrupt`.

        Raises EngineFailed when the engine breaks.
        """
        ...

    def interrupt(self) -> None:
        """End the current `speak` at the next chunk. Safe from any thread."""
        ...
