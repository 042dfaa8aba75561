"""Turns whatever an MCP tool gave into a small plain dict for the journal and the link."""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec
from mcp_types import CallToolResult, TextContent

from companion.errors import ToolFailed

MAX_RESULT_BYTES = 12_000
"""A message of the link holds 16,384 bytes; nobody listens to a tenth of this."""
_CODE = re.compile(r"(?:^|: )(not_found|ambiguous|bad_arguments|disk_full|tool_failed|unknown_outcome): ")
_DEEPEST = 16
_EXACT = 2**53 - 1


def plain_result(result: CallToolResult) -> dict[str, Any]:
    """Give the result as plain data that fits. Raises ToolFailed for a result that says it is an error."""
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    if result.is_error:
        raise ToolFailed(_code(text), text[:500])
    structured: Any = result.structured_content
    if isinstance(structured, dict):
        return fit(structured)
    data: dict[str, Any] = {"text": text} if structured is None else {"result": structured}
    others = [block.type for block in result.content if not isinstance(block, TextContent)]
    return fit(data | ({"left_out": others} if others else {}))


def _code(text: str) -> str:
    """Find our own servers' code in the text of an error."""
    found = _CODE.search(text)
    if found:
        return found[1]
    return "bad_arguments" if "validation error" in text else "tool_failed"


def fit(data: dict[str, Any], limit: int = MAX_RESULT_BYTES) -> dict[str, Any]:
    """Shorten texts and lists until the whole fits, and then say so with "shortened": true."""
    whole = _plain(data, 0)
    assert isinstance(whole, dict)
    if _size(whole) <= limit:
        return whole
    room = 4096
    while room:
        shorter = {**_cut(whole, room), "shortened": True}
        if _size(shorter) <= limit:
            return shorter
        room //= 2
    return {"shortened": True}


def _plain(value: Any, depth: int) -> Any:
    """Give what both JSON and MessagePack can say; the rest becomes text."""
    if depth > _DEEPEST:
        return "..."
    match value:
        case None | bool() | str():
            return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        case int():
            return value if abs(value) <= _EXACT else str(value)
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {_plain(str(key), depth): _plain(item, depth + 1) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, depth + 1) for item in value]
        case _:
            return str(value)


def _cut(value: Any, room: int) -> Any:
    match value:
        case str():
            return value if len(value) <= room else value[:room] + "..."
        case dict():
            return {_cut(key, room): _cut(item, room) for key, item in list(value.items())[:room]}
        case list():
            return [_cut(item, room) for item in value[:room]]
        case _:
            return value


def _size(value: Any) -> int:
    return len(msgspec.msgpack.encode(value))
