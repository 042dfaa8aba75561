"""Prints what the latency bench measured: each side's times, the ratio, and where the time goes."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from edge.benches.first_sound import Row
from edge.benches.latency import Report
from edge.benches.latency_trace import WHOLE, Side

OWN_P50_MS, OWN_P99_MS = 10.0, 25.0
WANTED_RATIO = 1.5
"""So many times sooner than the peer's our first sound has to come."""


def show(report: Report, console: Console) -> None:
    """Print the tables."""
    console.print(f"in real time, on {report.machine}")
    for side in (report.ours, *report.peers):
        title = f"{side.name}: {side.turns} turns, {side.not_answered} not answered, {side.cut_off} cut off"
        console.print(_stages(title, side.rows))
        if side is report.ours:
            console.print(f"bars of our own share: p50 {OWN_P50_MS:.0f} ms, p99 {OWN_P99_MS:.0f} ms")
    if report.peers:
        console.print(_comparison(report.ours, report.peers))
        console.print(_why(report.ours, report.peers))
        console.print(f"bar of the first peer: {WANTED_RATIO} times. The parts are medians and need not add up.")


def ratio(ours: Side, peer: Side) -> float | None:
    """Give how many times as long as ours the peer's first sound takes at the median; None without turns."""
    return peer.rows[0].p50_ms / ours.rows[0].p50_ms if peer.rows and ours.rows else None


def _stages(title: str, rows: Sequence[Row]) -> Table:
    table = Table("milliseconds", title=title, title_justify="left", box=None)
    for name in ("p50", "p95", "p99"):
        table.add_column(name, justify="right")
    for one in rows:
        table.add_row(one.name, f"{one.p50_ms:.1f}", f"{one.p95_ms:.1f}", f"{one.p99_ms:.1f}")
    return table


def _comparison(ours: Side, peers: Sequence[Side]) -> Table:
    table = Table(WHOLE.lower(), title="side by side", title_justify="left", box=None)
    for name in ("p50, ms", "p95", "times ours", "cut off", "with a hesitation"):
        table.add_column(name, justify="right")
    for side in (ours, *peers):
        times = ratio(ours, side)
        table.add_row(
            side.name,
            *([f"{side.rows[0].p50_ms:.0f}", f"{side.rows[0].p95_ms:.0f}"] if side.rows else ["-", "-"]),
            "-" if times is None else f"{times:.2f}",
            f"{side.cut_off} of {side.turns + side.cut_off + side.not_answered}",
            f"{side.hesitating_cut_off} of {side.hesitating}",
        )
    return table


def _why(ours: Side, peers: Sequence[Side]) -> Table:
    sides = [side for side in (ours, *peers) if side.parts]
    table = Table("until, ms at the median", title="where the time goes", title_justify="left", box=None)
    for side in sides:
        table.add_column(side.name, justify="right")
    for rows in zip(*(side.parts for side in sides), strict=True):
        table.add_row(rows[0].name, *(f"{one.p50_ms:.0f}" for one in rows))
    return table
