"""Measures echo: how much goes and how soon, beside Speex; what is kept of the wearer; what our own voice sets off."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from audio.echo import EchoCanceller
from audio.files import read_sound
from audio.frames import FRAME_SAMPLES, EchoError
from audio.webrtc import WebRtcEchoCanceller
from edge.benches.echo_double import Kept, kept
from edge.benches.echo_path import Removed, at_volume, cancel, pairs, removed, silence
from edge.benches.echo_triggers import Ears, Raw, Triggers, WordDetector, count_raw, count_triggers
from edge.benches.figures import machine
from edge.benches.own_voice import speech
from edge.benches.room import ACROSS, EAR, WORN, Clipping, Room, RoomOptions, Signal, rooms_of, signal
from edge.benches.speex import SpeexEchoCanceller
from edge.detector import Detector
from models.engine import EngineError
from models.registry import open_vad, open_voice
from models.wake import StopWord, WakeWords

CANCELLERS: Mapping[str, Callable[[], EchoCanceller]] = {
    "webrtc": WebRtcEchoCanceller,
    "speexdsp": SpeexEchoCanceller,
}
_PEER = "speexdsp"
CONDITIONS = ("linear", "clipped", "50 ppm drift")
WAKE_WORDS = ("okay nabu", "hey jarvis", "hey mycroft", "alexa")
_DOUBLE_S = 8.0
_AGAIN_S, _BETWEEN_S = 2.0, 1.5
"""Of a second turn of each trial, and of the silence before it."""
_WEARERS_DB = (0.0, -10.0)


@dataclass(frozen=True, slots=True)
class EchoOptions:
    """What to measure."""

    data: Path
    """A folder with rooms/*.flac and clips/*.flac."""
    minutes: float = 3.0
    """Of our own speech for the self-triggers, over all volumes and rooms together."""
    seconds: float = 5.0
    """Of our own speech in each trial of the removal; 0 leaves the trials and the double talk out."""
    volumes: Sequence[int] = (40, 70, 100)
    voices: int = 3
    """People who speak into our voice."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How one canceller, new, did with one sound through one room."""

    canceller: str
    room: str
    volume: int
    condition: str
    removed: Removed
    processor_ms: float
    """For a second of sound."""


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """What our own voice set off through one room at one volume, all conditions one after the other."""

    room: str
    volume: int
    raw: Raw
    triggers: Triggers


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and on what."""

    machine: str
    missing: Sequence[str]
    """What could not be compared here, and why."""
    trials: Sequence[Trial]
    kept: Sequence[Kept]
    triggers: Sequence[TriggerRow]


def measure(options: EchoOptions, progress: Progress) -> Report:
    """Run all of it. Raises AudioError and EngineError."""
    rooms = rooms_of(options.data / "rooms")
    wake, stop, missing = _words()
    cancellers, without = _cancellers()
    voice = open_voice("espeak")
    with_trials = options.seconds > 0
    return Report(
        machine(),
        missing + without,
        list(_trials(options, rooms, cancellers, list(islice(speech(voice), _frames(options.seconds))), progress))
        if with_trials
        else [],
        list(_double_talk(options, rooms, cancellers, list(islice(speech(voice), _frames(_DOUBLE_S))), progress))
        if with_trials
        else [],
        list(_self_triggers(options, rooms, (wake, stop), speech(voice, seed=2), progress)),
    )


def _trials(
    options: EchoOptions,
    rooms: Mapping[str, Signal],
    cancellers: Mapping[str, Callable[[], EchoCanceller]],
    said: Sequence[bytes],
    progress: Progress,
) -> Iterator[Trial]:
    wished = [(room, volume, condition) for room in rooms for volume in options.volumes for condition in CONDITIONS]
    for room, volume, condition in progress.track(wished, description="echo removed"):
        again = [*said, *silence(_frames(_BETWEEN_S)), *said[: _frames(_AGAIN_S)]]
        played = list(at_volume(again, volume))
        settings = _room_options(condition, played)
        again_from = settings.delay + (len(said) + _frames(_BETWEEN_S)) * FRAME_SAMPLES
        heard = list(pairs(played, Room(rooms[room], settings)))
        for name, make in cancellers.items():
            run = cancel(make(), heard)
            cost_ms = run.processor_s / run.seconds * 1000
            yield Trial(name, room, volume, condition, removed(run, settings.delay, again_from), cost_ms)


def _double_talk(
    options: EchoOptions,
    rooms: Mapping[str, Signal],
    cancellers: Mapping[str, Callable[[], EchoCanceller]],
    said: Sequence[bytes],
    progress: Progress,
) -> Iterator[Kept]:
    played = list(at_volume(said, 70))
    clips = sorted((options.data / "clips").glob("*.flac"))
    people = [signal(read_sound(path)) for path in clips[:: max(1, len(clips) // max(1, options.voices))]]
    vad = open_vad("silero")
    wished = [(room, name) for room in rooms if not room.startswith(ACROSS) for name in cancellers]
    for room, name in progress.track(wished, description="both speak"):
        for over_db in _WEARERS_DB:
            yield kept(name, (room, rooms[room]), over_db, people[: options.voices], played, cancellers[name], vad)


def _self_triggers(
    options: EchoOptions,
    rooms: Mapping[str, Signal],
    words: tuple[WakeWords | None, StopWord | None],
    said: Iterator[bytes],
    progress: Progress,
) -> Iterator[TriggerRow]:
    wished = [(room, volume) for room in rooms for volume in options.volumes]
    each = _frames(options.minutes * 60 / max(1, len(wished) * len(CONDITIONS)))
    # They listen on from room to room, as they do when the wearer walks; the stop word costs too much to do it twice.
    vad, (wake, stop) = open_vad("silero"), words
    raw_wake = _wake_words() if wake is not None else None
    raw = Ears(open_vad("silero"), [WordDetector("wake word", raw_wake.detect)] if raw_wake else [])
    for room, volume in progress.track(wished, description="self-triggers"):
        heard: list[tuple[bytes, bytes]] = []
        for condition in CONDITIONS:
            played = list(at_volume(islice(said, each), volume))
            heard += pairs(played, Room(rooms[room], _room_options(condition, played)))
        detector = Detector(vad, canceller=WebRtcEchoCanceller(), wake=wake, stop=stop)
        # A third of it is enough to know that all this would be noticed, were it not taken out.
        yield TriggerRow(room, volume, count_raw(heard[:each], raw), count_triggers(detector, heard))


def _room_options(condition: str, played: Sequence[bytes]) -> RoomOptions:
    match condition:
        case "clipped":
            peak = float(abs(signal(b"".join(played))).max()) if played else 1.0
            return RoomOptions(clipping=Clipping.HARD, ceiling=max(1e-6, peak / 2))
        case "50 ppm drift":
            return RoomOptions(drift_ppm=50)
        case _:
            return RoomOptions()


def _cancellers() -> tuple[Mapping[str, Callable[[], EchoCanceller]], list[str]]:
    """Give those that this machine has."""
    try:
        SpeexEchoCanceller().close()
    except EchoError as exc:
        return {name: make for name, make in CANCELLERS.items() if name != _PEER}, [str(exc)]
    return CANCELLERS, []


def _words() -> tuple[WakeWords | None, StopWord | None, list[str]]:
    """Give what listens for our own words, and why some of it is left out."""
    wake, stop, missing = None, None, list[str]()
    try:
        wake = _wake_words()
    except (ImportError, EngineError) as exc:
        missing.append(f"wake words: {exc}")
    try:
        stop = _stop_word()
    except (ImportError, EngineError) as exc:
        missing.append(f"stop word: {exc}")
    return wake, stop, missing


def _wake_words() -> WakeWords:
    from models.micro_wake import MicroWakeWords  # its native library does not load everywhere

    return MicroWakeWords(WAKE_WORDS)


def _stop_word() -> StopWord:
    from models.stop_word import PocketsphinxStopWord  # the same

    return PocketsphinxStopWord()


def _frames(seconds: float) -> int:
    return round(seconds * 50)


def show(report: Report, console: Console) -> None:
    """Print the tables."""
    console.print(f"Echo of our own voice in simulated rooms, on {report.machine}")
    for reason in report.missing:
        console.print(f"left out: {reason}")
    if report.trials:
        console.print(_removal_table(report.trials), _kept_table(report.kept))
    console.print(_trigger_table(report.triggers))


def _removal_table(trials: Sequence[Trial]) -> Table:
    table = Table("canceller", "where", "how", title="dB removed, median and lowest over rooms and volumes", box=None)
    for name in ("first s", "second s", "later", "next turn", "25 dB in 1 s", "ms/s"):
        table.add_column(name, justify="right")
    for canceller in dict.fromkeys(trial.canceller for trial in trials):
        own = [trial for trial in trials if trial.canceller == canceller]
        for place, condition in product((EAR, WORN, ACROSS), CONDITIONS):
            group = [trial for trial in own if trial.condition == condition and trial.room.startswith(place)]
            if group:
                table.add_row(canceller, place, condition, *_removal_cells(group))
        for volume in dict.fromkeys(trial.volume for trial in own):
            group = [trial for trial in own if trial.volume == volume]
            table.add_row(canceller, "all", f"{volume} %", *_removal_cells(group))
    return table


def _removal_cells(group: Sequence[Trial]) -> list[str]:
    def cell(values: list[float]) -> str:
        return f"{statistics.median(values):.0f} {min(values):.0f}"

    soon = sum((trial.removed.good_after_s or 99) <= 1 for trial in group)
    return [
        cell([trial.removed.first_s_db for trial in group]),
        cell([trial.removed.second_s_db for trial in group]),
        cell([trial.removed.later_db for trial in group]),
        cell([trial.removed.again_db or 0.0 for trial in group]),
        f"{soon} of {len(group)}",
        f"{statistics.median(trial.processor_ms for trial in group):.0f}",
    ]


def _kept_table(rows: Sequence[Kept]) -> Table:
    table = Table("canceller", "where", "wearer over echo", title="the wearer's voice while we speak", box=None)
    for name in ("level dB", "correlation", "heard %"):
        table.add_column(name, justify="right")
    for row in rows:
        figures = f"{row.level_db:.1f}", f"{row.correlation:.2f}", f"{row.heard * 100:.0f}"
        table.add_row(row.canceller, row.room, f"{row.wearer_db:.0f} dB", *figures)
    return table


def _trigger_table(rows: Sequence[TriggerRow]) -> Table:
    minutes = sum(row.triggers.seconds for row in rows) / 60
    table = Table("where", "volume", title=f"set off by {minutes:.0f} minutes of our own speech", box=None)
    for name in ("speech, raw", "wake, raw", "wake", "stop", "utterances", "held", "gave way", "deaf s", "at the end"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(row.room, f"{row.volume} %", *_trigger_cells([row]), row.triggers.last_report)
    table.add_row("all", "", *_trigger_cells(rows), "")
    return table


def _trigger_cells(rows: Sequence[TriggerRow]) -> list[str]:
    ones = [row.triggers for row in rows]
    counts = [
        sum(row.raw.speech for row in rows),
        sum(len(row.raw.fired) for row in rows),
        sum(len(one.woke) for one in ones),
        sum(one.stops for one in ones),
        sum(one.utterances for one in ones),
        sum(one.held for one in ones),
        sum(one.gave_way for one in ones),
        round(sum(one.deaf_s for one in ones)),
    ]
    return [str(value) for value in counts]
