"""The MCP host: the built-in servers and the configured ones, as one table of tools.

All servers start at once in the background, and a call waits only for its own: with five built-in servers on two
cores the first answer would otherwise wait for the fifth start, and starting on demand would put each first errand
behind a second of Python start-up.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import anyio
from mcp import MCPError
from mcp_types import CONNECTION_CLOSED, INVALID_PARAMS, RequestParamsMeta
from pydantic import ValidationError

from companion.config import CompanionConfig, ServerCommand
from companion.effects import BUILTIN, ERRAND_ID, ToolFacts, foreign
from companion.errors import ToolFailed
from companion.results import plain_result
from companion.supervisor import START_S, Server

_PACKAGES = Path(__file__).resolve().parent.parent


class Host:
    """Knows every tool and calls it."""

    def __init__(self, config: CompanionConfig) -> None:
        self._believed = frozenset(config.read_only_servers)
        builtin = {name: _builtin(name, config) for name in sorted({tool.split(".")[0] for tool in BUILTIN})}
        self._ours = builtin.keys() - config.mcp_servers.keys()
        logs = config.data_dir / "logs"
        self._servers = {
            name: Server(name, command, logs / f"{name}.log")
            for name, command in {**builtin, **config.mcp_servers}.items()
        }

    async def run(self) -> None:
        """Start all servers and keep them up until cancelled; leaving ends them."""
        async with asyncio.TaskGroup() as tasks:
            for server in self._servers.values():
                tasks.create_task(server.run())

    def tools(self) -> tuple[str, ...]:
        """Give the names of the tools that are known now: ours, and those of the configured servers that are up."""
        ours = [tool for tool in BUILTIN if tool.split(".")[0] in self._ours]
        others = [f"{n}.{tool}" for n, server in self._servers.items() if n not in self._ours for tool in server.tools]
        return (*ours, *others)

    async def ready(self) -> None:
        """Wait until every server is up or has failed to start once."""
        for server in self._servers.values():
            try:
                await server.session()
            except ToolFailed:
                continue

    async def find(self, tool: str) -> ToolFacts:
        """Give what is known of a tool. Raises ToolFailed no_such_tool or unavailable."""
        server, bare = self._split(tool)
        if server.name in self._ours:
            if tool not in BUILTIN:
                raise ToolFailed("no_such_tool", tool)
            return BUILTIN[tool]
        try:
            async with asyncio.timeout(START_S):
                await server.session()
        except TimeoutError as exc:
            raise ToolFailed("unavailable", f"server {server.name} takes too long to start") from exc
        if bare not in server.tools:
            raise ToolFailed("no_such_tool", tool)
        annotations = server.tools[bare].annotations
        read_only = annotations is not None and annotations.read_only_hint is True
        return foreign(read_only, believed=server.name in self._believed)

    async def call(self, tool: str, arguments: Mapping[str, Any], errand_id: str, timeout_s: float) -> dict[str, Any]:
        """Call a tool. Raises ToolFailed; its code tells whether the tool may have had its effect."""
        server, bare = self._split(tool)
        begun = False
        try:
            async with asyncio.timeout(timeout_s):
                session = await server.session()
                begun = True
                result = await session.call_tool(bare, dict(arguments), meta=_meta(errand_id))
        except TimeoutError as exc:
            raise ToolFailed("timed_out" if begun else "unavailable", tool) from exc
        except MCPError as exc:
            raise ToolFailed(_code_of(exc), f"{tool}: {exc}") from exc
        except (anyio.BrokenResourceError, anyio.ClosedResourceError) as exc:
            raise ToolFailed("interrupted", tool) from exc
        except (RuntimeError, ValidationError) as exc:  # a result that breaks the tool's own schema: it did run
            raise ToolFailed("unknown_outcome", f"{tool}: {exc}") from exc
        return plain_result(result)

    def _split(self, tool: str) -> tuple[Server, str]:
        name, _, bare = tool.partition(".")
        if name not in self._servers or not bare:
            raise ToolFailed("no_such_tool", tool)
        return self._servers[name], bare


def _meta(errand_id: str) -> RequestParamsMeta:
    meta: dict[str, Any] = {ERRAND_ID: errand_id}
    return cast(RequestParamsMeta, meta)


def _code_of(error: MCPError) -> str:
    match error.code:
        case code if code == CONNECTION_CLOSED:
            return "interrupted"
        case code if code == INVALID_PARAMS:
            return "bad_arguments"
        case _:
            return "tool_failed"


def _builtin(name: str, config: CompanionConfig) -> ServerCommand:
    # -P: a file calendar.py in the folder that we were started from must not take the place of anything.
    args = ("-P", "-m", f"companion.servers.{name}", "--data", str(config.data_dir))
    env = {"PYTHONPATH": str(_PACKAGES)}
    if name == "messages" and config.apprise_targets:
        env["APPRISE_URLS"] = " ".join(config.apprise_targets)  # not in the arguments: targets hold passwords
    return ServerCommand(sys.executable, args, env)
