"""Lets an engine sit an exam, and measures what that costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.benches.figures import percentile
from edge.exam.engines import Engine
from edge.exam.questions import Answer


@dataclass(frozen=True, slots=True)
class Cost:
    """What a sentence costs."""

    p50_ms: float
    """CPU time, which other programs lengthen little."""
    p95_ms: float
    evaluations: float
    """Of a network, on average."""
    tokens_read: float
    """On average."""
    generated_tokens: int
    """Always none: arguments are words of the sentence."""
    memory_mb: float
    """Resident memory that loading, or learning, and answering took."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """The answers, in the order of the questions, and the CPU time of each."""

    answers: Sequence[Answer]
    cpu_ms: Sequence[float]

    def cost(self, memory_mb: float) -> Cost:
        """Sum up. Raises ValueError without answers."""
        times = sorted(self.cpu_ms)
        return Cost(
            p50_ms=statistics.median(times),
            p95_ms=percentile(times, 95),
            evaluations=statistics.fmean(answer.batches for answer in self.answers),
            tokens_read=statistics.fmean(answer.tokens for answer in self.answers),
            generated_tokens=0,
            memory_mb=memory_mb,
        )


def sit(engine: Engine, readings: Sequence[Sequence[str]], told: Callable[[float], None]) -> Sitting:
    """Ask every question; of each there may be several readings. `told` hears how much is done, up to 1."""
    answers, cpu_ms = [], []
    for number, reading in enumerate(readings, 1):
        begun = time.process_time()
        answers.append(engine.answer(reading))
        cpu_ms.append(1000 * (time.process_time() - begun))
        told(number / len(readings))
    return Sitting(answers, cpu_ms)
