"""Measures barge-in: how soon we are silent when somebody speaks into our speech, and what false alarms cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from edge.benches.barge_in_sounds import Intrusion, Places, nuisances, our_sentences, speakers
from edge.benches.barge_in_world import AtFirstWord, AtSpeechStarted, Hold, Policy, Trial, World
from edge.benches.figures import machine, percentile
from edge.config import Config
from edge.engines import known_sentences, open_recogniser
from edge.interruption import Interruption, InterruptionOptions
from models.registry import open_vad

_SPEECH = "speech"
_NEVER_MS = 1e6
_NO_ECHO_DB = 120.0


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure."""

    data: Path | None = None
    """A folder with manifest.jsonl, clips, noise/ and rooms/; without one, espeak's other voice speaks into ours."""
    trials: int = 1000
    """Times that somebody speaks into our speech; a quarter as many coughs, noises and "mhm" each come on top."""
    half: str = "all"
    """Of the recordings: "tune" is what the settings were chosen on, "exam" the rest."""
    residual_db: tuple[float, ...] = (25.0, 30.0, 40.0)
    """How far what the echo canceller leaves of our voice lies under the wearer's, one of them by chance."""
    held_blocks: int = 1
    """Device periods of 20 ms that the driver has taken and plays whatever we decide."""
    peer_trials: int = 200
    """The same for the peers that stop at 0.1 s of speech."""
    word_trials: int = 20
    """The same for the peer that waits for a recognised word, and takes the longest."""
    settings: InterruptionOptions = field(default_factory=InterruptionOptions)


@dataclass(frozen=True, slots=True)
class Nuisance:
    """What became of sounds of one kind that must not stop us."""

    kind: str
    trials: int
    held: int
    """Times that we fell silent and went on."""
    longest_held_ms: float
    lost: int
    """Times that we gave up what we were saying."""


@dataclass(frozen=True, slots=True)
class Row:
    """How a policy did."""

    policy: str
    trials: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    """From the onset of speech to our last audible sample; a million where we never stopped."""
    longest_ms: float
    never: int
    """Trials in which we spoke on."""
    spoilt: int
    """Trials in which our own echo had silenced us before; not in the times."""
    stale_samples: int
    """Given to the driver after the decision."""
    not_exact_samples: int
    """Lost, doubled or wrongly counted in all trials, false ones included."""
    unheard_letters: int
    """That history held and nobody heard."""
    false_holds_a_minute: float
    """Times that we fell silent for our own echo, for each minute of our speech."""
    nuisances: Sequence[Nuisance]


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and on what."""

    machine: str
    data: str
    half: str
    residual_db: Sequence[float]
    held_blocks: int
    rows: Sequence[Row]


def measure(options: Options, progress: Progress) -> Report:
    """Measure. Raises EngineError, AudioFileError, OSError for a file, and ValueError for what is in it."""
    course = _Course(options, progress)
    rows = [
        course.run("hold, then decide (ours)", lambda: Hold(Interruption(options.settings)), options.trials),
        course.run("stop at 0.1 s of speech", AtSpeechStarted, options.peer_trials),
        course.run("the same without any echo", AtSpeechStarted, options.peer_trials, echo=False),
    ]
    if options.word_trials:
        wearable = Config()
        rows.append(
            course.run(
                "stop at the first word, without any echo",
                lambda: AtFirstWord(open_recogniser(wearable, known_sentences(wearable))),
                options.word_trials,
                echo=False,
            )
        )
    data = "espeak" if options.data is None else str(options.data)
    return Report(machine(), data, options.half, options.residual_db, options.held_blocks, rows)


class _Course:
    """What every policy goes through."""

    def __init__(self, options: Options, progress: Progress) -> None:
        self._options = options
        self._progress = progress
        self._sentences = our_sentences()
        self._speakers = speakers(options.data, options.half)
        self._places = Places(options.data)

    def run(self, name: str, policy: Callable[[], Policy], count: int, *, echo: bool = True) -> Row:
        intrusions = [self._speakers[number % len(self._speakers)] for number in range(count)]
        intrusions += nuisances(self._options.data, count // 4)
        task = self._progress.add_task(name, total=len(intrusions))
        world = World(
            open_vad("silero"),
            policy(),
            self._sentences,
            residual_db=self._options.residual_db if echo else (_NO_ECHO_DB,),
            held_blocks=self._options.held_blocks,
        )
        trials = []
        for seed in _shuffled(len(intrusions)):
            trials.append(world.trial(self._place(intrusions[seed], seed), seed))
            self._progress.advance(task)
        return summarise(name, trials)

    def _place(self, intrusion: Intrusion, seed: int) -> Intrusion:
        return intrusion if intrusion.kind == "noise" else self._places.put(intrusion, seed)


def _shuffled(count: int) -> list[int]:
    """Give the numbers in an order that mixes the kinds, always the same."""
    return sorted(range(count), key=lambda number: number * 0.618034 % 1)


def summarise(name: str, trials: Sequence[Trial]) -> Row:
    """Count."""
    speech = [one for one in trials if one.kind == _SPEECH]
    fair = [one for one in speech if not one.spoilt]
    lags = sorted(_NEVER_MS if one.lag_ms is None else one.lag_ms for one in fair) or [_NEVER_MS]
    minutes = sum(one.before_s for one in trials) / 60
    return Row(
        name,
        len(speech),
        percentile(lags, 50),
        percentile(lags, 95),
        percentile(lags, 99),
        lags[-1],
        sum(one.lag_ms is None for one in fair),
        len(speech) - len(fair),
        sum(one.stale for one in trials),
        sum(one.not_exact for one in trials),
        sum(one.unheard_letters for one in trials),
        sum(one.false_before for one in trials) / minutes if minutes else 0.0,
        [_nuisance(kind, trials) for kind in dict.fromkeys(one.kind for one in trials) if kind != _SPEECH],
    )


def _nuisance(kind: str, trials: Sequence[Trial]) -> Nuisance:
    of_kind = [one for one in trials if one.kind == kind and not one.spoilt]
    held = [one.held_ms for one in of_kind if one.held_ms and not one.yielded]
    return Nuisance(kind, len(of_kind), len(held), max(held, default=0.0), sum(one.yielded for one in of_kind))


def show(report: Report, console: Console) -> None:
    """Print the tables."""
    rest = ", ".join(f"{level:g}" for level in report.residual_db)
    console.print(
        f"People of {report.data} ({report.half}) speak into espeak's speech, of which {rest} dB under theirs is left, "
        f"half of them in rooms, a third in noise 20 dB under them; the driver holds {report.held_blocks} blocks of "
        f"20 ms; on {report.machine}"
    )
    table = Table("from onset to our last sound, ms", box=None)
    for column in _COLUMNS:
        table.add_column(column, justify="right")
    for row in report.rows:
        times = (row.p50_ms, row.p95_ms, row.p99_ms, row.longest_ms)
        counts = (row.never, row.spoilt, row.stale_samples, row.not_exact_samples, row.unheard_letters)
        table.add_row(row.policy, str(row.trials), *map(_time, times), *map(str, counts))
    console.print(table)
    nuisances_ = Table("what must not stop us", box=None)
    for column in ("sounds", "held and went on", "longest held, ms", "given up"):
        nuisances_.add_column(column, justify="right")
    for row in report.rows:
        nuisances_.add_row(f"{row.policy}: own echo, {row.false_holds_a_minute:.1f} times a minute")
        for one in row.nuisances:
            nuisances_.add_row(
                f"  {one.kind}", str(one.trials), str(one.held), f"{one.longest_held_ms:.0f}", str(one.lost)
            )
    console.print(nuisances_)
    console.print('Coughs and "mhm" are synthetic. "spoilt": our own echo had silenced us before the wearer spoke.')


_COLUMNS = ("trials", "p50", "p95", "p99", "longest", "never", "spoilt", "stale", "inexact", "unheard letters")


def _time(value: float) -> str:
    return "never" if value >= _NEVER_MS else f"{value:.0f}"
