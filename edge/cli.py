"""The command line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from audio.frames import AudioError
from edge import __version__, bench, bench_llm, bench_understand, doctor, log
from edge.clocks import NotKept
from edge.config import Config, ConfigError, find_config, load_config
from edge.demo.conductor import DemoFailed
from edge.demo.screen import Screen
from edge.demo.script import ScriptError
from edge.demo.session import Wish, all_well, make_folder, run_demo
from edge.exam import tables
from edge.exam.wish import EngineName
from edge.exam.wish import Wish as ExamWish
from edge.interpreter import LEAST
from edge.models_command import models_app
from edge.run import RunOptions, run_wearable, until_told
from edge.timeline import JsonTimeline
from firmware_bridge.errors import LinkError
from firmware_bridge.journal import JournalError
from models.engine import EngineError
from models.pocket.understand import FOLDER as POCKET_FOLDER

_TROUBLE = (AudioError, ConfigError, DemoFailed, EngineError, JournalError, LinkError, NotKept, ScriptError, ValueError)
"""What a person can mend: shown as one line, without a traceback."""
_CONTROL_C = 130
_FAST = 4.0
"""Stream seconds in a second with --fast: more than two desktop cores can recognise and speak in that time."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Earrand: a voice assistant for smart glasses and earbuds. Begin with `earrand demo`.",
)
bench_app = typer.Typer(no_args_is_help=True, help="Measure, and print what was measured on what.")
app.add_typer(bench_app, name="bench")
app.add_typer(models_app, name="models")

ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings; else $EARRAND_CONFIG, else earrand.toml.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout (docs/events.md).")]
VerboseOption = Annotated[
    int, typer.Option("--verbose", "-v", count=True, help="Log the story of each turn; -vv everything, words included.")
]


def main() -> None:
    """Run the command line."""
    app(prog_name="earrand")


@app.callback(invoke_without_command=True)
def _top(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        print(__version__)
        raise typer.Exit


@app.command()
def demo(
    say: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Speak this instead of the script; may be repeated.")
    ] = None,
    wav: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Play this recording instead; any format and rate.")
    ] = None,
    mic: Annotated[bool, typer.Option("--mic", help="Listen to the real microphone; end with Ctrl-C.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the replies go, as one WAV.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Four times real time; latencies then mean nothing.")] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show the product working: wearable and companion as two processes on a virtual BLE radio, real sound in and out.

    Exits with 0 only if every errand of the run reached its end and was spoken.
    """
    with _trouble():
        chosen = find_config(config)
        load_config(chosen)  # a wrong setting is told now, not in a child's log
        wish = Wish(tuple(say or ()), tuple(wav or ()), mic, out, _FAST if fast else 1.0, chosen)
        folder = make_folder(Path.cwd())
        console = Console(stderr=json_)
        screen = JsonTimeline() if json_ else Screen(console)
        with screen if isinstance(screen, Screen) else nullcontext():
            end = until_told(run_demo(wish, folder, screen))
    if not json_:
        _tell_results(console, folder, out or folder / "replies.wav")
    raise typer.Exit(0 if all_well(end) else 1)


@app.command()
def run(
    link: Annotated[
        str | None, typer.Option(metavar="SPEC", help="The radio: bluez, bumble:usb:0, bumble:hci-socket:0, ...")
    ] = None,
    data: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where journal and timers are kept.")] = None,
    feed: Annotated[
        bool, typer.Option("--feed", help="Take recordings in place of the microphone, by JSON orders on stdin.")
    ] = False,
    pace: Annotated[float, typer.Option(min=0.1, max=20, help="With --feed: times real time.")] = 1.0,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="With --feed: WAV of what was spoken.")] = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
    verbose: VerboseOption = 0,
) -> None:
    """Run the wearable on real devices until Ctrl-C."""
    log.set_up(verbose)
    with _trouble():
        settings = _with_data(load_config(find_config(config)), data)
        options = RunOptions(link or settings.link.wearable, feed, pace, out)
        screen = JsonTimeline() if json_ else Screen(Console())
        with screen if isinstance(screen, Screen) else nullcontext():
            end = until_told(run_wearable(settings, options, screen))
    raise typer.Exit(0 if all_well(end) or not feed else 1)


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
def companion(context: typer.Context) -> None:
    """Run the phone's side alone, until Ctrl-C. (`earrand companion --help` tells its options.)"""
    # A process of its own: wearable and companion share nothing but the link, in code too.
    os.execv(sys.executable, [sys.executable, "-m", "companion", *context.args])


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
def test(context: typer.Context) -> None:
    """Check everything: format, types, layers and all tests. (From a checkout: `./earrand test`.)"""
    os.execv(sys.executable, [sys.executable, "-m", "tests", *context.args])


@app.command("doctor")
def examine(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Look at Python, memory, disk, sound, Bluetooth and models, and print how to mend what is amiss.

    Exits with 1 when `earrand run` could not work. The demo needs neither sound devices nor Bluetooth.
    """
    with _trouble():
        findings = list(doctor.examine(load_config(find_config(config))))
    if json_:
        for finding in findings:
            print(json.dumps(asdict(finding)))
    else:
        Console().print(_findings_table(findings))
    raise typer.Exit(0 if all(finding.verdict == "ok" for finding in findings) else 1)


@bench_app.command("turn")
def bench_turn(
    turns: Annotated[int, typer.Option("--turns", "-n", min=1, help="At least so many turns of the demo.")] = 20,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Time the turns of real demos, in real time: end of speech to first sound, stage by stage, p50 and p95."""
    with _trouble():
        measured = until_told(bench.measure_turns(turns, find_config(config), Console(stderr=True)))
    if json_:
        print(msgspec.json.encode(measured).decode())
    else:
        bench.print_turns(measured, Console())


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
    with _trouble():
        report = bench_llm.measure(shape or bench_llm.default_shape(), model, keep, Console(stderr=True))
    if json_:
        print(msgspec.json.encode(report).decode())
    else:
        bench_llm.show(report, Console())


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
    with _trouble():
        wish = ExamWish(engine, weights, least_confidence, data, train, idle, limit, asr, copying)
        settings = load_config(find_config(config))
        with Progress(console=Console(stderr=True), transient=True) as progress:
            report = bench_understand.measure(wish, settings, progress)
    if json_:
        print(msgspec.json.encode(report).decode())
    else:
        tables.show(report, Console(), with_confusions=confusions)


@contextmanager
def _trouble() -> Iterator[None]:
    """Turn what a person can mend into one line each and an exit status."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(_CONTROL_C) from None
    except _TROUBLE as error:
        _fail([error])
    except ExceptionGroup as group:
        known, unknown = group.split(_TROUBLE)
        if unknown is not None or known is None:
            raise
        _fail(_leaves(known))


def _fail(errors: Sequence[BaseException]) -> NoReturn:
    for error in errors:
        print(f"earrand: {error}", file=sys.stderr)
    raise typer.Exit(1) from None


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    leaves: list[BaseException] = []
    for error in group.exceptions:
        leaves += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return leaves


def _with_data(config: Config, folder: Path | None) -> Config:
    if folder is None:
        return config
    return msgspec.structs.replace(config, wearable=msgspec.structs.replace(config.wearable, data_dir=str(folder)))


def _findings_table(findings: Sequence[doctor.Finding]) -> Table:
    table = Table("", "what", "found", "how to mend it", box=None, pad_edge=False)
    marks = {"ok": "[green]ok[/]", "missing": "[yellow]missing[/]", "broken": "[red]broken[/]"}
    for finding in findings:
        table.add_row(marks[finding.verdict], finding.what, escape(finding.detail), escape(finding.fix))
    return table


def _tell_results(console: Console, folder: Path, replies: Path) -> None:
    console.print(f"\nreplies   {replies}", highlight=False)
    for name in ("calendar.ics", "reminders.ics", "contacts.vcf", "outbox.jsonl", "notes.md", "lists"):
        if (path := folder / "phone" / name).exists():
            console.print(f"results   {path}", highlight=False)
    console.print(f"logs      {folder}/*.log", highlight=False)
