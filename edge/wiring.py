"""Puts the wearable together: the one place where engines, threads, tools and the link meet."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from audio.endpoint import Endpointer, EndpointOptions
from audio.loudness import OFF, Follow
from edge.assistant import Assistant, Source
from edge.attention import Attention, AttentionOptions
from edge.battery import KernelBattery
from edge.clock_store import SqliteClockStore
from edge.clocks import Clocks
from edge.completeness import Judge
from edge.config import Config
from edge.consent import Consent
from edge.ear import Ear
from edge.engines import Engines, Workers, load_engines, names, open_workers, spare_from_collection
from edge.errand_desk import ErrandDesk
from edge.floor import Floor, FloorOptions
from edge.interpreter import Interpreter, PocketOnWorker
from edge.interruption import Interruption
from edge.listener import Listener
from edge.local_clock import LocalClock, local_zone
from edge.mind import Conversation, Mind, ModelOnWorker
from edge.mouth import Mouth
from edge.news import News
from edge.pairing import Pairing
from edge.phrasebook import Phrases
from edge.quiet_hours import QuietHours
from edge.reader import Reader
from edge.reflex import Reflex
from edge.responder import Responder
from edge.rings import Rings
from edge.sound import Sound
from edge.stream_clock import StreamClock
from edge.teller import Teller
from edge.timeline import Ready, Timeline
from edge.tools import (
    AboutTools,
    ClockTools,
    NotYetTools,
    PairingTools,
    PhoneTools,
    QuietTools,
    SoundTools,
    SumTools,
    Tool,
    collect,
)
from edge.turn_end import TurnEnd
from edge.volume import Volume
from edge.when import Now
from firmware_bridge.channel import Channel
from firmware_bridge.guard import COMPANIONS, WearableGuard
from firmware_bridge.journal import Journal
from firmware_bridge.keyring import KEYRING, Keyring
from firmware_bridge.messages import PROTOCOL_VERSION, Hello
from firmware_bridge.pairing import PairingWindow
from firmware_bridge.pipe import Transport
from firmware_bridge.transports import open_peripheral
from models.spoken import spoken_for


@asynccontextmanager
async def wearable(
    config: Config, sound: Sound, show: Timeline, *, link: str, sources: Sequence[Source] = ()
) -> AsyncIterator[Assistant]:
    """Give the assistant that the settings describe, ready to run; leaving closes everything.

    Raises EngineError (in an ExceptionGroup), JournalError, KeyringError, NotKept, LinkError, and ValueError for a link
    that is none.
    """
    with open_workers() as workers:
        window = PairingWindow(time.monotonic)
        async with open_peripheral(link, config.wearable.name, folder=config.wearable_dir, window=window) as transport:
            engines = await load_engines(config, workers, echoes=sound.echoes)
            spare_from_collection()
            async with assistant(config, sound, show, engines, workers, transport, sources, window) as ready:
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
    window: PairingWindow | None = None,
) -> AsyncIterator[Assistant]:
    """Give an assistant made of these parts. Raises JournalError, KeyringError, NotKept.

    `window` is the one that the transport looks at, if it does.
    """
    async with AsyncExitStack() as stack:
        journal = Journal(config.wearable_dir / "errands.sqlite")
        stack.callback(journal.close)
        store = await workers.disk.call(SqliteClockStore, config.wearable_dir / "clocks.sqlite")
        stack.push_async_callback(workers.disk.call, store.close)
        clocks = await workers.disk.call(Clocks, store, time.time())
        keyring = Keyring(config.wearable_dir / KEYRING, COMPANIONS)
        window = window or PairingWindow(time.monotonic)
        pairing = Pairing(keyring, window)
        hello = Hello(PROTOCOL_VERSION, "wearable", config.wearable.name)
        channel = Channel(transport, hello, WearableGuard(keyring, window, pairing.paired))
        desk = ErrandDesk(journal, workers.disk, channel, time.time)
        lost = store.set_aside is not None
        yield _assemble(config, sound, show, engines, workers, desk, pairing, clocks, sources, lost=lost)


def _assemble(
    config: Config,
    sound: Sound,
    show: Timeline,
    engines: Engines,
    workers: Workers,
    desk: ErrandDesk,
    pairing: Pairing,
    clocks: Clocks,
    sources: Sequence[Source],
    *,
    lost: bool,
) -> Assistant:
    now = LocalClock(local_zone()).now
    phrases = Phrases(now, config.language)
    conversation = Conversation()
    clock = StreamClock(sound.pace)
    follow = Follow() if config.audio.follow_noise and sound.echoes else Follow(OFF)
    volume = Volume(config.audio.volume_percent, follow, lambda: engines.detector.noise_db)
    consent = Consent(config.errands.answer_within_s)
    floor = Floor(FloorOptions(config.errands.pause_s, half_duplex=not config.audio.barge_in))
    attention = Attention(AttentionOptions(config.hearing.attention, config.hearing.window_s, config.hearing.window_s))
    reflex = Reflex(sound.speaker, Interruption())
    quiet = QuietHours(config.wearable_dir / "quiet.json", now)
    tools = _tools(now, clocks, volume, conversation, desk, pairing, quiet, phrases)
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
        attention,
        show,
        clock,
        disk=workers.disk,
        quick_s=config.errands.quick_s,
    )
    mouth = Mouth(engines.voice, workers.tts, sound.speaker, clock, volume, spoken_for(config.language))
    teller = Teller(mouth, desk, rings, consent, floor, attention, reflex, conversation, clock, show)
    ear = _ear(config, sound, engines, workers, clock, attention, floor, reflex)
    return Assistant(
        [ear.run, desk.run, reader.run, *sources],
        responder,
        reader,
        teller,
        News(desk, rings, pairing, quiet, phrases, time.time),
        desk,
        rings,
        consent,
        floor,
        attention,
        reflex,
        clock,
        show,
    )


def _tools(
    now: Now,
    clocks: Clocks,
    volume: Volume,
    conversation: Conversation,
    desk: ErrandDesk,
    pairing: Pairing,
    quiet: QuietHours,
    phrases: Phrases,
) -> dict[str, Tool]:
    return collect(
        ClockTools(now, clocks, phrases),
        SoundTools(volume, conversation, phrases),
        AboutTools(desk, KernelBattery(), phrases),
        PhoneTools(now, phrases),
        PairingTools(pairing, desk, phrases),
        QuietTools(quiet, now, phrases),
        SumTools(phrases),
        NotYetTools(phrases),
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


def _ear(
    config: Config,
    sound: Sound,
    engines: Engines,
    workers: Workers,
    clock: StreamClock,
    attention: Attention,
    floor: Floor,
    reflex: Reflex,
) -> Ear:
    endpointing = EndpointOptions(
        start_probability=config.hearing.speech_threshold,
        stop_probability=config.hearing.speech_threshold * 0.7,
    )
    turn_end = TurnEnd(slowness=config.hearing.patience)
    return Ear(
        sound.microphone,
        sound.speaker,
        clock,
        engines.detector,
        Endpointer(endpointing),
        Listener(engines.recogniser, Judge(engines.templates, engines.endings), turn_end),
        turn_end,
        attention,
        floor,
        reflex,
        detect=workers.detect,
        asr=workers.asr,
    )
