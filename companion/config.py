"""What the companion can be told, and the `mcpServers` form in which other MCP hosts keep their servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import platformdirs

from firmware_bridge.errors import UNREADABLE
from firmware_bridge.settings import ConfigError


@dataclass(frozen=True, slots=True)
class ServerCommand:
    """How to start one MCP server that speaks over stdio."""

    command: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to a small inherited environment; secrets belong here, not in `args`, which other users can see."""


@dataclass(frozen=True, slots=True)
class CompanionConfig:
    """Every setting of the companion."""

    data_dir: Path = field(default_factory=lambda: platformdirs.user_data_path("earrand") / "companion")
    """Journal, calendar, outbox, notes."""
    name: str = "Phone"
    mcp_servers: Mapping[str, ServerCommand] = field(default_factory=dict)
    """More servers by name; one that is named as a built-in server takes its place."""
    apprise_targets: tuple[str, ...] = ()
    """Where messages go besides the outbox file: https://appriseit.com/services/"""
    read_only_servers: tuple[str, ...] = ()
    """Servers whose `readOnlyHint` is believed: their reading tools need no yes. A hint alone proves nothing."""


class _Server(msgspec.Struct, frozen=True):
    command: str = ""
    args: tuple[str, ...] = ()
    env: dict[str, str] = {}
    type: str = "stdio"


class _Servers(msgspec.Struct, frozen=True):
    mcpServers: dict[str, _Server]


def read_mcp_servers(path: Path) -> dict[str, ServerCommand]:
    """Read {"mcpServers": {name: {command, args, env}}}. Raises ConfigError.

    Keys that other hosts keep in the same file are passed over.
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read: {exc.strerror}") from exc
    try:
        servers = msgspec.json.decode(data, type=_Servers).mcpServers
    except UNREADABLE as exc:
        raise ConfigError(f'{path}: not of the form {{"mcpServers": {{name: {{command, args, env}}}}}}: {exc}') from exc
    for name, server in servers.items():
        if not name or "." in name:
            raise ConfigError(f"{path}: server {name!r}: a name cannot be empty or hold a dot")
        if server.type != "stdio" or not server.command:
            raise ConfigError(f"{path}: server {name!r}: only servers with a `command` (stdio) can be run")
    return {name: ServerCommand(server.command, server.args, server.env) for name, server in servers.items()}
