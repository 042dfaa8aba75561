"""Measures hearing on recordings of people: wrong words, commands done, refusals and false actions, by set and noise.

What the endpointer cuts is not measured here: each clip comes whole, with the pauses that it would leave.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from audio.frames import SAMPLE_RATE
from edge.benches.figures import machine
from edge.benches.hearing_clips import Clip, Condition, Sounds, read_clips
from edge.benches.hearing_engines import PlainPocketsphinx, meet_somebody_new
from edge.benches.hearing_marks import Meaning, Outcome, Score, mark
from edge.benches.hearing_meaning import Understanding, is_believed, understanding
from edge.completeness import Endings, Judge
from edge.config import Config
from edge.engines import known_sentences, open_recogniser
from edge.listener import Listener
from edge.turn_end import TurnEnd
from models.asr import Heard, Recogniser
from models.pocket.wording import as_heard

ALL = "all sets"
_FRAME = 640
_COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure."""

    data: Path
    """A folder with manifest.jsonl, clips, and where they are asked for noise/ and rooms/."""
    noise_db: tuple[float, ...] = ()
    """Besides the recordings as they are: with noise so many dB under the speech."""
    rooms: bool = False
    """Whether to measure all of it in rooms as well."""
    half: str = "all"
    """"tune", "exam" or "all"."""
    limit: int | None = None
    """At most so many clips, spread over the sets."""
    peer: bool = True
    """Whether to compare with pocketsphinx as it comes."""
    config: Config = field(default_factory=Config)
    """The recogniser is the one that these settings name."""


@dataclass(frozen=True, slots=True)
class Row:
    """The marks of one set in one condition."""

    condition: str
    source: str
    """The set; "all sets" for all of them together."""
    score: Score


@dataclass(frozen=True, slots=True)
class Result:
    """How a recogniser did."""

    engine: str
    rows: Sequence[Row]
    outcomes: Mapping[str, Sequence[Outcome]]
    """By condition, in the order of the clips."""
    sound_s: float
    processor_s: float
    """Of hearing alone, understanding left out."""
    memory_mb: float
    """That the process grew by, from before it was opened to after the last clip."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and on what."""

    machine: str
    data: str
    half: str
    clips: int
    clips_s: float
    commands_by_people: int
    """Clips that are commands to an assistant, whether or not it is ours."""
    results: Sequence[Result]


def measure(options: Options, progress: Progress) -> Report:
    """Measure. Raises EngineError, AudioFileError, OSError for a file, and ValueError for what is in it."""
    clips = _some(read_clips(options.data, options.half), options.limit)
    sounds, conditions = Sounds(options.data), _conditions(options)
    known = known_sentences(options.config)
    with understanding(options.config.wearable) as meaning:
        judge = Judge(meaning.templates, Endings(known.endings))
        course = _Course(clips, conditions, sounds, meaning, judge, progress)
        results = [course.run(options.config.hearing.recogniser, lambda: open_recogniser(options.config, known))]
        if options.peer:
            results.append(course.run("pocketsphinx as it comes", PlainPocketsphinx))
    clips_s = results[0].sound_s / len(conditions)
    commands = sum(clip.kind == _COMMAND for clip in clips)
    return Report(machine(), str(options.data), options.half, len(clips), clips_s, commands, results)


def _conditions(options: Options) -> list[Condition]:
    noises = (None, *options.noise_db)
    return [Condition(noise, in_room) for in_room in (False, True)[: 1 + options.rooms] for noise in noises]


def _some(clips: Sequence[Clip], limit: int | None) -> Sequence[Clip]:
    if limit is None or limit >= len(clips):
        return clips
    return [clips[place * len(clips) // limit] for place in range(limit)]


class _Course:
    """What every recogniser goes through."""

    def __init__(
        self,
        clips: Sequence[Clip],
        conditions: Sequence[Condition],
        sounds: Sounds,
        meaning: Understanding,
        judge: Judge,
        progress: Progress,
    ) -> None:
        self._clips = clips
        self._conditions = conditions
        self._sounds = sounds
        self._meaning = meaning
        self._judge = judge
        self._progress = progress
        self._wanted = [meaning.meaning(Heard(as_heard(clip.text), 1.0)) for clip in clips]

    def run(self, name: str, opener: Callable[[], Recogniser]) -> Result:
        process = psutil.Process()
        before = process.memory_info().rss
        recogniser = opener()
        task = self._progress.add_task(name, total=len(self._clips) * len(self._conditions))
        outcomes: dict[str, Sequence[Outcome]] = {}
        clock = _Clock()
        for condition in self._conditions:
            heard = []
            for one in self._hear(recogniser, condition, clock):
                heard.append(one)
                self._progress.advance(task)
            outcomes[str(condition)] = [
                self._outcome(*one) for one in zip(self._clips, heard, self._wanted, strict=True)
            ]
        memory_mb = (process.memory_info().rss - before) / 1e6
        rows = [row for condition, marked in outcomes.items() for row in _rows(condition, marked)]
        return Result(name, rows, outcomes, clock.sound_s, clock.processor_s, memory_mb)

    def _hear(self, recogniser: Recogniser, where: Condition, clock: _Clock) -> Iterator[Heard]:
        """Yield what is heard of each clip. The clips of a speaker follow one another, as a wearer's utterances do."""
        listener, speaker = Listener(recogniser, self._judge, TurnEnd()), None
        for clip in self._clips:
            if clip.speaker != speaker:
                meet_somebody_new(recogniser)
                speaker = clip.speaker
            yield clock.listen(listener, self._sounds.hear(clip, where))

    def _outcome(self, clip: Clip, heard: Heard, wanted: Meaning) -> Outcome:
        return Outcome(
            clip.file,
            clip.source,
            clip.kind == _COMMAND,
            as_heard(clip.text),
            heard.text,
            heard.confidence,
            is_believed(heard),
            wanted,
            self._meaning.meaning(heard),
        )


class _Clock:
    """Counts what hearing costs."""

    def __init__(self) -> None:
        self.sound_s = 0.0
        self.processor_s = 0.0

    def listen(self, listener: Listener, pcm: bytes) -> Heard:
        """Give what is made of one utterance, frame by frame, without a closer look in its pauses."""
        began = time.process_time()
        listener.start()
        for place in range(0, len(pcm), _FRAME):
            listener.hear(pcm[place : place + _FRAME], silent=0)
        heard = listener.finish()
        self.processor_s += time.process_time() - began
        self.sound_s += len(pcm) / 2 / SAMPLE_RATE
        return heard


def _rows(condition: str, outcomes: Sequence[Outcome]) -> Iterator[Row]:
    for source in dict.fromkeys(one.source for one in outcomes):
        yield Row(condition, source, mark([one for one in outcomes if one.source == source]))
    yield Row(condition, ALL, mark(outcomes))


def show(report: Report, console: Console) -> None:
    """Print the tables."""
    console.print(
        f"{report.clips} clips ({report.half}), {report.clips_s:.0f} s of sound with its pauses, of {report.data}, "
        f"on {report.machine}"
    )
    console.print(
        f"Only {report.commands_by_people} of them are commands by people: their success is an anecdote. "
        "Each clip comes whole, so what an endpointer cuts wrongly is not in these figures."
    )
    for result in report.results:
        table = Table("condition", "set", title=result.engine, title_justify="left", box=None)
        for name in _COLUMNS:
            table.add_column(name, justify="right")
        for row in result.rows:
            table.add_row(row.condition, row.source, *_cells(row.score), end_section=row.source == ALL)
        console.print(table)
        console.print(
            f"{result.processor_s / result.sound_s:.2f} processor seconds for a second of sound, "
            f"{result.memory_mb:.0f} MB of memory"
        )
    console.print(_LEGEND)


_COLUMNS = ("clips", "words wrong", "not caught", "done", "done wrong", "others", "calls", "effects", "unasked")
_LEGEND = (
    '"done" and "done wrong" are of commands whose words mean one of our tools. "others" are clips that are no '
    'command; believed words of theirs lead to "calls" of any tool, to "effects" (a tool that does more than read, '
    'perhaps after a question; in brackets those to which the written words lead too), and "unasked" without one.'
)


def _cells(score: Score) -> tuple[str, ...]:
    return (
        str(score.clips),
        f"{score.word_error_percent:.1f}%",
        str(score.not_caught),
        f"{score.commands_done}/{score.commands}",
        str(score.commands_wrong),
        str(score.others),
        str(score.false_calls),
        f"{score.false_effects} ({score.own_effects}), {score.false_effect_percent:.1f}%",
        str(score.false_unasked),
    )
