"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings; else $EARRAND_CONFIG, else earrand.toml.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout, for programs.")]
EventsOption = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout (docs/events.md).")]
