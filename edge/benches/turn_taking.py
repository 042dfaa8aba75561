"""Measures where we take an utterance to be over: too early, in a hesitation, or how late after its last sound.

The recogniser's computing takes no time here; what it costs is told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, repeat
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from audio.endpoint import Endpointer, EndpointOptions, SpeechEnded
from audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from edge.benches.figures import machine, percentile
from edge.benches.hearing_clips import read_clips
from edge.benches.hearing_engines import meet_somebody_new
from edge.benches.turn_sounds import Said, commands, people
from edge.benches.turn_trace import Known, Trace, trace
from edge.completeness import Completeness, Endings, Judge
from edge.config import Config
from edge.corpus import labelled
from edge.engines import known_sentences, open_recogniser
from edge.fast_path import FastPath
from edge.listener import Listener
from edge.turn_end import TurnEnd, TurnEndOptions
from models.asr import Recogniser
from models.registry import open_vad

_FIXED_S = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
_SEED = 77
"""Other sentences than the recogniser's own, which have 1."""
ALL = "all of them"
_LONGEST = 60 * SAMPLE_RATE
_SILENT_FRAMES = 200
"""4 s of silence after each utterance: longer than any patience."""

Rule = Callable[[Known], int]
"""From what is known to samples of silence."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure."""

    data: Path | None = None
    """A folder with manifest.jsonl and clips; without one, synthetic commands alone."""
    clips: int | None = None
    """At most so many recordings, spread over the sets."""
    commands: int = 60
    """So many synthetic commands. Every utterance comes twice: as said, and with a hesitation of 0.2 to 0.8 s."""
    half: str = "all"
    """"tune" is what the settings were chosen on, "exam" the rest."""
    config: Config = field(default_factory=Config)
    """The recogniser and the templates are those that these settings name."""
    settings: TurnEndOptions = field(default_factory=TurnEndOptions)


@dataclass(frozen=True, slots=True)
class Row:
    """How a rule did on a group of utterances."""

    rule: str
    group: str
    utterances: int
    cut_off: int
    """Ended before their last sound."""
    p50_ms: float
    p95_ms: float
    """From the last voiced sample to the decision, of those not cut off."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and on what."""

    machine: str
    data: str
    half: str
    sound_s: float
    recogniser_s: float
    """Processor time."""
    rows: Sequence[Row]


def measure(options: Options, progress: Progress) -> Report:
    """Measure. Raises EngineError, AudioFileError, OSError for a file, and ValueError for what is in it."""
    templates = _templates(options.config)
    said = [one for one in _utterances(options, templates) if options.half in ("all", one.half)]
    known = known_sentences(options.config)
    judge, recogniser = Judge(templates, Endings(known.endings)), open_recogniser(options.config, known)
    traces = list(_traces(said, recogniser, Listener(recogniser, judge, TurnEnd(options.settings)), progress))
    return Report(
        machine(),
        "synthetic commands" if options.data is None else f"{options.data} and synthetic commands",
        options.half,
        sum(len(one.pcm) for one in said) / 2 / SAMPLE_RATE,
        sum(one.recogniser_s for one in traces),
        compare(traces, cache(judge.judge), options.settings),
    )


def compare(traces: Sequence[Trace], judge: Callable[[str], Completeness], settings: TurnEndOptions) -> list[Row]:
    """Give rows of ours, of ours without the voice, and of plain silences, for each group."""
    ours = TurnEnd(settings)
    rules: dict[str, Rule] = {
        "words and voice (ours)": lambda known: ours.silence(_twice(judge, known), known.fall),
        "not read again": lambda known: ours.silence(judge(known.words), known.fall),
        "words alone": lambda known: ours.silence(_twice(judge, known)),
        "voice alone": lambda known: ours.silence(Completeness.UNKNOWN, known.fall),
    }
    rules |= {f"{seconds:g} s of silence": _fixed(seconds) for seconds in _FIXED_S}
    groups = {group: [one for one in traces if one.said.group == group] for group in _groups(traces)}
    groups[ALL] = list(traces)
    return [_row(name, group, rule, heard) for group, heard in groups.items() for name, rule in rules.items()]


def _groups(traces: Sequence[Trace]) -> list[str]:
    return list(dict.fromkeys(one.said.group for one in traces))


def _twice(judge: Callable[[str], Completeness], known: Known) -> Completeness:
    """Judge as a Listener does."""
    first = judge(known.words)
    return judge(known.reread) if first is Completeness.UNKNOWN else first


def _fixed(seconds: float) -> Rule:
    return lambda known: round(seconds * SAMPLE_RATE)


def _row(name: str, group: str, rule: Rule, traces: Sequence[Trace]) -> Row:
    delays = [decided_at(one, rule) - one.said.end for one in traces]
    late = sorted(delay * 1000 / SAMPLE_RATE for delay in delays if delay >= 0) or [float("nan")]
    return Row(name, group, len(delays), sum(delay < 0 for delay in delays), percentile(late, 50), percentile(late, 95))


def decided_at(heard: Trace, rule: Rule) -> int:
    """Give the sample at which the utterance is first taken to be over, followed by silence without end."""
    endpointer = Endpointer(EndpointOptions(max_utterance=_LONGEST))
    # What a frame tells is known when the next one is decided on.
    known = chain([Known()], heard.known, repeat(heard.known[-1]))
    for number, probability in enumerate((*heard.probabilities, *[0.0] * _SILENT_FRAMES)):
        endpointer.allow_silence(rule(next(known)))
        ended = endpointer.take(number * FRAME_SAMPLES, probability)
        if isinstance(ended, SpeechEnded):
            return ended.end
    return (len(heard.probabilities) + _SILENT_FRAMES) * FRAME_SAMPLES


def command_texts(config: Config, templates: FastPath, count: int) -> list[str]:
    """Give commands of more than two words that the templates understand."""
    wearable = config.wearable
    samples = labelled(wearable.language, wearable.people, wearable.lists, 8 * count, _SEED)
    texts = dict.fromkeys(one.text for one in samples if len(one.text.split()) > 2 and templates.match(one.text))
    return list(texts)[:count]


def _templates(config: Config) -> FastPath:
    return FastPath(config.wearable.language, config.wearable.people, config.wearable.lists)


def _utterances(options: Options, templates: FastPath) -> Iterator[Said]:
    yield from commands(command_texts(options.config, templates, options.commands))
    if options.data is not None:
        clips = read_clips(options.data, options.half)
        count = len(clips) if options.clips is None else min(options.clips, len(clips))
        yield from people(options.data, [clips[place * len(clips) // count] for place in range(count)])


def _traces(said: Sequence[Said], recogniser: Recogniser, listener: Listener, progress: Progress) -> Iterator[Trace]:
    """Hear all; the utterances of a speaker follow one another, as a wearer's do."""
    vad = open_vad("silero")
    task = progress.add_task("hearing", total=len(said))
    speaker = None
    for one in sorted(said, key=lambda one: (one.speaker, one.name)):
        if one.speaker != speaker:
            meet_somebody_new(recogniser)
            speaker = one.speaker
        yield trace(one, vad, listener)
        progress.advance(task)


def show(report: Report, console: Console) -> None:
    """Print the curves."""
    console.print(
        f"{report.data} ({report.half}), {report.sound_s:.0f} s of sound, on {report.machine}; the recogniser took "
        f"{report.recogniser_s / report.sound_s:.2f} processor seconds for a second"
    )
    for group in dict.fromkeys(row.group for row in report.rows):
        rows = [row for row in report.rows if row.group == group]
        table = Table("over after", title=f"{group}: {rows[0].utterances} utterances", title_justify="left", box=None)
        for column in ("cut off", "of 100", "delay p50, ms", "p95"):
            table.add_column(column, justify="right")
        for row in rows:
            share = 100 * row.cut_off / row.utterances
            table.add_row(row.rule, str(row.cut_off), f"{share:.0f}", f"{row.p50_ms:.0f}", f"{row.p95_ms:.0f}")
        console.print(table)
    console.print('"hesitating": with one pause of 0.2 to 0.8 s between two of its words. The delay is from the last')
    console.print("voiced sample, by energy, to the decision.")
