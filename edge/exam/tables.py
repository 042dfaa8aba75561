"""Prints what was measured of understanding."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edge.benches.understand import Report, Result
from edge.exam.copying import Copied
from edge.exam.marks import Confusion, Score

_HEADS = ("tool", "exact", "F1", "abstained", "tool of rest", "false actions")
_UNKNOWN_SHOWN = 5


def show(report: Report, console: Console, *, with_confusions: bool) -> None:
    """Print the tables."""
    first = report.results[0]
    console.print(f"{report.rows} rows of {report.source}, on {report.machine}", highlight=False)
    for note in [*_unknown(report), *report.notes]:
        console.print(note, highlight=False)
    console.print(_results(report.results))
    tools_only = [result.engine for result in report.results if result.score.exact_percent is None]
    if tools_only:
        console.print(f"of {', '.join(tools_only)} the tool alone can be compared", highlight=False)
    console.print(_costs(report.results))
    if report.heard is not None:
        console.print(
            f"\nspoken by synthesizers and heard with {report.heard.word_error_percent:.1f}% of the words wrong; "
            f"{report.heard.not_believed} rows the recogniser itself was not sure of",
            highlight=False,
        )
        console.print(_heard(report.results))
    if report.idle_source:
        console.print(f"\n{report.idle_source}", highlight=False)
        console.print(_idle(report))
    console.print(f"\n{first.engine}, by domain", highlight=False)
    console.print(_domains(first))
    if with_confusions:
        console.print(_confusions(first.confusions))
    if report.copying is not None:
        _show_copying(report.copying, console)


def _unknown(report: Report) -> list[str]:
    total = sum(report.unknown_intents.values())
    if not total:
        return []
    some = list(report.unknown_intents.items())
    named = ", ".join(f"{intent} {rows}" for intent, rows in some[:_UNKNOWN_SHOWN])
    more = f" and {len(some) - _UNKNOWN_SHOWN} more" if len(some) > _UNKNOWN_SHOWN else ""
    return [f"left out, because the table does not know their intents: {total} rows ({named}{more})"]


def _results(results: Sequence[Result]) -> Table:
    table = _table("percent", *_HEADS)
    for result in results:
        table.add_row(result.engine, *_cells(result.score))
    return table


def _cells(score: Score) -> list[str]:
    return [
        f"{score.tool_percent:.1f}",
        _percent(score.exact_percent),
        _percent(score.argument_f1_percent),
        f"{100 * score.abstained / score.rows:.1f}",
        _percent(score.answered_percent),
        _false_actions(score),
    ]


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _false_actions(score: Score) -> str:
    return f"{score.false_actions} of {score.nothing_asked}" if score.nothing_asked else "-"


def _costs(results: Sequence[Result]) -> Table:
    table = _table("\na sentence costs", "\nms p50", "\nms p95", "\nevaluations", "\ntokens read", "\nwritten", "\nMB")
    for result in results:
        cost = result.cost
        table.add_row(
            result.engine,
            f"{cost.p50_ms:.1f}",
            f"{cost.p95_ms:.1f}",
            f"{cost.evaluations:.1f}",
            f"{cost.tokens_read:.0f}",
            str(cost.generated_tokens),
            f"{cost.memory_mb:.0f}",
        )
    return table


def _heard(results: Sequence[Result]) -> Table:
    table = _table("percent", *_HEADS)
    for result in results:
        if result.heard is not None:
            clean, heard = result.score, result.heard
            table.add_row(f"{result.engine}, as written", *_cells(clean))
            table.add_row("  as heard", *_cells(heard))
            table.add_row(
                "  points lost",
                _lost(clean.tool_percent, heard.tool_percent),
                _lost(clean.exact_percent, heard.exact_percent),
                _lost(clean.argument_f1_percent, heard.argument_f1_percent),
            )
    return table


def _lost(clean: float | None, heard: float | None) -> str:
    return "-" if clean is None or heard is None else f"{clean - heard:.1f}"


def _idle(report: Report) -> Table:
    table = _table("", "rows", "false actions", "percent", "abstained")
    for result in report.results:
        if result.idle is not None:
            idle = result.idle
            share = 100 * idle.false_actions / idle.rows
            table.add_row(result.engine, str(idle.rows), str(idle.false_actions), f"{share:.1f}", str(idle.abstained))
    return table


def _domains(result: Result) -> Table:
    table = _table("percent", "rows", *_HEADS)
    for name, score in result.by_domain.items():
        table.add_row(escape(name), str(score.rows), *_cells(score))
    return table


def _confusions(found: Sequence[Confusion]) -> Table:
    table = _table("\nright", "\nrows")
    table.add_column("\ntaken for")
    for one in found:
        table.add_row(one.right, str(one.rows), one.given or "nothing understood")
    return table


def _show_copying(copying: Copied, console: Console) -> None:
    kinds = ", ".join(f"{kind} {percent:.1f}%" for kind, percent in copying.by_kind.items())
    console.print(
        f"\n{copying.copied:.1f}% of {copying.cases} values of two to eight unseen words are copied exactly: "
        f"messages {copying.messages:.1f}%, items {copying.items:.1f}%; words {kinds}",
        highlight=False,
    )
    for miss in copying.misses:
        console.print(f"  {escape(miss.text)}\n    {escape(miss.given)}", highlight=False)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(columns[0], no_wrap=True)
    for name in columns[1:]:
        table.add_column(name, justify="right")
    return table
