"""Writes what a chat model reads: the system text, the tools, and as many turns as fit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from models.llm import ChatMessage, ToolSchema


def with_system(messages: Sequence[ChatMessage], *more: str) -> list[ChatMessage]:
    """Give one system message, when there is anything for it, that ends with `more`; and then the turns."""
    system = [*(message.text for message in messages if message.role == "system"), *more]
    turns = [message for message in messages if message.role != "system"]
    return [ChatMessage("system", "\n\n".join(system)), *turns] if system else turns


def without_oldest_turn(messages: Sequence[ChatMessage]) -> list[ChatMessage] | None:
    """Leave out the oldest question and its answer; nothing when only the last question is left."""
    system = [message for message in messages if message.role == "system"]
    turns = [message for message in messages if message.role != "system"]
    starts = [i for i, turn in enumerate(turns) if turn.role == "user" and i > 0]
    return system + turns[starts[0] :] if starts else None


def describe(tool: ToolSchema) -> str:
    """Write a tool in one line: a third of the tokens of its JSON schema."""
    required = tool.parameters.get("required", [])
    arguments = [
        f"{name}{'' if name in required else '?'}: {_kind(schema)}"
        for name, schema in tool.parameters.get("properties", {}).items()
    ]
    return f"- {tool.name}({', '.join(arguments)}): {' '.join(tool.description.split())}"


def as_functions(tools: Sequence[ToolSchema]) -> list[dict[str, Any]]:
    """Write tools as chat templates want them."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": " ".join(tool.description.split()),
                "parameters": {
                    "type": "object",
                    "properties": tool.parameters.get("properties", {}),
                    **_required(tool),
                },
            },
        }
        for tool in tools
    ]


def _required(tool: ToolSchema) -> dict[str, Any]:
    required = tool.parameters.get("required")
    return {"required": required} if required else {}


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "|".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return "|".join(_kind(each) for each in schema[keyword])
    kind = str(schema.get("type", "value"))
    if "minimum" in schema and "maximum" in schema:
        return f"{kind} {schema['minimum']} to {schema['maximum']}"
    return kind
