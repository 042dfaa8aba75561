"""Lays out what a chat model reads: the system text with the tools, and as many turns as fit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from models.llm import ChatMessage, ToolSchema

_HOW_TO_ANSWER = (
    "Write one line of JSON and nothing else. To do something, when a tool fits: "
    '{"tool": "name", "arguments": {...}}. To answer in one or two short spoken sentences: {"say": "..."}.'
)


def lay_out(messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> list[ChatMessage]:
    """Give one system message, when there is anything for it, and then the turns.

    With tools, earlier answers are written as the model wrote them, so that its cache holds and it keeps to the form.
    """
    system = [message.text for message in messages if message.role == "system"]
    turns = [message for message in messages if message.role != "system"]
    if tools:
        system += ["\n".join([_HOW_TO_ANSWER, "Tools:", *map(describe, tools)])]
        turns = [_as_written(turn) for turn in turns]
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


def _as_written(turn: ChatMessage) -> ChatMessage:
    if turn.role != "assistant":
        return turn
    return ChatMessage("assistant", json.dumps({"say": turn.text}, ensure_ascii=False))


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
