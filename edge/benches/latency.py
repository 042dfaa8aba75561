"""Measures end of speech to first sound on one clock, sample to sample, with the engines of the settings."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle, islice

import msgspec
from rich.progress import Progress

from audio.frames import SAMPLE_RATE
from audio.wav_device import FileMicrophone, FileSpeaker
from edge.benches.figures import machine
from edge.benches.first_sound import AUDIBLE, VOICED, first_over, last_over
from edge.benches.latency_clips import hesitating_clips, plain_clips
from edge.benches.latency_trace import Heard, Side, Trace, our_side
from edge.benches.peer import measure_peer
from edge.benches.peer_environment import peer_python
from edge.config import Config
from edge.engines import Workers, load_engines, spare_from_collection
from edge.fast_path import FastPath
from edge.ledger import Ledger, Span
from edge.sound import Sound
from edge.timeline import Event, HeardWords, Quiet, Spoken, Turn
from edge.wiring import assistant
from edge.worker import Worker
from firmware_bridge.transports.loopback import Loopback

_ANSWER_S = 15.0
_BETWEEN_S = 1.0


@dataclass(frozen=True, slots=True)
class LatencyOptions:
    """What to measure."""

    turns: int = 12
    config: Config = field(default_factory=Config)
    """Attention and data folder are replaced: always, and a temporary one."""
    peer: bool = False
    """Also as many hesitating commands, and pipecat on all of them."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and on what."""

    machine: str
    ours: Side
    peers: Sequence[Side]
    """Pipecat on the same clips, by its settings."""


def measure(options: LatencyOptions, progress: Progress) -> Report:
    """Speak to an assistant in real time. Raises EngineError (also in an ExceptionGroup), AudioError."""
    plain, hesitating = list(islice(cycle(plain_clips()), options.turns)), list[bytes]()
    if options.peer:
        python = peer_python(options.config, progress)
        wearable = options.config.wearable
        templates = FastPath(wearable.language, wearable.people, wearable.lists)
        hesitating = hesitating_clips(options.turns, options.config, templates)
    heard, spans = asyncio.run(_measure(options.config, [*plain, *hesitating], progress))
    ours = our_side(heard[: len(plain)], heard[len(plain) :], spans)
    peers: list[Side] = []
    if options.peer:
        answers = [one.answer for one in heard]
        peers = measure_peer(python, plain, hesitating, answers, options.config, progress)
    return Report(machine(), ours, peers)


class _Seen:
    """A Timeline that keeps what became of one clip."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget the clip before."""
        self.turn: Turn | None = None
        """The latest."""
        self.ended_s: list[float] = []
        """When an utterance was over: decided, or at the latest its text."""
        self.answer = ""
        self.quiet = asyncio.Event()

    def show(self, event: Event) -> None:
        """Take an event."""
        match event:
            case Quiet():
                self.quiet.set()
                return
            case Turn():
                self.turn = event
                self.ended_s.append(event.decided_s)
            case HeardWords():
                self.ended_s.append(event.at_s)
            case Spoken():
                self.answer = self.answer or event.text
        self.quiet.clear()


async def _measure(config: Config, clips: Sequence[bytes], progress: Progress) -> tuple[list[Heard], list[Span]]:
    """Give what became of each clip, and when workers computed."""
    ledger, seen = Ledger(), _Seen()
    sound = FileMicrophone(), FileSpeaker()
    heard = []
    with tempfile.TemporaryDirectory() as folder, _workers(ledger) as workers:
        config = _config(config, folder)
        engines = await load_engines(config, workers, echoes=False)
        spare_from_collection()
        task = progress.add_task("turns in real time", total=len(clips))
        async with (
            assistant(config, Sound(*sound), seen, engines, workers, Loopback().wearable) as ready,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(ready.run())
            for clip in clips:
                heard.append(await _say(clip, *sound, seen))
                progress.advance(task)
            sound[0].close()
    return heard, ledger.spans


async def _say(clip: bytes, microphone: FileMicrophone, speaker: FileSpeaker, seen: _Seen) -> Heard:
    """Say a clip, wait until all is quiet, and give what became of it."""
    await asyncio.sleep(_BETWEEN_S)
    seen.begin()
    before = len(microphone.recording()) // 2
    await microphone.say(clip)
    with suppress(TimeoutError):
        await asyncio.wait_for(seen.quiet.wait(), _ANSWER_S)
    voiced = last_over(microphone.recording(), VOICED)
    if voiced is None or voiced < before:
        return Heard()
    if any(at_s < voiced / SAMPLE_RATE for at_s in seen.ended_s):
        return Heard(cut_off=True, answer=seen.answer)
    return Heard(_trace(seen.turn, voiced, microphone, speaker), answer=seen.answer)


def _trace(turn: Turn | None, voiced: int, microphone: FileMicrophone, speaker: FileSpeaker) -> Trace | None:
    if turn is None or turn.first_sound_s is None:
        return None
    zero = microphone.opened
    last_voiced = zero + voiced / SAMPLE_RATE
    heard = first_over(speaker.recording(), AUDIBLE, round((last_voiced - speaker.opened) * SAMPLE_RATE))
    if heard is None:
        return None
    return Trace(
        last_voiced,
        zero + turn.speech_end_s,
        zero + turn.decided_s,
        zero + turn.text_s,
        None if turn.call_s is None else zero + turn.call_s,
        zero + turn.first_sound_s,
        speaker.opened + heard / SAMPLE_RATE,
    )


def _config(config: Config, folder: str) -> Config:
    return msgspec.structs.replace(
        config,
        wearable=msgspec.structs.replace(config.wearable, data_dir=folder),
        hearing=msgspec.structs.replace(config.hearing, attention="always"),
    )


@contextmanager
def _workers(ledger: Ledger) -> Iterator[Workers]:
    names = ("detect", "asr", "llm", "pocket", "tts", "disk")
    with ExitStack() as stack:
        yield Workers(*(stack.enter_context(Worker(name, ledger)) for name in names))
