"""How a tool says that it did not do its work, in a form that a program can act on."""

from __future__ import annotations

from typing import Literal

from mcp.server.mcpserver.exceptions import ToolError

Code = Literal["not_found", "ambiguous", "bad_arguments", "disk_full", "tool_failed", "unknown_outcome"]


class Failure(ToolError):
    """A failure that was foreseen. MCP carries its text, "code: what happened", to the host."""

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
