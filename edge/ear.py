"""From the microphone to utterances: speech probability, boundaries, recognition, each where it may block."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from audio.endpoint import Endpointer, SpeechEnded, SpeechStarted
from audio.frames import SAMPLE_RATE, Frame, Microphone
from audio.ring import Ring
from edge.stream_clock import StreamClock
from edge.worker import Worker
from models.asr import Heard, Partial, Recogniser
from models.engine import EngineError
from models.vad import VoiceActivity

_LOGGER = logging.getLogger(__name__)

_TICK_FRAMES = 5
"""A tick every 100 ms: fine enough for announcements and timers, 10 events a second."""
_WAITING_FRAMES = 100
"""Frames that may wait for the recogniser, 2 s: a slow engine then slows the microphone's reader, which drops and
counts."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes, in seconds of stream."""

    now_s: float


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """The wearer began to speak."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """The wearer has spoken."""

    heard: Heard
    began_s: float
    """First voiced sound."""
    last_voiced_s: float
    decided_s: float
    """When silence had lasted long enough."""
    text_s: float
    """When the words were known."""


@dataclass(frozen=True, slots=True)
class RecogniserFailed:
    """The recogniser broke on an utterance; the next one is heard."""

    why: str


@dataclass(frozen=True, slots=True)
class MicrophoneEnded:
    """No more sound will come."""


EarEvent = Tick | SpeechBegan | Partial | Utterance | RecogniserFailed | MicrophoneEnded
_Work = list[bytes] | SpeechEnded | None
"""For the recogniser: sound, the end of an utterance, the end of all."""


class Ear:
    """Owns the way from frames to words."""

    def __init__(
        self,
        microphone: Microphone,
        clock: StreamClock,
        vad: VoiceActivity,
        endpointer: Endpointer,
        recogniser: Recogniser,
        *,
        detect: Worker,
        asr: Worker,
    ) -> None:
        self._microphone = microphone
        self._clock = clock
        self._vad = vad
        self._endpointer = endpointer
        self._recogniser = recogniser
        self._detect = detect
        self._asr = asr
        self._ring = Ring()
        self._work: asyncio.Queue[_Work] = asyncio.Queue(_WAITING_FRAMES)

    async def run(self, emit: Callable[[EarEvent], Awaitable[None]]) -> None:
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
                await self._work.put(ended)
            await self._work.put(None)
        await emit(MicrophoneEnded())

    async def _take(self, frame: Frame, emit: Callable[[EarEvent], Awaitable[None]]) -> None:
        probability = await self._detect.call(self._vad.probability, frame.pcm)
        self._ring.push(frame)
        boundary = self._endpointer.take(frame.start, probability)
        if isinstance(boundary, SpeechStarted):
            await emit(SpeechBegan(boundary.start / SAMPLE_RATE))
        if self._endpointer.in_speech or boundary is not None:
            await self._work.put([held.pcm for held in self._ring.take()])
        if isinstance(boundary, SpeechEnded):
            await self._work.put(boundary)

    async def _recognise(self, emit: Callable[[EarEvent], Awaitable[None]]) -> None:
        listening = False
        while (work := await self._work.get()) is not None:
            try:
                if not listening:
                    await self._asr.call(self._recogniser.start)
                    listening = True
                if isinstance(work, list):
                    partial = await self._asr.call(self._recogniser.feed, b"".join(work))
                    if partial is not None:
                        await emit(partial)
                    continue
                heard = await self._asr.call(self._recogniser.finish)
            except EngineError as exc:
                _LOGGER.exception("the recogniser failed")
                await emit(RecogniserFailed(str(exc)))
                heard = Heard("", 0.0)
            listening = False
            if isinstance(work, SpeechEnded):
                await emit(self._utterance(work, heard))

    def _utterance(self, ended: SpeechEnded, heard: Heard) -> Utterance:
        return Utterance(
            heard,
            began_s=ended.start / SAMPLE_RATE,
            last_voiced_s=ended.last_voiced / SAMPLE_RATE,
            decided_s=ended.end / SAMPLE_RATE,
            text_s=self._clock.now(),
        )
