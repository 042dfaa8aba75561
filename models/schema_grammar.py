"""The JSON values that fit a tool's schema, as a grammar. The one source of what a call may be.

The spacing is that of `json.dumps`, so there is one way to write each value. Required properties come first, in the
order of the schema; optional ones follow and may be left out. A bounded number is a set of digit strings.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from models.grammar import MOST_REPETITIONS, Repeat, Rule, Text, any_but, chain, either, maybe
from models.grammar_numbers import integers, numbers

LONGEST_STRING = 120
"""Characters in a string whose schema sets no `maxLength`: an argument is a name or a short sentence."""
LONGEST_LIST = 8
"""Items in an array whose schema sets no `maxItems`."""
LARGEST_INTEGER = 10**15 - 1
"""Bound of an integer without one: every such number is exact in a double, which other JSON readers use."""
CONTROLS = ((0x00, 0x1F), (0x7F, 0x9F))
"""Characters that nobody can say."""

_NOTES = {"title", "description", "default", "examples", "format", "$schema"}
_KEYWORDS = {
    "string": {"minLength", "maxLength"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "boolean": set[str](),
    "null": set[str](),
    "array": {"items", "minItems", "maxItems"},
    "object": {"properties", "required", "additionalProperties"},
}


def json_character(never: str = "") -> Rule:
    """Give the ways to write a character of a JSON string, but for those of `never`."""
    excluded = [(ord(character), ord(character)) for character in '"\\' + never]
    # "\u" escapes are left out because they could spell control characters and lone surrogates.
    return either(any_but(*CONTROLS, *excluded), chain("\\", either(*'"\\/nt')))


class BadSchema(ValueError):
    """A tool's schema uses what a grammar cannot hold a model to; the message says where."""


def json_value(schema: Mapping[str, Any], where: str, never: str = "") -> Rule:
    """Give the JSON texts that fit, without the characters of `never`. Raises BadSchema, which names `where`."""
    options = alternatives(schema, where)
    if options is not None:
        return either(*(json_value(option, where, never) for option in options))
    if "const" in schema:
        return _fixed(schema["const"], never)
    match schema["type"]:
        case "string":
            return chain('"', Repeat(json_character(never), *string_lengths(schema, where)), '"')
        case "integer":
            return integers(*_bounds(schema, where))
        case "number":
            return numbers(*_bounds(schema, where))
        case "boolean":
            return either("true", "false")
        case "array":
            return _array(schema, where, never)
        case "object":
            return _object(schema, where, never)
    return Text("null")


def alternatives(schema: Mapping[str, Any], where: str) -> list[Mapping[str, Any]] | None:
    """Give the schemas of which any one must fit; none when this is one plain schema. Raises BadSchema."""
    for choice in ("enum", "const", "anyOf", "oneOf"):
        if choice in schema:
            _refuse_others(schema, {choice, "type"}, where)
    if "const" in schema:
        return None
    if "enum" in schema:
        return _at_least_one([{"const": value} for value in schema["enum"]], where)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return _at_least_one(list(schema[keyword]), where)
    kind = schema.get("type")
    if isinstance(kind, list):
        return _at_least_one([{**schema, "type": each} for each in kind], where)
    if kind not in _KEYWORDS:
        raise BadSchema(f"{where}: the type {kind!r} is not supported")
    _refuse_others(schema, {"type"} | _KEYWORDS[kind], where)
    return None


def properties(schema: Mapping[str, Any], where: str) -> tuple[dict[str, Mapping[str, Any]], set[str]]:
    """Give the properties of an object, by name, and the names of the required ones. Raises BadSchema."""
    if schema.get("type") != "object":
        raise BadSchema(f"{where}: the parameters are not an object")
    alternatives(schema, where)
    known = dict(schema.get("properties", {}))
    required = set(schema.get("required", []))
    if required - set(known):
        raise BadSchema(f"{where}: a required property is not described")
    return known, required


def string_lengths(schema: Mapping[str, Any], where: str) -> tuple[int, int]:
    """Give the least and the most characters of a string. Raises BadSchema."""
    # An empty string is never what was said, unless the schema asks for it.
    least = schema.get("minLength", 1)
    most = min(schema.get("maxLength", max(LONGEST_STRING, least)), MOST_REPETITIONS)
    _refuse_nothing_fits(least, most, where)
    return least, most


def _array(schema: Mapping[str, Any], where: str, never: str) -> Rule:
    if not isinstance(schema.get("items"), Mapping):
        raise BadSchema(f"{where}: an array needs the schema of its items")
    item = json_value(schema["items"], f"{where}[]", never)
    least = schema.get("minItems", 0)
    most = min(schema.get("maxItems", LONGEST_LIST), max(least, LONGEST_LIST))
    _refuse_nothing_fits(least, most, where)
    if most == 0:
        return Text("[]")
    items = chain(item, Repeat(chain(", ", item), max(least - 1, 0), most - 1))
    return chain("[", items if least else maybe(items), "]")


def _object(schema: Mapping[str, Any], where: str, never: str) -> Rule:
    known, required = properties(schema, where)
    pairs = {
        name: chain(_fixed(name, never), ": ", json_value(each, f"{where}.{name}", never))
        for name, each in known.items()
    }
    must = [pair for name, pair in pairs.items() if name in required]
    may = [pair for name, pair in pairs.items() if name not in required]
    if must:
        return chain("{", must[0], *(chain(", ", pair) for pair in must[1:]), *_tail(may), "}")
    # Nothing is required: the first optional property that is written has no comma before it.
    starts = [chain(pair, *_tail(may[i + 1 :])) for i, pair in enumerate(may)]
    return chain("{", maybe(either(*starts)), "}") if starts else Text("{}")


def _fixed(value: object, never: str) -> Rule:
    text = json.dumps(value, ensure_ascii=False)
    for character in never:
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Text(text)


def _tail(pairs: list[Rule]) -> list[Rule]:
    return [maybe(", ", pair) for pair in pairs]


def _at_least_one(options: list[Any], where: str) -> list[Mapping[str, Any]]:
    if not options:
        raise BadSchema(f"{where}: there is nothing to choose from")
    return options


def _refuse_others(schema: Mapping[str, Any], known: set[str], where: str) -> None:
    others = sorted(set(schema) - known - _NOTES)
    if others:
        raise BadSchema(f"{where}: {others[0]} is not supported")


def _refuse_nothing_fits(low: int, high: int, where: str) -> None:
    if low > high:
        raise BadSchema(f"{where}: nothing fits the bounds")


def _bounds(schema: Mapping[str, Any], where: str) -> tuple[int, int]:
    """Give the whole numbers that the bounds enclose: of a range of fractions, a part."""
    low = max(
        math.ceil(schema.get("minimum", -LARGEST_INTEGER)),
        math.floor(schema.get("exclusiveMinimum", -LARGEST_INTEGER - 1)) + 1,
    )
    high = min(
        math.floor(schema.get("maximum", LARGEST_INTEGER)),
        math.ceil(schema.get("exclusiveMaximum", LARGEST_INTEGER + 1)) - 1,
    )
    _refuse_nothing_fits(low, high, where)
    return low, high
