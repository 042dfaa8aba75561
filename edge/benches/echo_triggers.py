"""Counts how often our own voice, come back through a room, would wake or interrupt us."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from audio.echo import Echo, EchoReport
from audio.endpoint import Endpointer, SpeechStarted
from audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from edge.detector import Detector
from edge.floor import Floor
from edge.interruption import Interruption, Pause, Yield
from models.vad import VoiceActivity

_SPEECH = 0.5
_SPEECH_FRAMES = 5
"""0.1 s, as long as speech must last before it counts anywhere in the assistant."""
_BETWEEN_FRAMES = 30
"""0.6 s: shorter silence lies between two sentences of an answer, in which we speak on."""


class Listens(Protocol):
    """Something that our own voice must not set off."""

    @property
    def name(self) -> str:
        """Its name in the table."""
        ...

    def fires(self, pcm: bytes) -> bool:
        """Take one frame of 20 ms."""
        ...


class WordDetector:
    """Fires when a word ends in the frame."""

    def __init__(self, name: str, heard: Callable[[bytes], object]) -> None:
        self.name = name
        self._heard = heard

    def fires(self, pcm: bytes) -> bool:
        """Take one frame of 20 ms."""
        return bool(self._heard(pcm))


@dataclass(frozen=True, slots=True)
class Raw:
    """What our own voice would set off if nothing took it out."""

    speech: int
    """Stretches of 0.1 s of speech in the microphone."""
    fired: Sequence[str]
    """Names of the words noticed, each time."""


@dataclass(frozen=True, slots=True)
class Triggers:
    """What our own voice set off, through all that a frame goes through in the assistant."""

    seconds: float
    speaking_s: float
    """Of it while we spoke, pauses between sentences included."""
    woke: Sequence[str]
    """Wake words noticed, each time."""
    stops: int
    """"stop" noticed while we spoke."""
    utterances: int
    """Speech of 0.1 s and more that would go to the recogniser, as the wearer's."""
    held: int
    """Times that the loudspeaker would be held on a suspicion, which is undone to the sample."""
    gave_way: int
    """Times that what we were saying would be over."""
    deaf_s: float
    """Seconds in which the meter found echo left in, so that we did not listen while we spoke."""
    last_report: str
    """What the meter said at the end."""


@dataclass(frozen=True, slots=True)
class Ears:
    """What listens to one stream of frames."""

    vad: VoiceActivity
    detectors: Sequence[Listens]


def count_raw(frames: Sequence[tuple[bytes, bytes]], ears: Ears) -> Raw:
    """Listen to the microphone as it is."""
    speech, run, fired = 0, 0, list[str]()
    for near, _ in frames:
        run = run + 1 if ears.vad.probability(near) >= _SPEECH else 0
        speech += run == _SPEECH_FRAMES
        fired += [detector.name for detector in ears.detectors if detector.fires(near)]
    return Raw(speech, fired)


def count_triggers(detector: Detector, frames: Sequence[tuple[bytes, bytes]]) -> Triggers:
    """Do with each frame what the assistant does.

    Our voice goes on while the ear holds the loudspeaker, which in truth is silent then: here it is worse.
    """
    count = _Count(detector)
    for number, ((near, far), sounding) in enumerate(zip(frames, speaks([far for _, far in frames]), strict=True)):
        count.take(number * FRAME_SAMPLES, near, far, sounding)
    return count.triggers()


def speaks(fars: Sequence[bytes]) -> Iterator[bool]:
    """Say of each frame of the loudspeaker whether we speak: from the first sound of an answer to its last."""
    spoke = False
    runs = [(loud, len(list(run))) for loud, run in groupby(map(any, fars))]
    for number, (loud, length) in enumerate(runs):
        pause = spoke and length < _BETWEEN_FRAMES and number + 1 < len(runs)
        yield from [loud or pause] * length
        spoke = spoke or loud


class _Count:
    """The way of a frame through detector, floor and interruption, with what came of it."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._endpointer = Endpointer()
        self._floor = Floor()
        self._interruption = Interruption()
        self._sounding = False
        self._frames = self._speaking = self._deaf = 0
        self._woke: list[str] = []
        self._stops = self._utterances = self._held = self._gave_way = 0
        self._report: EchoReport | None = None

    def take(self, start: int, near: bytes, far: bytes, sounding: bool) -> None:
        now_s = (start + FRAME_SAMPLES) / SAMPLE_RATE
        self._begin_or_end(sounding, now_s)
        found = self._detector.detect(near, far, sounding, self._interruption.masks)
        self._report = found.echo
        self._floor.echo_remains(found.echo is not None and found.echo.echo is Echo.LEFT)
        boundary = self._endpointer.take(start, found.probability)
        is_ours = self._floor.is_our_own_voice(now_s)
        self._frames += 1
        self._speaking += sounding
        self._deaf += is_ours
        if found.woke is not None:
            self._woke.append(found.woke.word)
        self._stops += found.stop and not is_ours
        if isinstance(boundary, SpeechStarted):
            self._utterances += not self._floor.is_our_own_voice(boundary.start / SAMPLE_RATE)
        if is_ours:
            self._interruption.ended(understood=False)
            return
        match self._interruption.frame(start + FRAME_SAMPLES, found.probability, found.level_db, found.repeats):
            case Pause():
                self._held += 1
            case Yield():
                self._gave_way += 1
                self._interruption.begin()
            case _:
                pass

    def _begin_or_end(self, sounding: bool, now_s: float) -> None:
        if sounding and not self._sounding:
            self._interruption.begin()
            self._floor.we_began()
        if self._sounding and not sounding:
            self._interruption.end()
            self._floor.we_ended(now_s)
        self._sounding = sounding

    def triggers(self) -> Triggers:
        return Triggers(
            self._frames / 50,
            self._speaking / 50,
            self._woke,
            self._stops,
            self._utterances,
            self._held,
            self._gave_way,
            self._deaf / 50,
            str(self._report),
        )
