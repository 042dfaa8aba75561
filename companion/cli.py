"""The companion's commands: `earrand companion`, `... pair` and `... forget`."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from companion.config import CompanionConfig, read_mcp_servers
from companion.events import EventSink
from companion.pairing import pair as pair_with
from companion.wiring import serve_until_signalled
from firmware_bridge.errors import LinkError, NotLetIn
from firmware_bridge.guard import WEARABLES
from firmware_bridge.journal import JournalError
from firmware_bridge.keyring import KEYRING, Keyring, KeyringError
from firmware_bridge.secure import read_passkey
from firmware_bridge.settings import CompanionSection, ConfigError, LinkSection, Section, read_settings
from firmware_bridge.transports import open_central

_PROJECT_FILE = Path(__file__).resolve().parent.parent / "earrand.toml"
_CONTROL_C = 130
_MOODS = {"completed": "green", "failed": "red", "cancelled": "yellow"}


class _Settings(Section, frozen=True, kw_only=True):
    """earrand.toml as the companion sees it: the wearable's tables are the wearable's to judge."""

    link: LinkSection = LinkSection()
    companion: CompanionSection = CompanionSection()
    wearable: dict[str, Any] = msgspec.field(default_factory=dict)
    audio: dict[str, Any] = msgspec.field(default_factory=dict)
    hearing: dict[str, Any] = msgspec.field(default_factory=dict)
    speaking: dict[str, Any] = msgspec.field(default_factory=dict)
    understanding: dict[str, Any] = msgspec.field(default_factory=dict)
    errands: dict[str, Any] = msgspec.field(default_factory=dict)


app = typer.Typer(add_completion=False)


def main() -> None:
    """Run the command."""
    app(prog_name="earrand companion")


LinkOption = Annotated[
    str | None, typer.Option("--link", metavar="SPEC", help="The radio: bleak, bleak:hci1, bumble:usb:0, ...")
]
DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="FOLDER", help="Where journal, keys, calendar, outbox and notes are kept."),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings; else $EARRAND_CONFIG, else earrand.toml.")
]
VerboseOption = Annotated[int, typer.Option("--verbose", "-v", count=True, help="Log more; -vv everything.")]


@app.callback(invoke_without_command=True)
def companion(
    context: typer.Context,
    link: LinkOption = None,
    data: DataOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout (docs/events.md).")] = False,
    config: ConfigOption = None,
    verbose: VerboseOption = 0,
) -> None:
    """Run the phone's side: wait for the wearable, run its errands with the MCP tools, until Ctrl-C.

    It must be paired first: `earrand companion pair`.
    """
    if context.invoked_subcommand is not None:
        return
    _log(verbose)
    with _trouble():
        settings = _read(config)
        show = _as_json if json_ else _as_lines
        asyncio.run(_serve(_configure(settings.companion, data), link or settings.link.companion, show))


@app.command()
def pair(
    digits: Annotated[str, typer.Argument(metavar="[DIGITS]", help="Asked for when they are left out.")] = "",
    link: LinkOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    verbose: VerboseOption = 0,
) -> None:
    """Pair with a wearable: say "pair my phone" to it, and give the six digits that it speaks."""
    _log(verbose)
    with _trouble():
        settings = _read(config)
        said = digits or typer.prompt('Say "pair my phone" to the wearable, then type the six digits that it speaks')
        passkey = read_passkey(said)
        configured = _configure(settings.companion, data)
        name = asyncio.run(_pair(configured, link or settings.link.companion, passkey))
    print(f"paired with {name}; `earrand companion` serves it")


@app.command()
def forget(data: DataOption = None, config: ConfigOption = None) -> None:
    """Forget the wearable; to use it again, pair again."""
    with _trouble():
        folder = _configure(_read(config).companion, data).data_dir
        gone = Keyring(folder / KEYRING, WEARABLES).forget()
    print(f"forgot {gone[0].name}" if gone else "there was no wearable to forget")


def _log(verbose: int) -> None:
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(level=level, format="%(asctime)s %(levelname).1s %(name)s: %(message)s")


@contextmanager
def _trouble() -> Iterator[None]:
    """Turn what the owner can mend into one line and an exit status."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(_CONTROL_C) from None
    except (ConfigError, JournalError, KeyringError, LinkError, ValueError) as exc:
        print(f"earrand companion: {exc}", file=sys.stderr)
        raise typer.Exit(1) from None


async def _pair(config: CompanionConfig, link: str, passkey: str) -> str:
    async with open_central(link, folder=config.data_dir, passkey=passkey) as transport:
        return await pair_with(config, transport, passkey)


async def _serve(config: CompanionConfig, link: str, show: EventSink) -> None:
    if not Keyring(config.data_dir / KEYRING, WEARABLES).peers():
        raise NotLetIn('not paired with a wearable yet. Say "pair my phone" to it, then: earrand companion pair')
    async with open_central(link, folder=config.data_dir) as transport:
        show({"event": "ready", "side": "companion", "engines": {}})
        await serve_until_signalled(config, transport, show)


def _read(chosen: Path | None) -> _Settings:
    named = os.environ.get("EARRAND_CONFIG")
    path = chosen or (Path(named) if named else _PROJECT_FILE)
    return read_settings(path, _Settings()) if chosen or named or path.exists() else _Settings()


def _configure(section: CompanionSection, data: Path | None) -> CompanionConfig:
    servers = read_mcp_servers(Path(section.mcp_servers).expanduser()) if section.mcp_servers else {}
    configured = CompanionConfig(name=section.name, mcp_servers=servers, apprise_targets=section.apprise)
    folder = data or (Path(section.data_dir).expanduser() if section.data_dir else configured.data_dir)
    return replace(configured, data_dir=folder)


def _as_json(event: dict[str, Any], /) -> None:
    print(json.dumps(event), flush=True)


def _as_lines(event: dict[str, Any], /) -> None:
    match event:
        case {"event": "errand", "id": id, "state": state, "tool": tool}:
            Console().print(f"{id[:6]} {tool}: [{_MOODS.get(state, 'blue')}]{state}[/]", highlight=False)
        case {"event": "link", "up": True, "peer": peer}:
            Console().print(f"joined with {peer}", highlight=False)
        case {"event": "link", "why": why}:
            Console().print(f"no wearable: {escape(why)}; trying on", highlight=False)
        case {"event": "ready"}:
            Console().print("ready, looking for the wearable; Ctrl-C ends", highlight=False)
