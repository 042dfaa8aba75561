"""A companion as a process of its own: python -m tests.companion_process SOCKET DATA [MCP_SERVERS_JSON]."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from companion.config import CompanionConfig, read_mcp_servers
from companion.wiring import serve_until_signalled
from tests.unix_radio import SocketCentral

if __name__ == "__main__":
    socket, data, *servers = map(Path, sys.argv[1:])
    data.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=data / "companion.log", level=logging.DEBUG, format="%(asctime)s %(process)s %(message)s"
    )
    config = CompanionConfig(data_dir=data, mcp_servers=read_mcp_servers(servers[0]) if servers else {})
    asyncio.run(serve_until_signalled(config, SocketCentral(socket)))
