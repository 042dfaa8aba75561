"""Measures wake words and the stop word: misses by voice and place, false accepts an hour with their exact bound."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from audio.frames import SAMPLE_RATE
from edge.benches.bounds import rate_bound, share_bound
from edge.benches.figures import machine
from edge.benches.hearing_clips import read_clips
from edge.benches.wake_listeners import Keyphrases, Listener, OurStopWord, OurWakeWords
from edge.benches.wake_sounds import Places, Speaker, speakers
from edge.benches.wake_talk import Recordings, Talk, talk
from models.micro_wake import bundled_wake_words
from models.stop_language import WORD

_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class WakeOptions:
    """What to measure."""

    data: Path | None = None
    """A folder with manifest.jsonl, clips/, noise/ and rooms/; without it only synthetic voices in a quiet place."""
    hours: float = 1.0
    """Of talk and noise without any phrase."""
    sensitivity: float = 0.5
    peer: bool = True


@dataclass(frozen=True, slots=True)
class Missed:
    """How often a phrase was not noticed."""

    listener: str
    phrase: str
    where: str
    """The place, or the voice."""
    missed: int
    said: int
    bound_percent: float
    """Not exceeded with 95% confidence."""


@dataclass(frozen=True, slots=True)
class FalseAccepts:
    """How often a phrase was noticed that nobody had said."""

    listener: str
    phrases: int
    sound: str
    hours: float
    accepts: int
    noticed: Sequence[str]
    """Which phrases, each time."""
    an_hour: float
    bound_an_hour: float
    """Not exceeded with 95% confidence."""
    processor_ms_a_second: float
    """Of sound."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and on what."""

    machine: str
    data: str
    voices: int
    by_place: list[Missed]
    by_voice: list[Missed]
    """All places together."""
    recorded_minutes: float
    """Of people and noises; every hour beyond is mixed anew from them."""
    false_accepts: list[FalseAccepts]


@dataclass(frozen=True, slots=True)
class _Trial:
    listener: str
    phrase: str
    voice: str
    place: str
    is_missed: bool


def measure(options: WakeOptions, progress: Progress) -> Report:
    """Measure. Raises EngineError, AudioFileError, OSError and ValueError."""
    phrases = bundled_wake_words()
    listeners: list[Listener] = [OurWakeWords(phrases, options.sensitivity), OurStopWord()]
    if options.peer:
        listeners += [Keyphrases(phrases), Keyphrases([WORD])]
    voices = speakers()
    recordings = Recordings(options.data, read_clips(options.data) if options.data else [], [*phrases, WORD])
    trials = _trials(listeners, voices, Places(options.data), [*phrases, WORD], progress)
    return Report(
        machine(),
        str(options.data or "none: synthetic voices in a quiet place"),
        len({str(voice) for voice in voices}),
        _missed(trials, "place"),
        _missed(trials, "voice"),
        recordings.minutes,
        _false_accepts(listeners, recordings, options.hours, progress),
    )


def _trials(
    listeners: Sequence[Listener], voices: Sequence[Speaker], places: Places, phrases: Sequence[str], progress: Progress
) -> list[_Trial]:
    task = progress.add_task("saying phrases", total=len(phrases) * len(voices) * len(places.names()))
    trials = []
    for phrase in phrases:
        for number, voice in enumerate(voices):
            said = voice.say(phrase)
            for place in places.names():
                heard = places.put(said, place, number)
                trials += [
                    _Trial(one.name, phrase, str(voice), place, phrase not in one.noticed(heard))
                    for one in listeners
                    if phrase in one.phrases
                ]
                progress.advance(task)
    return trials


def _missed(trials: Sequence[_Trial], by: str) -> list[Missed]:
    said: Counter[tuple[str, str, str]] = Counter()
    missed: Counter[tuple[str, str, str]] = Counter()
    for trial in trials:
        key = trial.listener, trial.phrase, trial.place if by == "place" else trial.voice
        said[key] += 1
        missed[key] += trial.is_missed
    return [Missed(*key, missed[key], said[key], 100 * share_bound(missed[key], said[key])) for key in said]


def _false_accepts(
    listeners: Sequence[Listener], recordings: Recordings, hours: float, progress: Progress
) -> list[FalseAccepts]:
    task = progress.add_task("listening to talk", total=hours * _HOUR)
    tallies = [_Tally(listener) for listener in listeners]
    for one in talk(recordings, hours * _HOUR):
        for tally in tallies:
            tally.listen(one)
        progress.advance(task, len(one.pcm) / 2 / SAMPLE_RATE)
    return [row for tally in tallies for row in tally.rows()]


class _Tally:
    """Counts what a listener notices in talk that has none of its phrases."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._seconds: Counter[str] = Counter()
        self._noticed: dict[str, list[str]] = {}
        self._busy_s: Counter[str] = Counter()

    def listen(self, one: Talk) -> None:
        began_s = time.thread_time()
        noticed = self._listener.noticed(one.pcm)
        busy_s = time.thread_time() - began_s
        for kind in (one.kind, "all"):
            self._seconds[kind] += round(len(one.pcm) / 2 / SAMPLE_RATE * 1000)
            self._noticed.setdefault(kind, []).extend(noticed)
            self._busy_s[kind] += round(busy_s * 1e6)

    def rows(self) -> list[FalseAccepts]:
        kinds = sorted(self._seconds, key=lambda kind: kind == "all")
        return [self._row(kind) for kind in kinds]

    def _row(self, kind: str) -> FalseAccepts:
        seconds, noticed = self._seconds[kind] / 1000, self._noticed[kind]
        accepts = len(noticed)
        hours = seconds / _HOUR
        return FalseAccepts(
            self._listener.name,
            len(self._listener.phrases),
            kind,
            hours,
            accepts,
            noticed,
            accepts / hours,
            rate_bound(accepts, hours),
            self._busy_s[kind] / 1000 / seconds,
        )


def show(report: Report, console: Console) -> None:
    """Print the tables."""
    console.print(f"{report.voices} synthetic voices at three paces, on {report.machine}; recordings: {report.data}")
    for title, rows in (("missed, by place", report.by_place), ("missed, by voice", report.by_voice)):
        table = Table("listener", "phrase", "where", title=title, title_justify="left", box=None)
        for name in ("missed", "said", "95% at most"):
            table.add_column(name, justify="right")
        for row in rows:
            cells = str(row.missed), str(row.said), f"{row.bound_percent:.0f}%"
            table.add_row(row.listener, row.phrase, row.where, *cells)
        console.print(table)
    console.print(
        f"Talk and noise: {report.recorded_minutes:.1f} minutes of recordings, once as they are, then mixed anew: cut, "
        "at another pace and loudness, over each other, in rooms; and synthetic voices that read other sentences"
    )
    _show_false_accepts(report.false_accepts, console)


def _show_false_accepts(rows: Sequence[FalseAccepts], console: Console) -> None:
    table = Table("listener", "sound", title="noticed, though nobody had said it", title_justify="left", box=None)
    for name in ("phrases", "hours", "times", "an hour", "95% at most", "ms a second", "which"):
        table.add_column(name, justify="right")
    for row in rows:
        which = ", ".join(f"{name} {times}" for name, times in Counter(row.noticed).items())
        counts = str(row.phrases), f"{row.hours:.2f}", str(row.accepts), f"{row.an_hour:.1f}"
        rates = f"{row.bound_an_hour:.1f}", f"{row.processor_ms_a_second:.1f}"
        table.add_row(row.listener, row.sound, *counts, *rates, which)
    console.print(table)
