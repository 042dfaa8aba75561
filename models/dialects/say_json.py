"""Our own dialect, for every chat model whose template shows no form of calls that we know. One line of JSON:

{"tool": "set_timer", "arguments": {"minutes": 5}}      one call, whose arguments fit the tool's schema
{"say": "It is half past nine."}                        an answer in words
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from models.calls import BadCall, checked_call, read_json
from models.chat_prompt import describe, with_system
from models.dialects.dialect import Prompt, Words
from models.grammar import Repeat, Rule, chain, either
from models.llm import ChatMessage, Delta, ToolCall, ToolSchema
from models.schema_grammar import json_character, json_value

_SAY = '{"say": "'
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t"}
_HOW_TO_ANSWER = (
    "Write one line of JSON and nothing else. To do something, when a tool fits: "
    '{"tool": "name", "arguments": {...}}. To answer in one or two short spoken sentences: {"say": "..."}.'
)


class SayJson:
    """Words are JSON too, so that a model which learned no calls has one form to keep to."""

    def lay_out(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> Prompt:
        """List the tools in the system text, a line each."""
        text = "\n".join([_HOW_TO_ANSWER, "Tools:", *map(describe, tools)])
        return Prompt([_as_written(message) for message in with_system(messages, text)])

    def grammar(self, tools: Sequence[ToolSchema]) -> Rule:
        """Give one call or one sentence. Raises BadSchema."""
        words = chain(_SAY, Repeat(json_character(), 1, None), '"}')
        return either(words, *map(_call, tools))

    def words(self) -> Words:
        """Begin to follow an answer."""
        return _SaidInJson()

    def read(self, text: str, tools: Sequence[ToolSchema]) -> ToolCall | Delta:
        """Read a whole answer. Raises BadCall."""
        answer = read_json(text)
        match answer:
            case {"say": str() as words} if len(answer) == 1:
                return Delta(words)
            case {"tool": name, "arguments": arguments} if len(answer) == 2:
                return checked_call(name, arguments, tools)
        raise BadCall("the answer is neither words nor a tool and its arguments")


class _SaidInJson:
    """Unescapes the string of {"say": "..."} while it is written."""

    def __init__(self) -> None:
        self._text = ""
        self._next = len(_SAY)
        self._is_done = False

    def feed(self, piece: str) -> str:
        self._text += piece
        if not self._text.startswith(_SAY):
            return ""
        words = []
        while not self._is_done and self._next < len(self._text):
            character = self._text[self._next]
            if character == "\\":
                if self._next + 1 == len(self._text):
                    break
                self._next += 1
                words.append(_unescape(self._text[self._next]))
            elif character == '"':
                self._is_done = True
            else:
                words.append(character)
            self._next += 1
        return "".join(words)


def _call(tool: ToolSchema) -> Rule:
    name = json.dumps(tool.name, ensure_ascii=False)
    return chain(f'{{"tool": {name}, "arguments": ', json_value(tool.parameters, tool.name), "}")


def _unescape(character: str) -> str:
    try:
        return _ESCAPES[character]
    except KeyError as exc:
        raise BadCall(f"the escape \\{character} is not for spoken words") from exc


def _as_written(message: ChatMessage) -> ChatMessage:
    """So that the model's cache holds and it keeps to the form."""
    if message.role != "assistant":
        return message
    return ChatMessage("assistant", json.dumps({"say": message.text}, ensure_ascii=False))
