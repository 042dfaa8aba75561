"""What is done with every frame, on one thread: take our own echo out, listen for the wake word, detect speech."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from audio.echo import Echo, EchoCanceller, EchoMeter, EchoReport
from audio.frames import EchoError
from audio.level import level_db
from audio.loudness import NoiseFloor
from audio.periodicity import Periodicity
from models.gated_vad import GatedVad
from models.vad import VoiceActivity
from models.wake import StopWord, WakeWords

_LOGGER = logging.getLogger(__name__)

_TALKING = 0.5
"""Probability from which a frame sounds like speech."""


@dataclass(frozen=True, slots=True)
class Woken:
    """A wake word was noticed."""

    word: str
    ago: int
    """Samples for which it was over by the end of the frame."""


@dataclass(frozen=True, slots=True)
class Detected:
    """What is in a frame."""

    pcm: bytes
    """The frame without our own voice."""
    probability: float
    """Of speech, 0 to 1."""
    level_db: float
    """How loud it is, over full scale."""
    repeats: float = 0.0
    """How much it repeats itself, as a voice does, 0 to 1; looked at only while we speak or ring."""
    woke: Woken | None = None
    """The wake word that was noticed in it."""
    stop: bool = False
    """Whether "stop" ended in it, while we spoke or rang."""
    echo: EchoReport | None = None
    """What becomes of our own voice; none where nothing takes it out."""


class Detector:
    """Owns the engines of the detect thread. All but the voice activity detector may be missing."""

    def __init__(
        self,
        vad: VoiceActivity,
        *,
        canceller: EchoCanceller | None = None,
        wake: WakeWords | None = None,
        stop: StopWord | None = None,
    ) -> None:
        self._vad = GatedVad(vad)
        self._canceller = canceller
        self._wake = wake
        self._stop = stop
        self._meter = EchoMeter()
        self._noise = NoiseFloor()
        self._periodicity = Periodicity()
        self._broken = False
        """Whether the canceller failed; from then on our own voice stays in."""
        self._sounding = False

    @property
    def noise_db(self) -> float | None:
        """How loud it is around while nobody speaks, in dB of full scale; any thread may ask."""
        return self._noise.level_db

    @property
    def wake_words(self) -> tuple[str, ...]:
        """The phrases that wake us."""
        return self._wake.names if self._wake else ()

    def detect(self, near: bytes, far: bytes, sounding: bool, masks: Callable[[float], bool]) -> Detected:
        """Take a frame of the microphone and what the loudspeaker played meanwhile; `sounding` while we speak or ring.

        `masks` says of a level in dB whether what is so soft is the rest of our own voice, and no speech of anybody's.
        Raises EngineFailed.
        """
        pcm = self._without_echo(near, far)
        level = level_db(pcm)
        probability = self._vad.probability(pcm, masked=masks(level))
        self._noise.take(near, voiced=sounding or probability >= _TALKING)
        echo = None
        if self._canceller is not None:
            self._meter.take(near, far, pcm, probability >= _TALKING)
            echo = EchoReport(Echo.LEFT, 0.0) if self._broken else self._meter.report()
        repeats = self._periodicity.take(pcm) if sounding else 0.0
        return Detected(pcm, probability, level, repeats, self._woken(pcm), self._hears_stop(pcm, sounding), echo)

    def _without_echo(self, near: bytes, far: bytes) -> bytes:
        if self._canceller is None or self._broken:
            return near
        try:
            return self._canceller.process(near, far)
        except EchoError:
            _LOGGER.exception("the echo canceller broke")
            self._broken = True
            return near

    def _woken(self, pcm: bytes) -> Woken | None:
        if self._wake is None or (word := self._wake.detect(pcm)) is None:
            return None
        return Woken(word, self._wake.lag)  # which is that of the word just told

    def _hears_stop(self, pcm: bytes, sounding: bool) -> bool:
        if self._stop is None:
            return False
        if sounding and not self._sounding:
            self._stop.reset()
        self._sounding = sounding
        return sounding and self._stop.heard(pcm)
