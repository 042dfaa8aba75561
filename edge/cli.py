"""The command line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edge import __version__, doctor, log
from edge.config import Config, find_config, load_config
from edge.demo.screen import Screen
from edge.demo.session import Wish, all_well, make_folder, run_demo
from edge.options import ConfigOption, EventsOption, JsonOption
from edge.run import RunOptions, run_wearable, until_told
from edge.sound_again import going_on_after_loss
from edge.timeline import JsonTimeline
from edge.trouble import trouble
from firmware_bridge.guard import COMPANIONS
from firmware_bridge.keyring import KEYRING, Keyring

_PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
"""For commands that are programs of their own: what they import, this one need not wait for."""
_FAST = 4.0
"""Stream seconds in a second with --fast: more than two desktop cores can recognise and speak in that time."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Earrand: a voice assistant for smart glasses and earbuds. Begin with `earrand demo`.",
)
DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="FOLDER", help="Where journal, timers and keys are kept.")
]
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
    mic: Annotated[
        bool, typer.Option("--mic", help='Listen to the real microphone: say "okay nabu" first; end with Ctrl-C.')
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the replies go, as one WAV.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Four times real time; latencies then mean nothing.")] = False,
    json_: EventsOption = False,
    config: ConfigOption = None,
) -> None:
    """Show the product working: wearable and companion as two processes on a virtual BLE radio, real sound in and out.

    Exits with 0 only if every errand of the run reached its end and was spoken.
    """
    with trouble():
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
    data: DataOption = None,
    feed: Annotated[
        bool, typer.Option("--feed", help="Take recordings in place of the microphone, by JSON orders on stdin.")
    ] = False,
    pace: Annotated[float, typer.Option(min=0.1, max=20, help="With --feed: times real time.")] = 1.0,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="With --feed: WAV of what was spoken.")] = None,
    json_: EventsOption = False,
    config: ConfigOption = None,
    verbose: VerboseOption = 0,
) -> None:
    """Run the wearable on real devices until Ctrl-C. A sound device that is unplugged is waited for."""
    log.set_up(verbose)
    with trouble(), going_on_after_loss():
        settings = _with_data(load_config(find_config(config)), data)
        options = RunOptions(link or settings.link.wearable, feed, pace, out)
        screen = JsonTimeline() if json_ else Screen(Console())
        with screen if isinstance(screen, Screen) else nullcontext():
            end = until_told(run_wearable(settings, options, screen))
    raise typer.Exit(0 if all_well(end) or not feed else 1)


@app.command()
def phones(
    forget: Annotated[str, typer.Option(metavar="NAME", help="Forget the phones of this name.")] = "",
    forget_all: Annotated[bool, typer.Option("--forget-all", help="Forget every phone.")] = False,
    data: DataOption = None,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List the phones that may talk to this wearable; the one that was here last comes first.

    A phone that is forgotten is not let in again; where it is connected now, say "forget my phone" instead.
    """
    with trouble():
        settings = _with_data(load_config(find_config(config)), data)
        keyring = Keyring(settings.wearable_dir / KEYRING, COMPANIONS)
        gone = keyring.forget(forget) if forget or forget_all else []
        left = keyring.peers()
    if json_:
        print(json.dumps({"paired": [peer.name for peer in left], "forgotten": [peer.name for peer in gone]}))
    else:
        for peer in gone:
            print(f"forgot {peer.name}")
        if forget and not gone:
            print(f"no phone is called {forget}", file=sys.stderr)
        print("\n".join(peer.name for peer in left) or 'No phone is paired. Say "pair my phone".')
    raise typer.Exit(1 if (forget or forget_all) and not gone else 0)


@app.command(context_settings=_PASSED_ON)
def companion(context: typer.Context) -> None:
    """Run the phone's side alone, until Ctrl-C. (`earrand companion --help` tells its options.)"""
    # A process of its own: wearable and companion share nothing but the link, in code too.
    os.execv(sys.executable, [sys.executable, "-m", "companion", *context.args])


@app.command(context_settings=_PASSED_ON)
def bench(context: typer.Context) -> None:
    """Measure, and print what was measured on what. (`earrand bench --help` lists the benches.)"""
    os.execv(sys.executable, [sys.executable, "-m", "edge.benches", *context.args])


@app.command(context_settings=_PASSED_ON)
def models(context: typer.Context) -> None:
    """List, recommend, pull, verify and remove models. (`earrand models --help` tells more.)"""
    os.execv(sys.executable, [sys.executable, "-m", "edge.models_command", *context.args])


@app.command(context_settings=_PASSED_ON)
def test(context: typer.Context) -> None:
    """Check everything: format, types, layers and all tests. (From a checkout: `./earrand test`.)"""
    os.execv(sys.executable, [sys.executable, "-m", "tests", *context.args])


@app.command("doctor")
def examine(json_: JsonOption = False, config: ConfigOption = None) -> None:
    """Look at Python, memory, disk, sound, Bluetooth and models, and print how to mend what is amiss.

    Exits with 1 when `earrand run` could not work. The demo needs neither sound devices nor Bluetooth.
    """
    with trouble():
        findings = list(doctor.examine(load_config(find_config(config))))
    if json_:
        for finding in findings:
            print(json.dumps(asdict(finding)))
    else:
        Console().print(_findings_table(findings))
    raise typer.Exit(0 if all(finding.verdict == "ok" for finding in findings) else 1)


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
