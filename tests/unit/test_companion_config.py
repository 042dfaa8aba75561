from __future__ import annotations

import json
from pathlib import Path

import pytest

from companion.config import ServerCommand, read_mcp_servers
from firmware_bridge.settings import ConfigError


def write(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "servers.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_the_form_that_other_hosts_use_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, {"mcpServers": {"time": {"command": "uvx", "args": ["t"], "env": {"TZ": "UTC"}}}, "x": 1})
    assert read_mcp_servers(path) == {"time": ServerCommand("uvx", ("t",), {"TZ": "UTC"})}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"mcpServers": {"a": {"command": "\xff"}}}',
        b'{"x": ' + b"[" * 100_000,
        {},
        {"mcpServers": []},
        {"mcpServers": {"a.b": {"command": "x"}}},
        {"mcpServers": {"a": {"type": "http", "url": "x"}}},
    ],
)
def test_anything_else_is_an_error_that_names_the_file(tmp_path: Path, content: object) -> None:
    path = write(tmp_path, content)
    with pytest.raises(ConfigError) as caught:
        read_mcp_servers(path)
    assert str(path) in str(caught.value)
