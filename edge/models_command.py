"""The commands `earrand models list|recommend|pull|verify|remove`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from huggingface_hub import constants
from rich.console import Console

from edge import models_view as view
from edge.config import ConfigError, find_config, load_config
from edge.options import JsonOption
from models import probe
from models.catalog import INSTEAD, Entry, ModelError, PinsBroken, find, load_catalog, settings
from models.recommend import recommend
from models.store import Store

_CONTROL_C = 130

models_app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Language models, recognisers and voices: what there is, what fits this machine, and getting it. "
    "Earrand works without any of them. Begin with `earrand models recommend`. (docs/models.md)",
)

NamesArgument = Annotated[list[str], typer.Argument(metavar="NAME...", help="As `earrand models list` shows them.")]


@models_app.command("list")
def list_models(json_: JsonOption = False) -> None:
    """Show every model of the catalog, and which of them are on this disk. Asks nobody: works offline.

    Models that other programs fetched into the Hugging Face cache are found too.
    """
    with _trouble():
        store = Store()
        holdings = [(entry, store.look(entry)) for entry in load_catalog()]
    if json_:
        for entry, holding in holdings:
            print(view.holding_json(entry, holding))
    else:
        view.show_holdings(Console(), holdings)


@models_app.command("recommend")
def recommend_models(
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="How long to measure.")] = 20.0,
    language: Annotated[str | None, typer.Option(help="What you speak; else [wearable] language.")] = None,
    json_: JsonOption = False,
) -> None:
    """Measure this machine, and say which models fit it and which to take.

    Looks at free memory (also a container's), free disk and memory speed, and runs llama.cpp with a small random
    model. Tokens a second are estimates. Refuses what would not fit or would be slower than speech.
    """
    with _trouble():
        store = Store()
        holdings = [(entry, store.look(entry)) for entry in load_catalog()]
        known = [entry for entry, holding in holdings if holding.paths or not entry.ships]
        spoken = language or load_config(find_config(None)).wearable.language
        with Console(stderr=True).status(f"Measuring this machine for {seconds:.0f} seconds"):
            machine = probe.measure(Path(constants.HF_HUB_CACHE), seconds)
        here = [entry.name for entry, holding in holdings if holding.paths]
        advice = recommend(known, machine, spoken, here)
    if json_:
        print(view.advice_json(machine, advice))
    else:
        view.show_advice(Console(), machine, advice)


@models_app.command()
def pull(names: NamesArgument) -> None:
    """Fetch models, verify them, and say what to write into earrand.toml.

    Goes on where an earlier pull was cut or stopped with Ctrl-C. The first pull of a model pins its revision and the
    SHA-256 of its files; later ones accept nothing else. What is here already is verified and not fetched again.
    $HF_HOME, $HF_TOKEN, $HF_ENDPOINT (a mirror) and $HF_HUB_OFFLINE mean what they mean to every Hugging Face program.
    """
    for entry in _entries(names):
        with _trouble(entry):
            with view.Bars(Console(stderr=True)) as bars:
                paths = Store().pull(entry, bars)
            view.show_settings(Console(), entry, paths, settings(entry, paths))


@models_app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Else all that are here.")] = None,
    json_: JsonOption = False,
) -> None:
    """Read models from the disk and compare every byte with what was pinned. Asks nobody: works offline.

    Exits with 1 when a file is missing or wrong, or nothing is known to compare it with.
    """
    fine = True
    with _trouble():
        store = Store()
        chosen = _entries(names) if names else [entry for entry in load_catalog() if store.look(entry).bytes_here]
        for entry in chosen:
            checks = store.verify(entry)
            fine = fine and all(check.verdict == "ok" for check in checks)
            if not json_:
                view.show_checks(Console(soft_wrap=True, highlight=False), entry, checks)
                if any(check.verdict == "missing" for check in checks):
                    _tell_what_serves(entry)
            for check in checks if json_ else ():
                print(view.check_json(entry, check))
    if not chosen and not json_:
        print("No model is here: `earrand models pull NAME` gets one.")
    raise typer.Exit(0 if fine else 1)


@models_app.command()
def remove(
    names: NamesArgument,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget the pin too: the next pull takes the newest revision.")
    ] = False,
) -> None:
    """Delete models from the disk, finished or not. Other programs that use the Hugging Face cache lose them too."""
    for entry in _entries(names):
        with _trouble():
            freed = Store().remove(entry, forget=forget)
            print(f"{entry.name}: {view.megabytes(freed) + ' freed' if freed else 'was not here'}")


def _entries(names: Sequence[str]) -> list[Entry]:
    with _trouble():
        entries = load_catalog()
        return [find(entries, name) for name in dict.fromkeys(names)]


def _tell_what_serves(missing: Entry) -> None:
    """Say what does the work of a model that is not here: another of its role, or what Earrand brings."""
    store = Store()
    others = [entry.name for entry in load_catalog() if entry.role == missing.role and store.look(entry).paths]
    here = [name for name in others if name != missing.name]
    instead = f"{' or '.join(here)} is here; without it " if here else ""
    print(f"Instead of {missing.name}: {instead}{INSTEAD[missing.role]}.", file=sys.stderr)


@contextmanager
def _trouble(pulling: Entry | None = None) -> Iterator[None]:
    """Turn what a person can mend into a line and an exit status."""
    try:
        yield
    except KeyboardInterrupt:
        if pulling is not None:
            here = view.megabytes(Store().look(pulling).bytes_here)
            print(f"earrand: stopped; {here} of {pulling.name} stay, and the next pull goes on", file=sys.stderr)
        raise typer.Exit(_CONTROL_C) from None
    except (ModelError, ConfigError) as error:
        print(f"earrand: {error}", file=sys.stderr)
        if pulling is not None and not isinstance(error, PinsBroken):
            _tell_what_serves(pulling)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    models_app(prog_name="earrand models")
