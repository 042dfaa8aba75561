"""Keeps one MCP server running: starts it, starts it again with growing pauses, and contains whatever it does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # noqa: F401  # or the SDK does so in the first call: 0.1 s on the loop
from mcp import ClientSession
from mcp_types import Implementation, PaginatedRequestParams, Tool

from companion.child import child
from companion.config import ServerCommand
from companion.errors import ToolFailed
from firmware_bridge.channel import Backoff

_LOGGER = logging.getLogger(__name__)

START_S = 30.0
"""How long a server may take from its start to its list of tools; a Raspberry Pi under load needs about ten."""
STEADY_S = 30.0
"""A server that lived this long is started again at once when it falls."""
_CLIENT = Implementation(name="earrand-companion", version="1")


class Server:
    """One configured server."""

    def __init__(self, name: str, command: ServerCommand, log: Path) -> None:
        self.name = name
        self.tools: Mapping[str, Tool] = {}
        """As it last listed them; kept while it is being restarted."""
        self._command = command
        self._log = log
        self._up: tuple[ClientSession, asyncio.Event] | None = None
        """The session and what is set when its server ends: before the session knows it, a call would be lost on it."""
        self._failed_starts = 0
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        """Keep the server up until cancelled; leaving ends it."""
        backoff = Backoff()
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            try:
                await self._live()
                _LOGGER.warning("server %s ended; see %s", self.name, self._log)
            except Exception as exc:  # the boundary to foreign programs: nothing that one does ends the companion
                _LOGGER.warning("server %s failed: %r; see %s", self.name, exc, self._log)
                _LOGGER.debug("server %s", self.name, exc_info=True)
            if loop.time() - begun > STEADY_S:
                backoff.forget()
            await asyncio.sleep(backoff.next())

    async def session(self) -> ClientSession:
        """Give the session, when the server is ready. Raises ToolFailed unavailable if its next start fails."""
        async with self._changed:
            failed = self._failed_starts
            await self._changed.wait_for(lambda: self._ready() is not None or self._failed_starts > failed)
            session = self._ready()
        if session is None:
            raise ToolFailed("unavailable", f"server {self.name} does not start; see {self._log}")
        return session

    def _ready(self) -> ClientSession | None:
        return None if self._up is None or self._up[1].is_set() else self._up[0]

    async def _live(self) -> None:
        """Run the server from start to end."""
        ready = False
        try:
            async with (
                child(self._command, self._log) as process,
                ClientSession(process.read, process.write, client_info=_CLIENT) as session,
            ):
                async with asyncio.timeout(START_S):
                    await session.initialize()
                    self.tools = await _list_tools(session)
                ready = True
                await self._set((session, process.ended))
                await process.ended.wait()
        finally:
            if not ready:
                self._failed_starts += 1
            await self._set(None)

    async def _set(self, up: tuple[ClientSession, asyncio.Event] | None) -> None:
        async with self._changed:
            self._up = up
            self._changed.notify_all()


async def _list_tools(session: ClientSession) -> dict[str, Tool]:
    tools: dict[str, Tool] = {}
    cursor: str | None = None
    while True:
        page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor))
        tools |= {tool.name: tool for tool in page.tools}
        cursor = page.next_cursor
        if cursor is None:
            return tools
