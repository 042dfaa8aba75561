"""Checks the call that a model wrote against the tools that there are. Trusts nothing, a grammar or not."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from models.llm import ToolCall, ToolSchema

LONGEST_CALL = 10_000
"""Characters; a longer one is not looked at."""


class BadCall(ValueError):
    """What the model wrote is no call that may be made; the message says why, in the log's words."""


def read_json(text: str) -> Any:
    """Read JSON as strictly as it can be read. Raises BadCall."""
    if len(text) > LONGEST_CALL:
        raise BadCall("the call is too long")
    try:
        return json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_refuse_constant)
    # RecursionError is what a thousand "[" give.
    except (ValueError, RecursionError) as exc:
        raise BadCall(f"the call is not JSON ({exc})") from exc


def checked_call(name: object, arguments: Any, tools: Sequence[ToolSchema]) -> ToolCall:
    """Give the call when there is such a tool and the arguments fit its schema. Raises BadCall."""
    tool = tool_named(name, tools)
    problem = misfit(arguments, tool.parameters)
    if problem:
        raise BadCall(f"{tool.name}: {problem}")
    return ToolCall(tool.name, arguments)


def tool_named(name: object, tools: Sequence[ToolSchema]) -> ToolSchema:
    """Give the tool of this name. Raises BadCall."""
    tool = next((tool for tool in tools if tool.name == name), None)
    if tool is None:
        raise BadCall("there is no such tool")
    return tool


def misfit(value: object, schema: Mapping[str, Any], where: str = "arguments") -> str:
    """Say why a JSON value does not fit a schema that `models.schema_grammar` can write; nothing when it does."""
    if "enum" in schema or "const" in schema:
        choices = schema.get("enum", [schema.get("const")])
        return "" if any(_same(value, choice) for choice in choices) else f"{where} is none of the choices"
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            problems = [misfit(value, each, where) for each in schema[keyword]]
            return "" if "" in problems else problems[0]
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return misfit(value, {"anyOf": [{**schema, "type": kind} for kind in kinds]}, where)
    match kinds, value:
        case "string", str():
            return _out_of(len(value), schema, "minLength", "maxLength", where)
        case (("integer" | "number"), bool()):
            return f"{where} is not a number"
        case ("integer", int()) | ("number", int() | float()):
            return _number_misfit(value, schema, where)
        case ("boolean", bool()) | ("null", None):
            return ""
        case "array", list():
            return _array_misfit(value, schema, where)
        case "object", dict():
            return _object_misfit(value, schema, where)
    return f"{where} is not of type {kinds}"


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a name is there twice")
    return values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _same(value: object, choice: object) -> bool:
    # In Python 1 == True == 1.0; in a call they are different answers.
    return value == choice and isinstance(value, bool) == isinstance(choice, bool)


def _number_misfit(value: float, schema: Mapping[str, Any], where: str) -> str:
    low, high = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if not math.isfinite(value):  # "1e999" is JSON.
        return f"{where} is out of bounds"
    if (low is not None and value <= low) or (high is not None and value >= high):
        return f"{where} is out of bounds"
    return _out_of(value, schema, "minimum", "maximum", where)


def _array_misfit(value: list[object], schema: Mapping[str, Any], where: str) -> str:
    problem = _out_of(len(value), schema, "minItems", "maxItems", where)
    problems = (misfit(item, schema.get("items", {}), f"{where}[{i}]") for i, item in enumerate(value))
    return problem or next(filter(None, problems), "")


def _object_misfit(value: dict[str, object], schema: Mapping[str, Any], where: str) -> str:
    properties = schema.get("properties", {})
    if not set(schema.get("required", [])) <= value.keys():
        return f"{where} lacks a required property"
    if not value.keys() <= properties.keys():
        return f"{where} has a property that the tool does not know"
    problems = (misfit(item, properties[name], f"{where}.{name}") for name, item in value.items())
    return next(filter(None, problems), "")


def _out_of(value: float, schema: Mapping[str, Any], least: str, most: str, where: str) -> str:
    if schema.get(least, value) <= value <= schema.get(most, value):
        return ""
    return f"{where} is out of bounds"
