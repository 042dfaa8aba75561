"""An MCP server that is not ours: buys at once and takes long to say so; python tests/shop_server.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

import anyio
from mcp.server import MCPServer
from mcp_types import ToolAnnotations


def build(folder: Path) -> MCPServer:
    """Serve a shop whose books are in the folder."""
    server = MCPServer("shop")

    @server.tool()
    async def buy(what: str) -> str:
        """Buy something; the answer comes when the file `answer` is there."""
        with (folder / "bought.txt").open("a") as books:
            books.write(what + "\n")
        while not (folder / "answer").exists():  # noqa: ASYNC110  # files have no events
            await anyio.sleep(0.02)
        return "bought " + what

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    def catalogue() -> str:
        """Give everything on sale: two megabytes of it."""
        print("a server that writes where it should not")
        return "tea\n" * 500_000

    return server


if __name__ == "__main__":
    build(Path(sys.argv[1])).run("stdio")
