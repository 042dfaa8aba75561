"""Writes the grammar (GBNF, as llama.cpp reads it) of the only two things that a model may write.

    {"tool": "set_timer", "arguments": {"minutes": 5}}      one call, whose arguments fit the tool's schema
    {"say": "It is half past nine."}                        an answer in words

The spacing is that of `json.dumps`, so there is one way to write each call. Required properties come first, in the
order of the schema; optional ones follow and may be left out. llama.cpp's own converter ignores `minimum` and
`maximum`; here a bounded number is a set of digit strings, so a number out of bounds cannot be written at all.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from models.gbnf_numbers import either, integers, numbers
from models.llm import ToolSchema

LONGEST_STRING = 120
"""Characters in a string whose schema sets no `maxLength`: an argument is a name or a short sentence."""
LONGEST_ALLOWED_STRING = 1000
"""A longer `maxLength` is cut to this: llama.cpp refuses more than 2,000 repetitions, and each one costs memory."""
LONGEST_LIST = 8
"""Items in an array whose schema sets no `maxItems`."""
LARGEST_INTEGER = 10**15 - 1
"""Bound of an integer without one: every such number is exact in a double, which other JSON readers use."""

# No control characters, which nobody can say; no lone surrogates, which are not text. "\u" escapes are left out
# because they could spell both.
_CHARACTER = r'[^"\\\x00-\x1F\x7F-\x9F\uD800-\uDFFF] | "\\" ["\\/nt]'
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


class BadSchema(ValueError):
    """A tool's schema uses what the grammar cannot hold a model to; the message says where."""


def write_grammar(tools: Sequence[ToolSchema]) -> str:
    """Give the GBNF text whose root is one call of one of these tools, or words. Raises BadSchema."""
    grammar = _Grammar()
    choices = ['"say\\": \\"" character+ "\\""']
    if tools:
        calls = [f"{quote(json.dumps(tool.name))} {_ARGUMENTS} {grammar.tool(tool)}" for tool in tools]
        choices.append('"tool\\": " ' + either(calls))
    lines = [f'root ::= "{{\\"" {either(choices)} "}}"', f"character ::= {_CHARACTER}"]
    return "\n".join([*lines, *(f"{name} ::= {body}" for body, name in grammar.rules.items())]) + "\n"


def quote(text: str) -> str:
    """Write text as a GBNF literal."""
    return '"' + "".join(map(_quoted, text)) + '"'


def _quoted(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\U{ord(character):08X}"


_ARGUMENTS = quote(', "arguments": ')


class _Grammar:
    """The rules so far. A body that occurs twice is one rule, so forty tools make a small grammar."""

    def __init__(self) -> None:
        self.rules: dict[str, str] = {}

    def tool(self, tool: ToolSchema) -> str:
        if tool.parameters.get("type") != "object":
            raise BadSchema(f"{tool.name}: the parameters are not an object")
        return self.value(tool.parameters, tool.name)

    def value(self, schema: Mapping[str, Any], where: str) -> str:
        """Give the name of the rule for values of this schema."""
        return self._rule(self._body(schema, where))

    def _rule(self, body: str) -> str:
        return self.rules.setdefault(body, f"v{len(self.rules)}")

    def _body(self, schema: Mapping[str, Any], where: str) -> str:
        for choice in ("enum", "const", "anyOf", "oneOf"):
            if choice in schema:
                _refuse_others(schema, {choice, "type"}, where)
                return self._choice(choice, schema[choice], where)
        kind = schema.get("type")
        if isinstance(kind, list):
            return either([self.value({**schema, "type": each}, where) for each in kind])
        if kind not in _KEYWORDS:
            raise BadSchema(f"{where}: the type {kind!r} is not supported")
        _refuse_others(schema, {"type"} | _KEYWORDS[kind], where)
        match kind:
            case "string":
                return _string(schema, where)
            case "integer":
                return integers(*_bounds(schema, where))
            case "number":
                return numbers(*_bounds(schema, where))
            case "boolean":
                return '"true" | "false"'
            case "array":
                return self._array(schema, where)
            case "object":
                return self._object(schema, where)
        return '"null"'

    def _choice(self, keyword: str, choices: Any, where: str) -> str:
        if keyword in ("anyOf", "oneOf"):
            return either([self.value(each, where) for each in choices])
        values = choices if keyword == "enum" else [choices]
        if not values:
            raise BadSchema(f"{where}: the enum is empty")
        return either([quote(json.dumps(value, ensure_ascii=False)) for value in values])

    def _array(self, schema: Mapping[str, Any], where: str) -> str:
        if not isinstance(schema.get("items"), Mapping):
            raise BadSchema(f"{where}: an array needs the schema of its items")
        item = self.value(schema["items"], f"{where}[]")
        least = schema.get("minItems", 0)
        most = min(schema.get("maxItems", LONGEST_LIST), max(least, LONGEST_LIST))
        _refuse_nothing_fits(least, most, where)
        if most == 0:
            return '"[]"'
        items = f'{item} (", " {item}){{{max(least - 1, 0)},{most - 1}}}'
        return f'"[" {items} "]"' if least else f'"[" ({items})? "]"'

    def _object(self, schema: Mapping[str, Any], where: str) -> str:
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        if set(required) - set(properties):
            raise BadSchema(f"{where}: a required property is not described")
        pairs = {
            name: f"{quote(json.dumps(name, ensure_ascii=False) + ': ')} {self.value(each, f'{where}.{name}')}"
            for name, each in properties.items()
        }
        must = [pair for name, pair in pairs.items() if name in required]
        may = [pair for name, pair in pairs.items() if name not in required]
        if must:
            first, *others = must
            commas = "".join(f' ", " {pair}' for pair in others)
            return f'"{{" {first}{commas}{_tail(may)} "}}"'
        # Nothing is required: the first optional property that is written has no comma before it.
        starts = [pair + _tail(may[i + 1 :]) for i, pair in enumerate(may)]
        return f'"{{" ({" | ".join(starts)})? "}}"' if starts else '"{}"'


def _tail(pairs: list[str]) -> str:
    return "".join(f' (", " {pair})?' for pair in pairs)


def _refuse_others(schema: Mapping[str, Any], known: set[str], where: str) -> None:
    others = sorted(set(schema) - known - _NOTES)
    if others:
        raise BadSchema(f"{where}: {others[0]} is not supported")


def _refuse_nothing_fits(low: int, high: int, where: str) -> None:
    if low > high:
        raise BadSchema(f"{where}: nothing fits the bounds")


def _string(schema: Mapping[str, Any], where: str) -> str:
    # An empty string is never what was said, unless the schema asks for it.
    least = schema.get("minLength", 1)
    most = min(schema.get("maxLength", max(LONGEST_STRING, least)), LONGEST_ALLOWED_STRING)
    _refuse_nothing_fits(least, most, where)
    return f'"\\"" character{{{least},{most}}} "\\""' if most else '"\\"\\""'


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
