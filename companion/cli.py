"""The companion's command: `earrand companion`."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from companion.config import CompanionConfig, read_mcp_servers
from companion.events import EventSink
from companion.wiring import serve_until_signalled
from firmware_bridge.errors import LinkError
from firmware_bridge.journal import JournalError
from firmware_bridge.settings import CompanionSection, ConfigError, LinkSection, Section, read_settings
from firmware_bridge.transports import open_central

_PROJECT_FILE = Path(__file__).resolve().parent.parent / "earrand.toml"
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


@app.command()
def companion(
    link: Annotated[
        str | None, typer.Option(metavar="SPEC", help="The radio: bleak, bleak:hci1, bumble:usb:0, ...")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where journal, calendar, outbox and notes are kept.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout (docs/events.md).")] = False,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings; else $EARRAND_CONFIG, else earrand.toml.")
    ] = None,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="Log more; -vv everything.")] = 0,
) -> None:
    """Run the phone's side: wait for the wearable, run its errands with the MCP tools, until Ctrl-C."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(level=level, format="%(asctime)s %(levelname).1s %(name)s: %(message)s")
    try:
        settings = _read(config)
        show = _as_json if json_ else _as_lines
        asyncio.run(_serve(_configure(settings.companion, data), link or settings.link.companion, show))
    except (ConfigError, JournalError, LinkError, ValueError) as exc:
        print(f"earrand companion: {exc}", file=sys.stderr)
        raise typer.Exit(1) from None


async def _serve(config: CompanionConfig, link: str, show: EventSink) -> None:
    async with open_central(link) as transport:
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
