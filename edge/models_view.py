"""Shows the models for people, as tables and bars, and for programs, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from models.catalog import INSTEAD, Entry, Role
from models.recommend import Advice, Machine
from models.store import Check, Holding

_STATES = {
    "ships": "[green]ships[/]",
    "pinned": "[green]here[/]",
    "found": "unverified",
    "partial": "[yellow]in part[/]",
    "absent": "-",
}
_VERDICTS = {"ok": "[green]ok[/]", "missing": "[yellow]missing[/]", "wrong": "[red]wrong[/]", "unknown": "?"}


class Bars:
    """A Watch that draws a bar for each file; use it in a `with`."""

    def __init__(self, console: Console) -> None:
        columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
        self._progress = Progress(*columns, console=console)
        self._task = TaskID(0)

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def begin(self, name: str, total: int, done: int) -> None:
        self._task = self._progress.add_task(escape(name), total=total, completed=done)

    def move(self, count: int) -> None:
        self._progress.advance(self._task, count)

    def tell(self, text: str) -> None:
        self._progress.console.print(escape(text), style="yellow", highlight=False)


def holding_json(entry: Entry, holding: Holding) -> str:
    """Give one line for one model and what is here of it."""
    return json.dumps(
        {
            "name": entry.name,
            "role": entry.role,
            "about": entry.about,
            "repository": entry.repository,
            "licence": entry.licence,
            "languages": entry.languages,
            "boards": entry.boards,
            "ram_mb": entry.ram_mb,
            "about_bytes": entry.about_bytes or None,
            "state": holding.state,
            "bytes_here": holding.bytes_here,
            "paths": [str(path) for path in holding.paths],
        }
    )


def check_json(entry: Entry, check: Check) -> str:
    """Give one line for one file that was verified."""
    return json.dumps({"name": entry.name, **asdict(check)})


def advice_json(machine: Machine, advice: Iterable[Advice]) -> str:
    """Give what was measured and what to think of each model, as one object."""
    models = [
        {
            "name": one.entry.name,
            "role": one.entry.role,
            "fits": one.fits,
            "recommended": one.recommended,
            "estimated_tokens_s": one.tokens_s and round(one.tokens_s, 1),
            "why": one.why,
        }
        for one in advice
    ]
    return json.dumps({"machine": asdict(machine), "models": models})


def show_holdings(console: Console, holdings: Sequence[tuple[Entry, Holding]]) -> None:
    """Print the catalog, what is here, and what serves for the roles of which nothing is."""
    table = Table(box=None, pad_edge=False)
    for title in ("model", "role", "size", "memory", "", "here"):
        table.add_column(title, no_wrap=True)
    table.add_column("licence")
    for entry, holding in holdings:
        size = megabytes(holding.bytes_here if holding.paths else entry.about_bytes)
        memory = f"{entry.ram_mb} MB"
        state = _STATES[holding.state] if not entry.ships or holding.paths else "[yellow]missing[/]"
        table.add_row(entry.name, entry.role, size, memory, " ".join(entry.languages), state, escape(entry.licence))
    console.print(table)
    console.print()
    for line in missing_roles(holdings):
        console.print(line, highlight=False)
    console.print(
        "Which to take: `earrand models recommend`.\nTo get one: `earrand models pull NAME`.", highlight=False
    )


def missing_roles(holdings: Sequence[tuple[Entry, Holding]]) -> list[str]:
    """Say for each role of which no model is here what serves instead."""
    served = {entry.role for entry, holding in holdings if holding.paths}
    return [f"No {role.value.replace('-', ' ')} here: {INSTEAD[role]}." for role in Role if role not in served]


def show_checks(console: Console, entry: Entry, checks: Sequence[Check]) -> None:
    """Print what became of each file of a model."""
    for check in checks:
        console.print(f"{_VERDICTS[check.verdict]:<8} {entry.name}  {escape(check.path)}: {escape(check.detail)}")


def show_advice(console: Console, machine: Machine, advice: Sequence[Advice]) -> None:
    """Print what was measured and what to think of each model."""
    decoding = f"llama.cpp reads {machine.decode_gbs:.1f} GB/s" if machine.decode_gbs else "llama.cpp does not run here"
    console.print(
        f"{machine.board_name or 'This machine'}: {machine.cores} cores, {machine.memory_mb} MB of memory and"
        f" {machine.disk_mb} MB of disk free, memory copies {machine.bandwidth_gbs:.1f} GB/s, {decoding}\n",
        highlight=False,
    )
    table = Table(box=None, pad_edge=False)
    for title in ("", "model", "role", "tokens/s\n(estimate)"):
        table.add_column(title, no_wrap=True)
    table.add_column("")
    for one in advice:
        mark = "[green]take[/]" if one.recommended else "fits" if one.fits else "[red]no[/]"
        speed = f"{one.tokens_s:.0f}" if one.tokens_s else ""
        table.add_row(mark, one.entry.name, one.entry.role, speed, escape(one.why or one.entry.about))
    console.print(table)
    if wanted := [one.entry.name for one in advice if one.recommended and not one.entry.ships]:
        console.print(f"\nTo get them: earrand models pull {' '.join(wanted)}", highlight=False)


def show_settings(console: Console, entry: Entry, paths: Sequence[Path], settings: str) -> None:
    """Print where a model lies and what to write to use it."""
    console.print(f"{entry.name} is here and verified.", highlight=False)
    if settings:
        console.print("Write this into earrand.toml to use it:\n", highlight=False)
        console.print(settings + "\n", highlight=False, markup=False, soft_wrap=True)
        return
    console.print("No setting of earrand.toml uses it yet. Its files:", highlight=False)
    for path in paths:
        console.print(f"  {path}", highlight=False, markup=False, soft_wrap=True)


def megabytes(count: int) -> str:
    """Write a number of bytes; "unknown" for none."""
    return f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB" if count else "unknown"
