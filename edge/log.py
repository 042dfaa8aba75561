"""Sets up logging for a process: to standard error, without anybody's words above DEBUG."""

from __future__ import annotations

import logging

_CHATTY = ("bumble", "bleak", "mcp", "httpx", "asyncio", "faster_whisper", "hassil")


def set_up(verbose: int) -> None:
    """Log warnings; with 1 also the story of each turn, with 2 everything, words included."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(level=level, format="%(asctime)s %(levelname).1s %(name)s: %(message)s")
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
