"""The commands `earrand bench ...`: measure, and print what was measured on what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from edge.benches import link, llm, turn, understand
from edge.config import find_config, load_config
from edge.exam import tables
from edge.exam.wish import EngineName
from edge.exam.wish import Wish as ExamWish
from edge.interpreter import LEAST
from edge.options import ConfigOption, JsonOption
from edge.run import until_told
from edge.trouble import trouble
from models.pocket.understand import FOLDER as POCKET_FOLDER

bench_app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Measure, and print what was measured on what."
)


@bench_app.command("turn")
def bench_turn(
    turns: Annotated[int, typer.Option("--turns", "-n", min=1, help="At least so many turns of the demo.")] = 20,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Time the turns of real demos, in real time: end of speech to first sound, stage by stage, p50 and p95."""
    with trouble():
        measured = until_told(turn.measure_turns(turns, find_config(config), Console(stderr=True)))
    if json_:
        print(msgspec.json.encode(measured).decode())
    else:
        turn.print_turns(measured, Console())


@bench_app.command("link")
def bench_link(
    cuts: Annotated[int, typer.Option(min=1, help="Of the connection, at random moments.")] = 10_000,
    json_: JsonOption = False,
) -> None:
    """Run the link over modelled radios: share of the goodput they allow, delays, loss, cuts, CPU. Takes a minute.

    The radio is a model in virtual time (firmware_bridge/simulated_air.py): connection events, air time, buffers.
    Phones differ: the figures say what the protocol costs, not what a phone does.
    """
    with trouble(), Progress(console=Console(stderr=True), transient=True) as progress:
        report = link.measure(cuts, progress)
    if json_:
        print(msgspec.json.encode(report).decode())
    else:
        link.show(report, Console())


@bench_app.command("llm")
def bench_language_model(
    shape: Annotated[
        str | None, typer.Option(help="Random weights in this shape: minicpm5-1b, minicpm4-0.5b or pocket.")
    ] = None,
    model: Annotated[Path | None, typer.Option(metavar="FILE", help="This GGUF file instead.")] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep random weights here, for next time.")
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Time a language model: tokens a second beside a bare llama.cpp loop, first tokens, calls, memory.

    Without options the shipped model, or random weights in the shape of MiniCPM4-0.5B (280 MB of disk, a few minutes).
    """
    with trouble():
        report = llm.measure(shape or llm.default_shape(), model, keep, Console(stderr=True))
    if json_:
        print(msgspec.json.encode(report).decode())
    else:
        llm.show(report, Console())


@bench_app.command("understand")
def bench_understanding(
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", exists=True, dir_okay=False, help="Rows of text, annotation and intent, as JSON lines."
        ),
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="Both: the model gets what the fast path leaves.")] = "pocket",
    asr: Annotated[bool, typer.Option("--asr", help="Speak and hear each row first; compare with the rows.")] = False,
    copying: Annotated[
        bool, typer.Option("--copying", help="Also 500 messages and list items of unseen words: copied exactly?")
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, help="Only so many rows, by chance; 100 with --asr.")
    ] = None,
    least_confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Under it the wearable does nothing; calibrated.")
    ] = LEAST,
    idle: Annotated[
        Path | None,
        typer.Option(
            "--out-of-scope",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Rows that ask for nothing; else CLINC's beside the data.",
        ),
    ] = None,
    train: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="Training data for the baselines; else the folder of the data.",
        ),
    ] = None,
    weights: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Other weights of the pocket model.", show_default=False)
    ] = POCKET_FOLDER,
    confusions: Annotated[bool, typer.Option("--confusions", help="Also which tool was taken for which.")] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Measure how well sentences are understood, beside two baselines, by domain.

    Without --data it is sentences of our own templates: a check, not an exam. Sentences that people wrote are in SLURP
    and in NLU-Evaluation-Data (GitHub: pswietojanski/slurp, xliuhw/NLU-Evaluation-Data).

    TOOL: the right one, whatever the confidence. EXACT: tool and every argument, word by word. F1: of tool, argument
    and value together. ABSTAINED: no answer, or a confidence under --least-confidence, where nothing is done. TOOL OF
    REST: the right ones among the answers; for the fast path this and how much it leaves are what counts. FALSE ACTION:
    with at least that confidence a tool that does more than tell, where nothing is to be done or a mere question is
    asked. DOMAIN: the first part of the intent. MS: CPU time of a sentence. The baselines are always sure.
    """
    with trouble():
        wish = ExamWish(engine, weights, least_confidence, data, train, idle, limit, asr, copying)
        settings = load_config(find_config(config))
        with Progress(console=Console(stderr=True), transient=True) as progress:
            report = understand.measure(wish, settings, progress)
    if json_:
        print(msgspec.json.encode(report).decode())
    else:
        tables.show(report, Console(), with_confusions=confusions)
