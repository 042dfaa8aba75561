"""The parts of the pipecat agent: its ears and mouth on recordings, and our engines behind pipecat's own classes."""

# Pipecat is never installed where the types are checked, so its classes are Any there.
# mypy: disable-error-code="import-not-found,misc"

from __future__ import annotations

import asyncio
import time
from collections import deque
from pathlib import Path
from typing import Any

from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADParams
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    InputAudioRawFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.utils.time import time_now_iso8601

from audio.frames import SAMPLE_RATE
from audio.wav_device import FileMicrophone, FileSpeaker
from edge.fast_path import FastPath
from models.espeak_tts import EspeakVoice
from models.pocketsphinx_asr import PocketsphinxRecogniser
from models.silero_vad import SileroOptions, SileroVad

_BEFORE_FRAMES = 25
"""Frames kept from before speech was noticed, 0.5 s: pipecat's own SegmentedSTTService keeps as much and more."""


class Stages:
    """When what happened to a clip last, in monotonic seconds."""

    def __init__(self) -> None:
        self.begin("")

    def begin(self, answer: str) -> None:
        """Forget the clip before."""
        self.at: dict[str, float] = {}
        self.ended: list[float] = []
        self.answer = answer
        self.heard = ""
        self.open = False
        """Whether there was speech after which no turn was over yet."""
        self.spoke = asyncio.Event()

    def note(self, name: str) -> None:
        """Something is over."""
        self.at[name] = time.monotonic()


class Ears(BaseInputTransport):
    """Pushes the frames of a FileMicrophone."""

    def __init__(self, params: TransportParams, microphone: FileMicrophone) -> None:
        super().__init__(params)
        self._file = microphone
        self._pushing: Any = None

    async def start(self, frame: Any) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)
        self._pushing = self.create_task(self._push())

    async def stop(self, frame: EndFrame) -> None:
        await self._end()
        await super().stop(frame)

    async def cancel(self, frame: CancelFrame) -> None:
        await self._end()
        await super().cancel(frame)

    async def _end(self) -> None:
        if self._pushing is not None:
            await self.cancel_task(self._pushing)
            self._pushing = None

    async def _push(self) -> None:
        async for frame in self._file.frames():
            await self.push_audio_frame(InputAudioRawFrame(audio=frame.pcm, sample_rate=SAMPLE_RATE, num_channels=1))


class Mouth(BaseOutputTransport):
    """Writes to a FileSpeaker."""

    def __init__(self, params: TransportParams, speaker: FileSpeaker, stages: Stages) -> None:
        super().__init__(params)
        self._file = speaker
        self._stages = stages

    async def start(self, frame: Any) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: Any) -> bool:
        if not self._stages.spoke.is_set():
            self._stages.note("written")
            self._stages.spoke.set()
        await self._file.write(frame.audio)
        return True


class Vad(VADAnalyzer):
    """Our Silero in pipecat's analyzer."""

    def __init__(self, model: Path, params: VADParams) -> None:
        super().__init__(sample_rate=SAMPLE_RATE, params=params)
        self._silero = SileroVad(SileroOptions(model))

    def num_frames_required(self) -> int:
        return 512

    def voice_confidence(self, buffer: bytes) -> float:
        return self._silero.probability(buffer)


class Recogniser(STTService):
    """Our pocketsphinx, streaming: it has heard all of an utterance when that ends."""

    def __init__(self, recogniser: PocketsphinxRecogniser, stages: Stages) -> None:
        # Local, and final when it comes: pipecat need not wait for stragglers.
        super().__init__(ttfs_p99_latency=0.0, settings=STTSettings(model=None, language=None))
        self._engine = recogniser
        self._stages = stages
        self._recent: deque[bytes] = deque(maxlen=_BEFORE_FRAMES)
        self._listening = False

    async def run_stt(self, audio: bytes) -> Any:
        if self._listening:
            await asyncio.to_thread(self._engine.feed, audio)
        else:
            self._recent.append(audio)
        yield None

    async def process_frame(self, frame: Any, direction: Any) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStartedSpeakingFrame) and not self._listening:
            self._listening = self._stages.open = True
            await asyncio.to_thread(self._begin)
        elif isinstance(frame, VADUserStoppedSpeakingFrame) and self._listening:
            self._listening = False
            self._stages.note("silent")
            heard = await asyncio.to_thread(self._engine.finish)
            self._stages.note("text")
            self._stages.heard = f"{self._stages.heard} {heard.text}".strip()
            if heard.text:
                await self.push_frame(TranscriptionFrame(heard.text, "", time_now_iso8601(), finalized=True))

    def _begin(self) -> None:
        self._engine.start()
        while self._recent:
            self._engine.feed(self._recent.popleft())


class Mind(FrameProcessor):
    """Understands by our templates, and says what it is given, in one piece."""

    def __init__(self, templates: FastPath, stages: Stages) -> None:
        super().__init__()
        self._templates = templates
        self._stages = stages

    async def process_frame(self, frame: Any, direction: Any) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, UserStoppedSpeakingFrame):
            self._stages.note("turn")
            self._stages.ended.append(self._stages.at["turn"])
            self._stages.open = False
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        self._templates.match(self._stages.heard)
        await self.push_frame(LLMFullResponseStartFrame())
        await self.push_frame(LLMTextFrame(self._stages.answer))
        await self.push_frame(LLMFullResponseEndFrame())


class Voice(TTSService):
    """Our espeak."""

    def __init__(self, engine: EspeakVoice, stages: Stages) -> None:
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            sample_rate=SAMPLE_RATE,
            settings=TTSSettings(model=None, voice=None, language=None),
        )
        self._engine = engine
        self._stages = stages

    async def run_tts(self, text: str, context_id: str) -> Any:
        if not self._stages.spoke.is_set():
            self._stages.note("speak")
        for pcm in self._engine.speak(text):
            yield TTSAudioRawFrame(audio=pcm, sample_rate=SAMPLE_RATE, num_channels=1, context_id=context_id)
