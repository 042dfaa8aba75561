"""What listens for one phrase all day: wake words, and the stop word; and the rule that one utterance counts once."""

from __future__ import annotations

from typing import Protocol


class WakeWords(Protocol):
    """Listens for its phrases in every frame. Owned by one thread."""

    @property
    def names(self) -> tuple[str, ...]:
        """The phrases as people say them, lower case: "okay nabu"."""
        ...

    @property
    def lag(self) -> int:
        """Samples by which the phrase told last was over when `detect` told it, as a rule.

        Who says the command in the same breath began it about so many samples before.
        """
        ...

    def detect(self, pcm: bytes) -> str | None:
        """Take any number of samples; give the phrase that was noticed in them, once for each time that it is said."""
        ...

    def reset(self) -> None:
        """Forget the sound so far."""
        ...


class StopWord(Protocol):
    """Listens for "stop". Fed only while we speak or ring. Owned by one thread."""

    def heard(self, pcm: bytes) -> bool:
        """Take any number of samples; say whether "stop" was noticed in them, once for each time that it is said."""
        ...

    def reset(self) -> None:
        """Forget the sound so far: we begin to speak."""
        ...


class Refractory:
    """Lets a detector count once for each utterance: after a firing that counts, none does for `samples`."""

    def __init__(self, samples: int) -> None:
        if samples < 0:
            raise ValueError("a refractory time is at least 0")
        self._samples = samples
        self._until = 0

    def counts(self, at: int) -> bool:
        """Say whether a firing at this sample counts; the samples of successive calls do not fall."""
        if at < self._until:
            return False
        self._until = at + self._samples
        return True

    def reset(self) -> None:
        """Let the next firing count, and samples begin at 0 again."""
        self._until = 0
