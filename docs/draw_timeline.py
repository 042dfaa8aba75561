"""Draws docs/demo.svg from the events of a demo: `./earrand demo --json | .venv/bin/python docs/draw_timeline.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from edge.demo.screen import Screen
from edge.timeline import Partial, read_event

_WIDTH = 144


def main() -> None:
    """Read events, draw the picture beside this file."""
    with open("/dev/null", "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=_WIDTH, file=nowhere, force_terminal=True)
        screen = Screen(console)
        for line in sys.stdin.buffer:
            event = read_event(line)
            if not isinstance(event, Partial):  # they live on one line, for a moment
                screen.show(event)
        Path(__file__).with_name("demo.svg").write_text(console.export_svg(title="./earrand demo"), encoding="utf-8")


if __name__ == "__main__":
    main()
