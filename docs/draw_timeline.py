"""Draws docs/demo.svg from a demo: `./earrand demo --json | PYTHONPATH=. .venv/bin/python docs/draw_timeline.py`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rich.console import Console

from edge.demo.screen import Screen
from edge.timeline import Partial, read_event

_WIDTH = 144
_FONT = re.compile(r"@font-face \{.*?\}\n", re.DOTALL)
"""rich would fetch its font from a server; the reader's own monospace font does."""


def main() -> None:
    """Read events, draw the picture beside this file."""
    with open("/dev/null", "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=_WIDTH, file=nowhere, force_terminal=True)
        screen = Screen(console)
        for line in sys.stdin.buffer:
            event = read_event(line)
            if not isinstance(event, Partial):  # they live on one line, for a moment
                screen.show(event)
        picture = _FONT.sub("", console.export_svg(title="./earrand demo"))
        Path(__file__).with_name("demo.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
