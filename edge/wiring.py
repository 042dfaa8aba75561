"""Puts the wearable together: the one place where engines, threads, tools and the link meet."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from audio.endpoint import Endpointer, EndpointOptions
from audio.frames import SAMPLE_RATE
from edge.assistant import Assistant, Source
from edge.battery import KernelBattery
from edge.clock_store import SqliteClockStore
from edge.clocks import Clocks
from edge.config import Config
from edge.consent import Consent
from edge.ear import Ear
from edge.engines import Engines, Workers, load_engines, names, open_workers
from edge.errand_desk import ErrandDesk
from edge.floor import Floor, FloorOptions
from edge.interpreter import Interpreter, PocketOnWorker
from edge.local_clock import LocalClock, local_zone
from edge.mind import Conversation, Mind, ModelOnWorker
from edge.mouth import Mouth, Volume
from edge.phrasebook import Phrases
from edge.reader import Reader
from edge.responder import Responder
from edge.rings import Rings
from edge.sound import Sound
from edge.stream_clock import StreamClock
from edge.timeline import Ready, Timeline
from edge.tools import AboutTools, ClockTools, NotYetTools, PhoneTools, SoundTools, SumTools, Tool, collect
from firmware_bridge.channel import Channel
from firmware_bridge.journal import Journal
from firmware_bridge.messages import PROTOCOL_VERSION, Hello
from firmware_bridge.pipe import Transport
from firmware_bridge.transports import open_peripheral
from models.spoken import spoken


@asynccontextmanager
async def wearable(
    config: Config, sound: Sound, show: Timeline, *, link: str, sources: Sequence[Source] = ()
) -> AsyncIterator[Assistant]:
    """Give the assistant that the settings describe, ready to run; leaving closes everything.

    Raises EngineError (in an ExceptionGroup), JournalError, NotKept, LinkError, and ValueError for a link that is none.
    """
    with open_workers() as workers:
        async with open_peripheral(link, config.wearable.name) as transport:
            engines = await load_engines(config, workers)
            async with assistant(config, sound, show, engines, workers, transport, sources) as ready:
                show.show(Ready(side="wearable", engines=names(config, engines)))
                yield ready


@asynccontextmanager
async def assistant(
    config: Config,
    sound: Sound,
    show: Timeline,
    engines: Engines,
    workers: Workers,
    transport: Transport,
    sources: Sequence[Source] = (),
) -> AsyncIterator[Assistant]:
    """Give an assistant made of these parts. Raises JournalError, NotKept."""
    async with AsyncExitStack() as stack:
        journal = Journal(config.wearable_dir / "errands.sqlite")
        stack.callback(journal.close)
        store = await workers.disk.call(SqliteClockStore, config.wearable_dir / "clocks.sqlite")
        stack.push_async_callback(workers.disk.call, store.close)
        clocks = await workers.disk.call(Clocks, store, time.time())
        hello = Hello(PROTOCOL_VERSION, "wearable", config.wearable.name)
        desk = ErrandDesk(journal, workers.disk, Channel(transport, hello), time.time)
        lost = store.set_aside is not None
        yield _assemble(config, sound, show, engines, workers, desk, clocks, sources, lost=lost)


def _assemble(
    config: Config,
    sound: Sound,
    show: Timeline,
    engines: Engines,
    workers: Workers,
    desk: ErrandDesk,
    clocks: Clocks,
    sources: Sequence[Source],
    *,
    lost: bool,
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
        SumTools(phrases),
        NotYetTools(phrases),
    )
    rings = Rings(clocks, workers.disk, phrases, now, lost=lost)
    mind = _mind(config, engines, workers, tools, phrases)
    reader = Reader(mind, conversation)
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
    return Assistant(
        [_ear(config, sound, engines, workers, clock).run, desk.run, reader.run, *sources],
        responder,
        reader,
        Mouth(engines.voice, workers.tts, sound.speaker, clock, volume, spoken),
        desk,
        rings,
        consent,
        Floor(FloorOptions(config.errands.pause_s)),
        conversation,
        clock,
        show,
        barge_in=config.audio.barge_in,
    )


def _mind(config: Config, engines: Engines, workers: Workers, tools: Mapping[str, Tool], phrases: Phrases) -> Mind:
    model = ModelOnWorker(engines.model, workers.llm) if engines.model else None
    known = (*config.wearable.people, *config.wearable.lists)
    pocket = PocketOnWorker(engines.pocket, workers.pocket, known) if engines.pocket else None
    return Mind(
        Interpreter(engines.templates, tools, pocket),
        tools,
        model,
        lambda: phrases.say("model.system", name=config.wearable.name),
    )


def _ear(config: Config, sound: Sound, engines: Engines, workers: Workers, clock: StreamClock) -> Ear:
    endpointing = EndpointOptions(
        start_probability=config.hearing.speech_threshold,
        stop_probability=config.hearing.speech_threshold * 0.7,
        end_silence=round(config.hearing.end_silence_s * SAMPLE_RATE),
    )
    return Ear(
        sound.microphone,
        clock,
        engines.vad,
        Endpointer(endpointing),
        engines.recogniser,
        detect=workers.detect,
        asr=workers.asr,
    )
