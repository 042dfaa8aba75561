"""From the microphone to utterances: detection, boundaries, recognition, each where it may block."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from functools import partial

from audio.echo import Echo
from audio.endpoint import Boundary, Endpointer, SpeechEnded, SpeechStarted
from audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame, Microphone, Speaker
from edge.attention import Attention
from edge.completeness import Completeness
from edge.detector import Detected, Detector
from edge.ear_events import (
    EchoChanged,
    Emit,
    Interrupted,
    MicrophoneEnded,
    RecogniserFailed,
    SpeechBegan,
    SpeechOver,
    StopHeard,
    Tick,
    Utterance,
    Woke,
    WokeOnly,
)
from edge.floor import Floor
from edge.intake import Begin, Finish, Forget, Intake, Step, Take
from edge.listener import Listener
from edge.reflex import Reflex
from edge.stream_clock import StreamClock
from edge.turn_end import TurnEnd
from edge.wake_text import strip_wake
from edge.worker import Worker
from models.asr import Heard
from models.engine import EngineError

_LOGGER = logging.getLogger(__name__)

_TICK_FRAMES = 5
"""A tick every 100 ms: fine enough for announcements and timers, 10 events a second."""
_WAITING_STEPS = 100
"""Frames that may wait for the recogniser, 2 s: a slow engine then slows the microphone's reader, which drops and
counts."""


class Ear:
    """Owns the way from frames to words."""

    def __init__(
        self,
        microphone: Microphone,
        speaker: Speaker,
        clock: StreamClock,
        detector: Detector,
        endpointer: Endpointer,
        listener: Listener,
        turn_end: TurnEnd,
        attention: Attention,
        floor: Floor,
        reflex: Reflex,
        *,
        detect: Worker,
        asr: Worker,
    ) -> None:
        self._microphone = microphone
        self._speaker = speaker
        self._clock = clock
        self._detector = detector
        self._endpointer = endpointer
        self._listener = listener
        self._turn_end = turn_end
        self._attention = attention
        self._floor = floor
        self._reflex = reflex
        self._detect = detect
        self._asr = asr
        self._silence = turn_end.silence(Completeness.UNKNOWN)
        """Samples of silence that end the utterance, by the words that are known."""
        self._intake = Intake()
        self._echo = Echo.UNKNOWN
        self._is_ours = False
        """Whether the speech that goes on is our own voice."""
        self._work: asyncio.Queue[Step | None] = asyncio.Queue(_WAITING_STEPS)

    async def run(self, emit: Emit) -> None:
        """Listen until the microphone ends. Raises AudioDeviceError when it is lost."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._recognise(emit))
            frames = 0
            async for frame in self._microphone.frames():
                self._clock.tick(frame.end)
                await self._take(frame, emit)
                frames += 1
                if frames % _TICK_FRAMES == 0:
                    await emit(Tick(frame.end / SAMPLE_RATE))
            if (ended := self._endpointer.finish()) is not None:
                await self._work.put(Finish(ended))
            await self._work.put(None)
        await emit(MicrophoneEnded())

    async def _take(self, frame: Frame, emit: Emit) -> None:
        found = await self._detect.call(
            self._detector.detect, frame.pcm, self._speaker.reference(), self._reflex.sounding, self._reflex.masks
        )
        now_s = frame.end / SAMPLE_RATE
        # The words of sound that still waits are not known: by those before it the wearer may have finished.
        self._endpointer.allow_silence(self._silence + self._work.qsize() * FRAME_SAMPLES)
        boundary = self._endpointer.take(frame.start, found.probability)
        await self._tell(found, boundary, frame.end, emit)
        listens = (self._attention.hears(now_s) or self._reflex.sounding) and not self._is_ours
        steps = self._intake.take(
            Frame(frame.start, found.pcm),
            boundary,
            in_speech=self._endpointer.in_speech or isinstance(boundary, SpeechEnded),
            silent=self._endpointer.silence,
            woke=found.woke,
            listens=listens,
        )
        for step in steps:
            if not isinstance(step, Forget):
                await self._work.put(step)
            elif not self._is_ours:
                await emit(WokeOnly() if step.only_woke else SpeechOver(step.last_voiced / SAMPLE_RATE))

    async def _tell(self, found: Detected, boundary: Boundary | None, end: int, emit: Emit) -> None:
        """Tell what is known before any word is."""
        now_s = end / SAMPLE_RATE
        if found.echo is not None and found.echo.echo is not self._echo:
            self._echo = found.echo.echo
            await emit(EchoChanged(found.echo))
        is_ours = self._floor.is_our_own_voice(now_s)
        if found.woke is not None:
            self._is_ours = False
            self._attention.woke(now_s)
            await emit(Woke(found.woke.word))
        if found.stop and not is_ours:
            await emit(StopHeard())
        if self._reflex.frame(end, found, deaf=is_ours):
            await emit(Interrupted())
        if isinstance(boundary, SpeechStarted):
            began_s = boundary.start / SAMPLE_RATE
            self._silence = self._turn_end.silence(Completeness.UNKNOWN, asking=self._attention.asking)
            self._is_ours = self._floor.is_our_own_voice(began_s)
            if not self._is_ours:
                self._attention.began(began_s)
                await emit(SpeechBegan(began_s))

    async def _recognise(self, emit: Emit) -> None:
        broken = False
        while (step := await self._work.get()) is not None:
            try:
                match step:
                    case Begin():
                        await self._asr.call(self._listener.start)
                        broken = False
                    case Take() | Finish() if broken:
                        pass  # the rest of an utterance that it broke on
                    case Take(pcm, silent):
                        hear = partial(self._listener.hear, asking=self._attention.asking)
                        words, self._silence = await self._asr.call(hear, pcm, silent)
                        if words is not None:
                            if self._reflex.words(words.committed):
                                await emit(Interrupted())
                            await emit(words)
                    case Finish():
                        await emit(self._utterance(step, await self._asr.call(self._listener.finish)))
            except EngineError as exc:
                _LOGGER.exception("the recogniser failed")
                broken = True
                await emit(RecogniserFailed(str(exc)))
            if broken and isinstance(step, Finish):
                await emit(self._utterance(step, Heard("", 0.0)))

    def _utterance(self, over: Finish, heard: Heard) -> Utterance:
        text = strip_wake(heard.text, self._detector.wake_words, cut=over.after_wake)
        return Utterance(
            replace(heard, text=text),
            began_s=over.ended.start / SAMPLE_RATE,
            last_voiced_s=over.ended.last_voiced / SAMPLE_RATE,
            decided_s=over.ended.end / SAMPLE_RATE,
            text_s=self._clock.now(),
        )
