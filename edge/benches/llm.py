"""Measures language models: the wearer's own weights, or random ones of a true shape; and prints what was measured."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from edge.benches.figures import machine
from edge.phrasebook import Phrases
from edge.tools import NotYetTools, PhoneTools, SumTools, collect
from models.engine import EngineFailed
from models.llm import ToolCall
from models.llm_bench import PREFIX_TOKENS, QUESTION_TOKENS, Measured, measure_model
from models.random_gguf import SHAPES, write_random_gguf

POCKET = Path(__file__).resolve().parents[1] / "models" / "pocket" / "pocket.gguf"
"""The weights that ship."""
_CALL = ToolCall("take_note", {"text": "the plumber comes on friday"})


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and on what."""

    machine: str
    weights: str
    """Whose: a file's, or random ones."""
    measured: Measured


def default_shape() -> str:
    """Give the shape that is measured when none is chosen."""
    return "pocket" if POCKET.exists() else "minicpm4-0.5b"


def measure(shape: str, model: Path | None, keep: Path | None, console: Console) -> Report:
    """Measure a model file; else random weights of a shape, which are written to `keep` and found there again.

    Raises EngineError.
    """
    if model is None and shape == "pocket" and POCKET.exists():
        model = POCKET
    if model is not None:
        return _measure(model, f"of {model}", console)
    weights = "random: speed and memory are those of the real model, its words are none"
    with tempfile.TemporaryDirectory() as folder:
        return _measure(random_model(shape, keep or Path(folder), console), weights, console)


def random_model(shape: str, folder: Path, console: Console) -> Path:
    """Give the file with random weights of a shape in a folder, where it is written unless it is there.

    Raises EngineFailed.
    """
    if shape not in SHAPES:
        raise EngineFailed(f"there is no shape {shape!r}; there is {', '.join(SHAPES)}")
    path = folder / f"random-{shape}.gguf"
    if not path.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(path, shape, console)
        except OSError as exc:
            raise EngineFailed(f"{path} cannot be written: {exc}") from exc
    return path


def _write(path: Path, shape: str, console: Console) -> None:
    unfinished = path.with_suffix(".part")
    try:
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(f"writing {path.name}", total=None)
            write_random_gguf(unfinished, shape, lambda done, of: progress.update(task, completed=done, total=of))
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _measure(path: Path, weights: str, console: Console) -> Report:
    phrases = Phrases(datetime.now, "en")
    tools = collect(PhoneTools(datetime.now, phrases), SumTools(phrases), NotYetTools(phrases))
    schemas = [tool.schema for tool in tools.values()]
    with console.status("") as status:
        return Report(machine(), weights, measure_model(path, schemas, _CALL, status.update))


def show(report: Report, console: Console) -> None:
    """Print the tables."""
    measured = report.measured
    console.print(f"{measured.model}, {measured.file_mb:.0f} MB, {measured.threads} threads, on {report.machine}")
    console.print(f"weights {report.weights}\n", highlight=False)
    console.print(_speeds(measured))
    console.print(_first_tokens(measured))
    if measured.calls:
        console.print(_calls(measured))
    console.print(
        f"loading took {measured.load_s:.1f} s and {measured.memory_mb:.0f} MB of memory, the mapped file included\n"
        f"each token reads {measured.token_mb:.0f} MB of weights: {measured.bandwidth_share:.0%} of the "
        f"{measured.bandwidth_gbs:.1f} GB/s that copying reaches here"
    )


def _table(*columns: str) -> Table:
    table = Table(columns[0], box=None, pad_edge=False)
    for name in columns[1:]:
        table.add_column(name, justify="right")
    return table


def _speeds(measured: Measured) -> Table:
    table = _table("tokens a second", "ours", "bare llama.cpp", "our overhead")
    for pace in measured.paces:
        table.add_row(
            pace.work, f"{pace.ours_tokens_s:.1f}", f"{pace.bare_tokens_s:.1f}", f"{pace.overhead_percent:+.1f}%"
        )
    return table


def _first_tokens(measured: Measured) -> Table:
    first = measured.first_token
    table = _table(f"\nfirst token after {PREFIX_TOKENS} + {QUESTION_TOKENS} tokens", "\nmilliseconds")
    table.add_row("cold", f"{first.cold_ms:.0f}")
    table.add_row(f"after a restart, prefix from {first.kept_mb:.1f} MB on disk", f"{first.restarted_ms:.0f}")
    table.add_row("prefix in memory", f"{first.warm_ms:.0f}")
    table.add_row("and the question read while it was spoken", f"{first.read_ahead_ms:.0f}")
    return table


def _calls(measured: Measured) -> Table:
    table = _table("\none call, held to the tools by", "\nready ms", "\nwritten ms", "\nsteps", "\nforced")
    for call in measured.calls:
        table.add_row(call.engine, f"{call.ready_ms:.1f}", f"{call.written_ms:.0f}", str(call.steps), str(call.forced))
    return table
