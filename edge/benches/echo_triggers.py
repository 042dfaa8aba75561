"""Counts how often our own voice, come back through a room, would wake or interrupt us."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from audio.echo import EchoCanceller, EchoMeter
from models.vad import VoiceActivity

_SPEECH = 0.5
_SPEECH_FRAMES = 5
"""0.1 s, as long as speech must last before it counts anywhere in the assistant."""


class Detector(Protocol):
    """Something that our own voice must not set off."""

    @property
    def name(self) -> str:
        """Its name in the table."""
        ...

    def fires(self, pcm: bytes) -> bool:
        """Take one frame of 20 ms."""
        ...


class WordDetector:
    """A Detector that fires when a word ends in the frame."""

    def __init__(self, name: str, heard: Callable[[bytes], object]) -> None:
        self.name = name
        self._heard = heard

    def fires(self, pcm: bytes) -> bool:
        """Take one frame of 20 ms."""
        return bool(self._heard(pcm))


class _Run:
    """Fires once for each stretch of speech of 0.1 s and more."""

    def __init__(self) -> None:
        self._length = 0

    def take(self, speech: bool) -> bool:
        self._length = self._length + 1 if speech else 0
        return self._length == _SPEECH_FRAMES


@dataclass(frozen=True, slots=True)
class Triggers:
    """What our own voice set off."""

    seconds: float
    raw_speech: int
    """Stretches of 0.1 s of speech in the microphone, before the canceller."""
    speech: int
    """The same after the canceller."""
    raw_fired: Sequence[str]
    """Names of the wake words set off before the canceller, each time."""
    fired: Sequence[str]
    """Names of the wake and stop words set off after the canceller."""
    last_report: str
    """What EchoMeter said at the end."""


@dataclass(frozen=True, slots=True)
class Ears:
    """What listens to one stream of frames."""

    vad: VoiceActivity
    detectors: Sequence[Detector]


def count_triggers(
    canceller: EchoCanceller, pairs: Iterable[tuple[bytes, bytes]], before: Ears, after: Ears
) -> Triggers:
    """Listen to what comes back, before the canceller and after it."""
    raw, clean, meter, count = _Count(before), _Count(after), EchoMeter(), 0
    for near, far in pairs:
        out = canceller.process(near, far)
        raw.take(near)
        meter.take(near, far, out, clean.take(out))
        count += 1
    return Triggers(count / 50, raw.speech, clean.speech, raw.fired, clean.fired, str(meter.report()))


class _Count:
    """Counts for one stream of frames."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears
        self._run = _Run()
        self.speech = 0
        self.fired: list[str] = []

    def take(self, pcm: bytes) -> bool:
        """Count one frame; tell whether it sounds like speech."""
        speech = self._ears.vad.probability(pcm) >= _SPEECH
        self.speech += self._run.take(speech)
        self.fired += [detector.name for detector in self._ears.detectors if detector.fires(pcm)]
        return speech
