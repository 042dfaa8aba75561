"""Measures turns: end of speech to first sound, stage by stage, over the turns of real runs."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from edge.benches.figures import machine, percentile
from edge.demo.session import Wish, run_demo
from edge.timeline import Event, Turn


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of a turn."""

    name: str
    seconds: Callable[[Turn], float | None]


STAGES = (
    Stage("end of speech to decision", lambda turn: turn.decided_s - turn.speech_end_s),
    Stage("decision to text", lambda turn: turn.text_s - turn.decided_s),
    Stage("text to call", lambda turn: None if turn.call_s is None else turn.call_s - turn.text_s),
    Stage(
        "call to first sound",
        lambda turn: None if turn.call_s is None or turn.first_sound_s is None else turn.first_sound_s - turn.call_s,
    ),
    Stage(
        "END OF SPEECH TO FIRST SOUND",
        lambda turn: None if turn.first_sound_s is None else turn.first_sound_s - turn.speech_end_s,
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one stage, in milliseconds."""

    stage: str
    turns: int
    p50_ms: float
    p95_ms: float
    longest_ms: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, and on what."""

    machine: str
    turns: int
    runs: int
    rows: list[Row]


class _Turns:
    """A Timeline that keeps the turns."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    def show(self, event: Event) -> None:
        if isinstance(event, Turn):
            self.turns.append(event)


async def measure_turns(at_least: int, config: Path | None, console: Console) -> Measured:
    """Run the demo's script, in real time, until there were so many turns. Raises what `run_demo` raises."""
    seen = _Turns()
    runs = 0
    with tempfile.TemporaryDirectory() as folder, console.status("") as status:
        while len(seen.turns) < at_least:
            runs += 1
            status.update(
                f"run {runs} of the demo, {len(seen.turns)} of {at_least} turns so far; a run takes a minute or two"
            )
            run_folder = Path(folder) / str(runs)
            (run_folder / "phone").mkdir(parents=True)
            await run_demo(Wish(config=config), run_folder, seen)
    return Measured(machine(), len(seen.turns), runs, summarise(seen.turns))


def print_turns(measured: Measured, console: Console) -> None:
    """Print the table."""
    console.print(f"{measured.turns} turns in {measured.runs} runs of the demo, in real time, on {measured.machine}")
    table = Table("stage (milliseconds)", box=None)
    for name in ("turns", "p50", "p95", "longest"):
        table.add_column(name, justify="right")
    for row in measured.rows:
        table.add_row(row.stage, str(row.turns), f"{row.p50_ms:.0f}", f"{row.p95_ms:.0f}", f"{row.longest_ms:.0f}")
    console.print(table)


def summarise(turns: Sequence[Turn]) -> list[Row]:
    """Give a row for each stage that any turn had."""
    rows = []
    for stage in STAGES:
        values = sorted(ms for turn in turns if (ms := _milliseconds(stage, turn)) is not None)
        if values:
            rows.append(Row(stage.name, len(values), statistics.median(values), percentile(values, 95), values[-1]))
    return rows


def _milliseconds(stage: Stage, turn: Turn) -> float | None:
    seconds = stage.seconds(turn)
    return None if seconds is None else seconds * 1000
