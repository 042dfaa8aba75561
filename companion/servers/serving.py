"""Runs one built-in MCP server over stdio, and what all of them say about their tools."""

from __future__ import annotations

import argparse
import logging
import re
import uuid
from collections.abc import Callable
from pathlib import Path

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp_types import ToolAnnotations

from companion.effects import ERRAND_ID
from companion.servers.failure import Failure

READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, destructive_hint=False, open_world_hint=False)
ADDS = ToolAnnotations(read_only_hint=False, idempotent_hint=False, destructive_hint=False, open_world_hint=False)
"""Idempotent only for callers that give an errand id, which MCP's hint has no words for."""
REMOVES = ToolAnnotations(read_only_hint=False, idempotent_hint=False, destructive_hint=True, open_world_hint=False)
SENDS = ToolAnnotations(read_only_hint=False, idempotent_hint=False, destructive_hint=False, open_world_hint=True)


def errand_id(context: Context) -> str:
    """Give the id that the call is known by; a new one for hosts that give none."""
    meta = context.request_context.meta or {}
    given = meta.get(ERRAND_ID)
    if given is None:
        return uuid.uuid4().hex
    if not isinstance(given, str) or not re.fullmatch(r"[0-9A-Za-z-]{1,64}", given):
        raise Failure("bad_arguments", f"_meta {ERRAND_ID} is not an id")
    return given


def serve(name: str, build: Callable[[Path], MCPServer]) -> None:
    """Read the command line and serve until stdin ends."""
    parser = argparse.ArgumentParser(prog=f"python -m companion.servers.{name}", description=build.__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the files")
    folder = parser.parse_args().data
    # Before the SDK does: its own set-up draws tracebacks with rich, which takes over a second on a small computer.
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    build(folder).run("stdio")
