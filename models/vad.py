"""What a voice activity detector is."""

from __future__ import annotations

from typing import Protocol


class VoiceActivity(Protocol):
    """Gives the probability that a frame is speech. Owned by one thread."""

    def probability(self, pcm: bytes) -> float:
        """Take one 20 ms frame (640 bytes); give 0 to 1 for the sound up to its end."""
        ...

    def reset(self) -> None:
        """Forget the sound so far."""
        ...
