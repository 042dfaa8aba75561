"""Measures end of speech to first sound on one clock, sample to sample, with the engines of the settings."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import msgspec
import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from audio.files import read_sound
from audio.frames import SAMPLE_RATE
from audio.wav_device import FileMicrophone, FileSpeaker
from edge.benches.figures import machine, percentile
from edge.config import Config
from edge.engines import Workers, load_engines
from edge.ledger import Ledger, Span, busy
from edge.sound import Sound
from edge.timeline import Event, Turn
from edge.wiring import assistant
from edge.worker import Worker
from firmware_bridge.transports.loopback import Loopback
from models.espeak_tts import EspeakVoice

VOICED = 1000
"""A sample from here on is voiced: -30 dB, over the noise of the room that is laid under the clips."""
AUDIBLE = 330
"""A sample of ours from here on is heard: -40 dB. Between answers there is digital silence."""
OWN_P50_MS, OWN_P99_MS = 10.0, 25.0
_OURS = ("asr", "pocket", "tts", "disk")
"""Threads whose computing for a turn is not our own share."""
_RECORDED = ("what_time_is_it.flac", "order_me_a_pizza.flac")
_SPOKEN = ("what day is it", "set the volume to fifty", "what can you do", "set a timer for twenty minutes")
"""Commands that need no phone. None rings while the bench runs."""
_DATA = Path(__file__).parents[2] / "tests" / "data"
_ROOM = 100.0
"""Standard deviation of the noise of a quiet room, in steps of 16 bits."""
_ANSWER_S = 15.0
_BETWEEN_S = 1.0


@dataclass(frozen=True, slots=True)
class LatencyOptions:
    """What to measure."""

    turns: int = 12
    config: Config = field(default_factory=Config)
    """Attention and data folder are replaced: always, and a temporary one."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one stretch, in milliseconds."""

    name: str
    p50_ms: float
    p95_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and on what."""

    machine: str
    turns: int
    """Turns that were answered."""
    not_answered: int
    """Clips without an answer in 15 s; they are in no row."""
    rows: list[Row]
    peer: str
    """What there is of a peer."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One turn on one clock, in monotonic seconds."""

    last_voiced: float
    """The wearer's last voiced sample."""
    speech_end: float
    """Where the detector put the end of speech."""
    decided: float
    text: float
    call: float | None
    """None when nothing was understood: then we say so."""
    written: float
    """The first sound was given to the speaker."""
    audible: float
    """The first audible sample."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a turn."""

    name: str
    seconds: Callable[[Trace], float]


STRETCHES = (
    Stretch("LAST VOICED IN TO FIRST AUDIBLE OUT", lambda one: one.audible - one.last_voiced),
    Stretch("last voiced sample to the detector's end", lambda one: one.speech_end - one.last_voiced),
    Stretch("silence that ends the utterance", lambda one: one.decided - one.speech_end),
    Stretch("decision to text", lambda one: one.text - one.decided),
    Stretch("text to call", lambda one: (one.call or one.text) - one.text),
    Stretch("call to first sound written", lambda one: one.written - (one.call or one.text)),
    Stretch("silence that the voice begins with", lambda one: one.audible - one.written),
)


def measure(options: LatencyOptions, progress: Progress) -> Report:
    """Speak to an assistant in real time. Raises EngineError (in an ExceptionGroup), AudioError."""
    return asyncio.run(_measure(options, progress))


def show(report: Report, console: Console) -> None:
    """Print the table."""
    console.print(f"{report.turns} turns in real time ({report.not_answered} clips not answered), on {report.machine}")
    table = Table("milliseconds", box=None)
    for name in ("p50", "p95", "p99"):
        table.add_column(name, justify="right")
    for row in report.rows:
        table.add_row(row.name, f"{row.p50_ms:.1f}", f"{row.p95_ms:.1f}", f"{row.p99_ms:.1f}")
    console.print(table)
    console.print(f"bars of our own share: p50 {OWN_P50_MS:.0f} ms, p99 {OWN_P99_MS:.0f} ms")
    console.print(f"peer: {report.peer}")


def summarise(traces: Sequence[Trace], spans: Sequence[Span]) -> list[Row]:
    """Give a row for each stretch and for our own share; none without turns."""
    if not traces:
        return []
    rows = [_row(one.name, [one.seconds(trace) for trace in traces]) for one in STRETCHES]
    return [*rows, _row("OUR OWN SHARE", [own_share(trace, spans) for trace in traces])]


def own_share(trace: Trace, spans: Sequence[Span]) -> float:
    """Give the seconds from the decision to the first sound in which no engine computed."""
    engines = [span for span in spans if span.name in _OURS]
    return trace.written - trace.decided - busy(engines, trace.decided, trace.written)


def last_over(pcm: bytes, level: int) -> int | None:
    """Give the index of the last sample as loud as `level`."""
    found = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) >= level)
    return int(found[-1]) if len(found) else None


def first_over(pcm: bytes, level: int, start: int) -> int | None:
    """Give the index of the first sample from `start` on that is as loud as `level`."""
    found = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)[max(0, start) :]) >= level)
    return max(0, start) + int(found[0]) if len(found) else None


class _Turns:
    """A Timeline that hands on the turns."""

    def __init__(self) -> None:
        self.turns: asyncio.Queue[Turn] = asyncio.Queue()  # one turn a clip: the bench takes each before it goes on

    def show(self, event: Event) -> None:
        if isinstance(event, Turn):
            self.turns.put_nowait(event)


async def _measure(options: LatencyOptions, progress: Progress) -> Report:
    ledger, turns = Ledger(), _Turns()
    sound = FileMicrophone(), FileSpeaker()
    traces: list[Trace] = []
    with tempfile.TemporaryDirectory() as folder, _workers(ledger) as workers:
        config = _config(options.config, folder)
        engines = await load_engines(config, workers, echoes=False)
        clips = await asyncio.to_thread(_clips)
        task = progress.add_task("turns in real time", total=options.turns)
        async with (
            assistant(config, Sound(*sound), turns, engines, workers, Loopback().wearable) as ready,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(ready.run())
            for clip in islice(cycle(clips), options.turns):
                if (trace := await _turn(clip, *sound, turns)) is not None:
                    traces.append(trace)
                progress.advance(task)
            sound[0].close()
    missing = options.turns - len(traces)
    return Report(machine(), len(traces), missing, summarise(traces, ledger.spans), "not measured")


async def _turn(clip: bytes, microphone: FileMicrophone, speaker: FileSpeaker, turns: _Turns) -> Trace | None:
    """Say a clip and give what became of it; None without an answer."""
    await asyncio.sleep(_BETWEEN_S)
    before = len(microphone.recording()) // 2
    await microphone.say(clip)
    voiced = last_over(microphone.recording(), VOICED)
    turn = None
    with suppress(TimeoutError):
        turn = await asyncio.wait_for(turns.turns.get(), _ANSWER_S)
    if turn is None or turn.first_sound_s is None or voiced is None or voiced < before:
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


def _clips() -> list[bytes]:
    """Give the recordings that are there, and the commands that espeak speaks."""
    voice = EspeakVoice("en-us", words_per_minute=150, pitch=30)
    recorded = [_DATA / name for name in _RECORDED if (_DATA / name).exists()]
    return [
        *(_in_a_room(read_sound(path)) for path in recorded),
        *(_in_a_room(b"".join(voice.speak(words))) for words in _SPOKEN),
    ]


def _in_a_room(pcm: bytes) -> bytes:
    said = np.concatenate([np.frombuffer(pcm, "<i2"), np.zeros(SAMPLE_RATE // 2)])
    noise = np.random.default_rng(1).normal(0.0, _ROOM, len(said))
    return (said + noise).clip(-32768, 32767).astype("<i2").tobytes()


def _row(name: str, seconds: Sequence[float]) -> Row:
    values = sorted(value * 1000 for value in seconds)
    return Row(name, *(percentile(values, percent) for percent in (50, 95, 99)))
