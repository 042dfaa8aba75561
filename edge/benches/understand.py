"""Measures how well sentences are understood: tools, whole calls, false actions and cost, beside two baselines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import psutil
from rich.progress import Progress

from edge.benches.figures import machine
from edge.config import Config
from edge.engines import known_sentences, open_recogniser
from edge.exam.copying import Copied, copied
from edge.exam.engines import Both, Engine, Linear, Neighbour, Pocket, Templates, open_pocket
from edge.exam.heard import Hearing, hear
from edge.exam.marks import Confusion, Score, by_domain, confusions, score
from edge.exam.questions import Answer, Exam
from edge.exam.sitting import Cost, Sitting, sit
from edge.exam.wish import Wish, chosen_exam, idle_exam, training_folder
from edge.fast_path import FastPath
from models.pocket.lessons import gather
from models.pocket.speakers import speakers

_SEED = 1


@dataclass(frozen=True, slots=True)
class Result:
    """How an engine did."""

    engine: str
    score: Score
    by_domain: Mapping[str, Score]
    confusions: Sequence[Confusion]
    cost: Cost
    idle: Score | None
    """Of the sentences that ask for nothing."""
    heard: Score | None
    """Of the same sentences, spoken and heard."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How well the sentences were heard."""

    word_error_percent: float
    not_believed: int
    """Rows of which the recogniser itself was not sure enough: the wearable asks to say them again."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and on what."""

    machine: str
    source: str
    rows: int
    unknown_intents: Mapping[str, int]
    """Rows that are left out because the table does not know them."""
    notes: Sequence[str]
    least_confidence: float
    idle_source: str
    results: Sequence[Result]
    heard: Heard | None
    copying: Copied | None


def measure(wish: Wish, config: Config, progress: Progress) -> Report:
    """Measure what was wished for. Raises EngineError, OSError for a file, and ValueError for what is in it."""
    exam, idle = chosen_exam(wish, config.wearable), idle_exam(wish)
    folder, notes = training_folder(wish)
    hearing = None
    if wish.asr:
        hearing = hear(
            open_recogniser(config, known_sentences(config)),
            speakers(),
            exam.questions,
            _bar(progress, "speaking and hearing"),
        )
    course = _Course(exam, idle, hearing, wish.least_confidence, progress)
    results = [course.run(partial(_chosen_engine, wish, config))]
    if folder is not None:
        lessons = gather(folder, None, _SEED)
        results.append(course.run(partial(Neighbour, lessons)))
        results.append(course.run(partial(Linear, lessons, _bar(progress, "teaching the linear classifier"))))
    copying = copied(Pocket(open_pocket(wish.weights)), _bar(progress, "copying")) if wish.copying else None
    return Report(
        machine(),
        exam.source,
        len(exam.questions),
        dict(exam.unknown),
        [*exam.notes, *notes],
        wish.least_confidence,
        idle.source if idle else "",
        results,
        Heard(hearing.word_error_percent, list(hearing.believed).count(False)) if hearing else None,
        copying,
    )


def _chosen_engine(wish: Wish, config: Config) -> Engine:
    if wish.engine == "pocket":
        return Pocket(open_pocket(wish.weights))
    templates = Templates(FastPath("en", config.wearable.people, config.wearable.lists))
    return templates if wish.engine == "fast-path" else Both(templates, Pocket(open_pocket(wish.weights)))


@dataclass(frozen=True, slots=True)
class _Course:
    """What every engine goes through."""

    exam: Exam
    idle: Exam | None
    hearing: Hearing | None
    least_confidence: float
    progress: Progress

    def run(self, opener: Callable[[], Engine]) -> Result:
        process = psutil.Process()
        before = process.memory_info().rss
        engine = opener()
        sat = self._sit(engine, self.exam, "")
        cost = sat.cost((process.memory_info().rss - before) / 1e6)
        heard = self._mark(engine, self.exam, self._answers_as_heard(engine, self.hearing)) if self.hearing else None
        quiet = (
            self._mark(engine, self.idle, self._sit(engine, self.idle, ", nothing asked").answers)
            if self.idle
            else None
        )
        return Result(
            engine.name,
            self._mark(engine, self.exam, sat.answers),
            by_domain(self.exam.questions, sat.answers, self.least_confidence, with_arguments=engine.gives_arguments),
            confusions(self.exam.questions, sat.answers),
            cost,
            quiet,
            heard,
        )

    def _sit(self, engine: Engine, exam: Exam, what: str) -> Sitting:
        return sit(engine, [[one.text] for one in exam.questions], _bar(self.progress, f"{engine.name}{what}"))

    def _answers_as_heard(self, engine: Engine, hearing: Hearing) -> list[Answer]:
        sat = sit(engine, hearing.readings, _bar(self.progress, f"{engine.name}, as heard"))
        # What is not believed is asked for again, so nothing is done.
        return [
            answer if believed else replace(answer, confidence=0.0)
            for answer, believed in zip(sat.answers, hearing.believed, strict=True)
        ]

    def _mark(self, engine: Engine, exam: Exam, answers: Sequence[Answer]) -> Score:
        return score(exam.questions, answers, self.least_confidence, with_arguments=engine.gives_arguments)


def _bar(progress: Progress, what: str) -> Callable[[float], None]:
    """Make a line of progress that is seen while it is told of shares between 0 and 1."""
    task = progress.add_task(what, total=1.0, start=False, visible=False)

    def told(share: float) -> None:
        if not progress.tasks[task].started:
            progress.start_task(task)
        progress.update(task, completed=share, visible=share < 1)

    return told
