"""The dialect of MiniCPM5: words as they are said, or a call in a kind of XML.

    <function name="set_timer"><param name="minutes">5</param></function>

A string is written as it is, or in CDATA when it holds "<", "&" or a line break; every other value is JSON. The form
is that of the chat template in openbmb/MiniCPM5-1B. It is not XML enough for an XML parser: "&amp;" is five letters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from models.calls import LONGEST_CALL, BadCall, checked_call, misfit, read_json, tool_named
from models.chat_prompt import as_functions, with_system
from models.dialects.dialect import Prompt, Words
from models.dialects.plain_words import PlainWords, spoken_words
from models.grammar import Repeat, Rule, Text, any_but, chain, either, maybe
from models.llm import ChatMessage, Delta, ToolCall, ToolSchema
from models.schema_grammar import CONTROLS, BadSchema, alternatives, json_value, properties, string_lengths

_NAME = re.compile(r'[^"<>&\x00-\x1F]+')
_FUNCTION = re.compile(rf'<function name="({_NAME.pattern})">')
_SECTION = re.compile(r"<!\[CDATA\[((?:(?!\]\]>).)*)\]\]>", re.DOTALL)
_PARAM = re.compile(rf'<param name="({_NAME.pattern})">([^<&\n]*|(?:{_SECTION.pattern})+)</param>', re.DOTALL)
_END = "</function>"

_AMPERSAND, _LESS_THAN, _BRACKET = (0x26, 0x26), (0x3C, 0x3C), (0x5D, 0x5D)
_BARE = any_but(*CONTROLS, _AMPERSAND, _LESS_THAN)
# Without any "]" there is no need to look for "]]>".
_IN_SECTION = any_but(*CONTROLS, _BRACKET)


class MiniCpmXml:
    """The template lists the tools and tells the model the form."""

    def lay_out(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> Prompt:
        """Give the tools to the template."""
        return Prompt(with_system(messages), as_functions(tools))

    def grammar(self, tools: Sequence[ToolSchema]) -> Rule:
        """Give one call or words. Raises BadSchema."""
        return either(spoken_words(), *map(_call, tools))

    def words(self) -> Words:
        """Begin to follow an answer."""
        return PlainWords()

    def read(self, text: str, tools: Sequence[ToolSchema]) -> ToolCall | Delta:
        """Read a whole answer. Raises BadCall."""
        if not text.startswith("<"):
            return Delta(text)
        if len(text) > LONGEST_CALL:
            raise BadCall("the call is too long")
        function = _FUNCTION.match(text)
        if function is None:
            raise BadCall("this is neither words nor a call")
        tool = tool_named(function[1], tools)
        arguments: dict[str, Any] = {}
        end = function.end()
        while param := _PARAM.match(text, end):
            name, written = param[1], param[2]
            if name in arguments:
                raise BadCall(f"{tool.name}: {name} is there twice")
            arguments[name] = _read_value(written, tool.parameters.get("properties", {}).get(name, {}))
            end = param.end()
        if text[end:] != _END:
            raise BadCall(f"{tool.name}: the call does not end after its parameters")
        return checked_call(tool.name, arguments, tools)


def _read_value(written: str, schema: Mapping[str, Any]) -> object:
    """Read a value: of two readings, the one that is not a string when it fits."""
    if written.startswith("<"):
        return "".join(_SECTION.findall(written))
    try:
        value = read_json(written)
    except BadCall:
        return written
    return written if isinstance(value, str) or misfit(value, schema) else value


def _call(tool: ToolSchema) -> Rule:
    known, required = properties(tool.parameters, tool.name)
    parts: list[Rule] = []
    for name, schema in known.items():
        value = _value(schema, f"{tool.name}.{name}")
        param = chain(f'<param name="{_checked_name(name, tool.name)}">', value, "</param>")
        parts.append(param if name in required else maybe(param))
    return chain(f'<function name="{_checked_name(tool.name, "tool")}">', *parts, _END)


def _value(schema: Mapping[str, Any], where: str) -> Rule:
    options = alternatives(schema, where)
    if options is not None:
        return either(*(_value(option, where) for option in options))
    if isinstance(schema.get("const"), str):
        return Text(_written(schema["const"]))
    if schema.get("type") == "string":
        lengths = string_lengths(schema, where)
        return either(Repeat(_BARE, *lengths), chain("<![CDATA[", Repeat(_IN_SECTION, *lengths), "]]>"))
    return json_value(schema, where, never="<&")


def _written(text: str) -> str:
    """Write a string as the chat template does."""
    if not any(character in text for character in "<&\n"):
        return text
    # "]]>" ends a section, so it is split over two.
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _checked_name(name: str, where: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadSchema(f"{where}: the name {name!r} cannot be written in an attribute")
    return name
