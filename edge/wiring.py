"""Puts the wearable together: the one place where engines, threads, tools and the link meet."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import platformdirs

from audio.endpoint import Endpointer, EndpointOptions
from audio.frames import SAMPLE_RATE
from edge.assistant import Assistant, Source
from edge.battery import KernelBattery
from edge.clock_store import SqliteClockStore
from edge.clocks import Clocks
from edge.config import Config
from edge.consent import Consent
from edge.corpus import corpus
from edge.ear import Ear
from edge.errand_desk import ErrandDesk
from edge.fast_path import FastPath
from edge.floor import Floor, FloorOptions
from edge.local_clock import LocalClock, local_zone
from edge.mind import Conversation, Mind, ModelOnWorker
from edge.mouth import Mouth, Volume
from edge.phrasebook import Phrases
from edge.responder import Responder
from edge.rings import Rings
from edge.sound import Sound
from edge.stream_clock import StreamClock
from edge.timeline import Ready, Timeline
from edge.tools import AboutTools, ClockTools, PhoneTools, SoundTools, collect
from edge.worker import Worker
from firmware_bridge.channel import Channel
from firmware_bridge.journal import Journal
from firmware_bridge.messages import PROTOCOL_VERSION, Hello
from firmware_bridge.transports import open_peripheral
from models import registry
from models.asr import Recogniser
from models.llm import LanguageModel
from models.tts import Voice
from models.vad import VoiceActivity

_CORPUS_SIZE = 5000
"""Sentences for the recogniser's language model; more change its probabilities by less than their noise."""
_CORPUS_SEED = 1


@dataclass(frozen=True, slots=True)
class _Engines:
    vad: VoiceActivity
    recogniser: Recogniser
    voice: Voice
    model: LanguageModel | None
    templates: FastPath


@dataclass(frozen=True, slots=True)
class _Workers:
    """The threads. Four at most compute at once, and only while somebody speaks or is spoken to."""

    detect: Worker
    asr: Worker
    llm: Worker
    tts: Worker
    disk: Worker


@asynccontextmanager
async def wearable(
    config: Config, sound: Sound, show: Timeline, *, link: str, sources: Sequence[Source] = ()
) -> AsyncIterator[Assistant]:
    """Give an assistant that is ready to run; leaving closes everything.

    Raises EngineError, JournalError, NotKept, LinkError, and ValueError for a link that is none.
    """
    async with AsyncExitStack() as stack:
        workers = _Workers(*(stack.enter_context(Worker(name)) for name in ("detect", "asr", "llm", "tts", "disk")))
        transport = await stack.enter_async_context(open_peripheral(link, config.wearable.name))
        journal = Journal(config.wearable_dir / "errands.sqlite")
        stack.callback(journal.close)
        store = await workers.disk.call(SqliteClockStore, config.wearable_dir / "clocks.sqlite")
        stack.push_async_callback(workers.disk.call, store.close)
        engines = await _load(config, workers)
        hello = Hello(PROTOCOL_VERSION, "wearable", config.wearable.name)
        desk = ErrandDesk(journal, workers.disk, Channel(transport, hello), time.time)
        clocks = await workers.disk.call(Clocks, store, time.time())
        show.show(Ready(side="wearable", engines=_names(config, engines)))
        yield _assemble(config, sound, show, engines, workers, desk, clocks, sources)


def _assemble(
    config: Config,
    sound: Sound,
    show: Timeline,
    engines: _Engines,
    workers: _Workers,
    desk: ErrandDesk,
    clocks: Clocks,
    sources: Sequence[Source],
) -> Assistant:
    now: Callable[[], datetime] = LocalClock(local_zone()).now
    phrases = Phrases(now, config.wearable.language)
    conversation = Conversation()
    clock = StreamClock(sound.pace)
    volume = Volume(config.audio.volume_percent)
    consent = Consent(config.errands.answer_within_s)
    tools = collect(
        ClockTools(now, clocks, phrases),
        SoundTools(volume, conversation, phrases),
        AboutTools(desk, KernelBattery(), phrases),
        PhoneTools(now, phrases),
    )
    model = ModelOnWorker(engines.model, workers.llm) if engines.model else None
    mind = Mind(engines.templates, tools, model, lambda: phrases.say("model.system", name=config.wearable.name))
    responder = Responder(
        mind,
        tools,
        consent,
        desk,
        phrases,
        conversation,
        show,
        clock,
        disk=workers.disk,
        quick_s=config.errands.quick_s,
    )
    ear = Ear(
        sound.microphone,
        clock,
        engines.vad,
        Endpointer(
            EndpointOptions(
                start_probability=config.hearing.speech_threshold,
                stop_probability=config.hearing.speech_threshold * 0.7,
                end_silence=round(config.hearing.end_silence_s * SAMPLE_RATE),
            )
        ),
        engines.recogniser,
        detect=workers.detect,
        asr=workers.asr,
    )
    return Assistant(
        [ear.run, desk.run, *sources],
        responder,
        Mouth(engines.voice, workers.tts, sound.speaker, clock, volume),
        desk,
        Rings(clocks, workers.disk, phrases, now),
        consent,
        Floor(FloorOptions(config.errands.pause_s)),
        conversation,
        clock,
        show,
        barge_in=config.audio.barge_in,
    )


async def _load(config: Config, workers: _Workers) -> _Engines:
    """Load every engine on the thread that will own it, all at once."""
    async with asyncio.TaskGroup() as tasks:
        vad = tasks.create_task(workers.detect.call(registry.open_vad, "silero"))
        recogniser = tasks.create_task(workers.asr.call(_recogniser, config))
        voice = tasks.create_task(workers.tts.call(_voice, config))
        model = tasks.create_task(workers.llm.call(_model, config))
        templates = tasks.create_task(workers.disk.call(_templates, config))
    return _Engines(vad.result(), recogniser.result(), voice.result(), model.result(), templates.result())


def _recogniser(config: Config) -> Recogniser:
    if config.hearing.recogniser == "faster-whisper":
        return registry.open_recogniser("faster-whisper", model=config.hearing.whisper_model)
    lexicon = corpus(
        config.wearable.language, config.wearable.people, config.wearable.lists, _CORPUS_SIZE, _CORPUS_SEED
    )
    return registry.open_recogniser(
        config.hearing.recogniser,
        sentences=lexicon.sentences,
        vocabulary=lexicon.vocabulary,
        cache_dir=platformdirs.user_cache_path("earrand"),
    )


def _voice(config: Config) -> Voice:
    model = Path(config.speaking.piper_model).expanduser() if config.speaking.piper_model else None
    return registry.open_voice(config.speaking.voice, model=model)


def _model(config: Config) -> LanguageModel | None:
    if not config.understanding.model:
        return None
    path = Path(config.understanding.model).expanduser()
    return registry.open_language_model("llama.cpp", path, context_tokens=config.understanding.context_tokens)


def _templates(config: Config) -> FastPath:
    return FastPath(config.wearable.language, config.wearable.people, config.wearable.lists)


def _names(config: Config, engines: _Engines) -> dict[str, str]:
    return {
        "hears": config.hearing.recogniser,
        "understands": "fast-path" + (f", {engines.model.name}" if engines.model else ""),
        "speaks": config.speaking.voice,
    }
