"""The benches of hearing and speaking, as commands: `earrand bench hearing`, `wake`, `echo` and the like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from edge.benches import barge_in, detect_cost, echo, hearing, latency, latency_tables, turn_taking, wake
from edge.benches.commands import bench_app
from edge.config import find_config, load_config
from edge.options import ConfigOption, JsonOption
from edge.trouble import trouble

Options = TypeVar("Options")
Report = TypeVar("Report")

_FOLDER = typer.Option(
    "--data",
    metavar="FOLDER",
    exists=True,
    file_okay=False,
    help="Recordings: manifest.jsonl (file, text, speaker, kind), clips/, noise/, rooms/.",
)
DataOption = Annotated[Path, _FOLDER]
MaybeDataOption = Annotated[Path | None, _FOLDER]
HalfOption = Annotated[str, typer.Option(help="Recordings that were tuned on (tune), others (exam), or all.")]
PeerOption = Annotated[bool, typer.Option("--peer/--no-peer", help="Measure the peer in the same run.")]


@bench_app.command("hearing")
def bench_hearing(
    data: DataOption,
    noise_db: Annotated[
        list[float] | None, typer.Option(metavar="DB", help="Also with noise so far under the speech; may be repeated.")
    ] = None,
    rooms: Annotated[bool, typer.Option("--rooms", help="Also in rooms.")] = False,
    half: HalfOption = "all",
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most so many clips.")] = None,
    peer: PeerOption = True,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Let the recogniser hear people: wrong words, commands understood, and false actions, by set and noise."""
    with trouble():
        settings = load_config(find_config(config))
        options = hearing.Options(data, tuple(noise_db or ()), rooms, half, limit, peer, settings)
        _run(hearing.measure, hearing.show, options, json_)


@bench_app.command("wake")
def bench_wake(
    data: MaybeDataOption = None,
    hours: Annotated[float, typer.Option(min=0.01, help="Of talk and noise without any wake word.")] = 1.0,
    sensitivity: Annotated[float, typer.Option(min=0, max=1)] = 0.5,
    peer: PeerOption = True,
    json_: JsonOption = False,
) -> None:
    """Count how often the wake words are missed, by noise, and how often anything else wakes us, with exact bounds."""
    with trouble():
        _run(wake.measure, wake.show, wake.WakeOptions(data, hours, sensitivity, peer), json_)


@bench_app.command("echo")
def bench_echo(
    data: DataOption,
    minutes: Annotated[float, typer.Option(min=0, help="Of our own speech, for what it sets off by itself.")] = 3.0,
    seconds: Annotated[float, typer.Option(min=0, help="Of each trial of the removal; 0 for none.")] = 5.0,
    json_: JsonOption = False,
) -> None:
    """Take our own voice out of simulated rooms, beside speexdsp: dB removed, the wearer kept, self-triggers."""
    with trouble():
        _run(echo.measure, echo.show, echo.EchoOptions(data, minutes, seconds), json_)


@bench_app.command("turn-taking")
def bench_turn_taking(
    data: MaybeDataOption = None,
    clips: Annotated[int | None, typer.Option(min=0, help="At most so many recordings.")] = None,
    commands: Annotated[int, typer.Option(min=0, help="Synthetic commands, each also with a hesitation.")] = 60,
    half: HalfOption = "all",
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Find the end of utterances: how many are cut off and how long the wearer waits, beside fixed silences."""
    with trouble():
        settings = load_config(find_config(config))
        options = turn_taking.Options(data, clips, commands, half, settings)
        _run(turn_taking.measure, turn_taking.show, options, json_)


@bench_app.command("barge-in")
def bench_barge_in(
    data: MaybeDataOption = None,
    trials: Annotated[int, typer.Option("--trials", "-n", min=1, help="Times that somebody speaks.")] = 1000,
    half: HalfOption = "all",
    peer: PeerOption = True,
    json_: JsonOption = False,
) -> None:
    """Speak into our speech: onset to silence to the sample, stale samples, what history keeps, false stops."""
    with trouble():
        options = barge_in.Options(data, trials, half)
        if not peer:
            options = replace(options, peer_trials=0, word_trials=0)
        _run(barge_in.measure, barge_in.show, options, json_)


@bench_app.command("latency")
def bench_latency(
    turns: Annotated[int, typer.Option("--turns", "-n", min=1, help="Commands that need no phone.")] = 12,
    peer: Annotated[
        bool,
        typer.Option("--peer", help="Also pipecat; the first time 0.7 GB are downloaded into the user's cache folder."),
    ] = False,
    json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Time commands from the last voiced sample in to the first audible sample out, in real time, and our own share.

    With --peer pipecat answers the same commands in the same run, three times: as it comes, and after a silence of 0.3
    and 0.8 s; and all count how often they cut off as many commands with a hesitation. A minute for each turn.
    """
    with trouble():
        options = latency.LatencyOptions(turns, load_config(find_config(config)), peer)
        _run(latency.measure, latency_tables.show, options, json_)


@bench_app.command("detect")
def bench_detect(
    seconds: Annotated[float, typer.Option(min=4, help="Of sound.")] = 60.0,
    instructions: Annotated[
        bool, typer.Option("--instructions/--no-instructions", help="Count instructions with valgrind: minutes.")
    ] = True,
    json_: JsonOption = False,
) -> None:
    """What listening all day costs: echo canceller, wake word and speech detector, for a second of sound."""
    with trouble():
        _run(detect_cost.measure, detect_cost.show, detect_cost.DetectOptions(seconds, instructions), json_)


def _run(
    measure: Callable[[Options, Progress], Report],
    show: Callable[[Report, Console], None],
    options: Options,
    json_: bool,
) -> None:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        report = measure(options, progress)
    if json_:
        print(msgspec.json.encode(report).decode())
    else:
        show(report, Console())
