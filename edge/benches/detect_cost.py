"""Measures what the detect path costs for a second of sound: processor time, and instructions counted by valgrind.

Instructions do not depend on how busy the machine is or how fast, so they can be compared between commits. A child
process runs under callgrind twice, over a short and a longer stretch of the same sound; the difference has no start-up
in it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from audio.frames import EchoError
from edge.benches.detect_stages import STAGES, feed
from edge.benches.figures import machine
from models import registry
from models.engine import EngineError

BAR_MS = 50.0
"""5% of one core."""
_PATH = ("echo canceller", "wake words, four", "voice activity")
"""What every frame goes through; the stop word only while we speak or ring."""
_SAID = (
    "The weather tomorrow will be sunny with a light wind from the west. You have three reminders, and a message "
    "from Anna. Your next meeting is at ten o'clock in the big room. It will rain in the evening."
)
_SHORT_S, _LONG_S = 1, 4
_ROOT = Path(__file__).parents[2]
_COLLECTED = re.compile(r"Collected : (\d+)")


@dataclass(frozen=True, slots=True)
class DetectOptions:
    """What to measure."""

    seconds: float = 60.0
    """Of sound, for the processor time."""
    instructions: bool = True
    """Whether valgrind counts too, which takes a minute or two a stage."""


@dataclass(frozen=True, slots=True)
class StageCost:
    """What one stage costs."""

    stage: str
    processor_ms: float | None
    """For a second of sound, of all threads; None where it cannot be opened."""
    instructions: int | None
    """For a second of sound; None where they were not counted."""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and on what."""

    machine: str
    seconds: float
    stages: list[StageCost]
    path_ms: float | None
    """Of echo canceller, four wake words and voice activity together; None unless each was measured."""
    path_instructions: int | None
    bar_ms: float


def measure(options: DetectOptions, progress: Progress) -> Report:
    """Measure every stage by itself. Raises EngineError where there is no voice to make the sound."""
    sound = b"".join(registry.open_voice("espeak").speak(_SAID))
    task = progress.add_task("detect path", total=len(STAGES))
    stages = []
    for stage in STAGES:
        progress.update(task, description=stage)
        stages.append(_cost(stage, sound, options))
        progress.advance(task)
    path = [one for one in stages if one.stage in _PATH]
    times = [one.processor_ms for one in path if one.processor_ms is not None]
    counts = [one.instructions for one in path if one.instructions is not None]
    return Report(
        machine(),
        options.seconds,
        stages,
        sum(times) if len(times) == len(_PATH) else None,
        sum(counts) if len(counts) == len(_PATH) else None,
        BAR_MS,
    )


def _cost(stage: str, sound: bytes, options: DetectOptions) -> StageCost:
    try:
        spent_ms = _processor_ms(stage, sound, options.seconds)
    except (EngineError, EchoError, ImportError) as exc:
        return StageCost(stage, None, None, str(exc))
    if not options.instructions:
        return StageCost(stage, spent_ms, None, "not asked for")
    try:
        return StageCost(stage, spent_ms, instructions_a_second(stage, sound))
    except CannotCount as exc:
        return StageCost(stage, spent_ms, None, str(exc))


def _processor_ms(stage: str, sound: bytes, seconds: float) -> float:
    take = STAGES[stage]()
    feed(take, sound, 2)
    began_s = time.process_time()
    feed(take, sound, seconds)
    return (time.process_time() - began_s) / seconds * 1000


class CannotCount(Exception):
    """Valgrind is not there, or the stage does not run under it."""


def instructions_a_second(stage: str, sound: bytes) -> int:
    """Count the instructions that a stage takes for a second of sound. Raises CannotCount."""
    if shutil.which("valgrind") is None:
        raise CannotCount("valgrind is not installed")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sound")
        path.write_bytes(sound)
        short, long = (_count(stage, path, Path(folder), seconds) for seconds in (_SHORT_S, _LONG_S))
    return (long - short) // (_LONG_S - _SHORT_S)


def _count(stage: str, sound: Path, folder: Path, seconds: int) -> int:
    program = [sys.executable, "-m", "edge.benches.detect_stages", stage, str(sound), str(seconds)]
    valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder / 'counts'}"]
    # The same hashes and one thread each time: else two runs would differ by more than the sound between them.
    environment = os.environ | {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    run = subprocess.run([*valgrind, *program], cwd=_ROOT, env=environment, capture_output=True, text=True)
    collected = _COLLECTED.search(run.stderr)
    if run.returncode or collected is None:
        last = (run.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise CannotCount(f"it does not run under valgrind (status {run.returncode}: {last})")
    return int(collected[1])


def show(report: Report, console: Console) -> None:
    """Print the table."""
    console.print(f"for a second of sound, over {report.seconds:g} s of our own voice, on {report.machine}")
    table = Table("stage", box=None)
    for name in ("processor ms", "of a core", "million instructions", ""):
        table.add_column(name, justify="right" if name else "left")
    for one in report.stages:
        table.add_row(one.stage, *_cells(one.processor_ms, one.instructions), one.why_not)
    table.add_row("echo, four wake words and voice activity", *_cells(report.path_ms, report.path_instructions), "")
    console.print(table)
    if report.path_ms is not None:
        verdict = "within" if report.path_ms <= report.bar_ms else "OVER"
        console.print(f"{verdict} the bar of {report.bar_ms:g} ms, 5% of one core")


def _cells(milliseconds: float | None, instructions: int | None) -> tuple[str, str, str]:
    counted = "-" if instructions is None else f"{instructions / 1e6:.1f}"
    return (
        ("-", "-", counted) if milliseconds is None else (f"{milliseconds:.2f}", f"{milliseconds / 10:.2f}%", counted)
    )
