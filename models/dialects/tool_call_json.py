"""The dialect of Hermes, which Qwen and many others learned: words as they are said, or a call between two marks.

<tool_call>
{"name": "set_timer", "arguments": {"minutes": 5}}
</tool_call>
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from models.calls import BadCall, checked_call, read_json
from models.chat_prompt import as_functions, with_system
from models.dialects.dialect import Prompt, Words
from models.dialects.plain_words import PlainWords, spoken_words
from models.grammar import Rule, chain, either
from models.llm import ChatMessage, Delta, ToolCall, ToolSchema
from models.schema_grammar import json_value

_OPEN, _CLOSE = "<tool_call>\n", "\n</tool_call>"


class ToolCallJson:
    """The template lists the tools and tells the model the form."""

    def lay_out(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> Prompt:
        """Give the tools to the template."""
        return Prompt(with_system(messages), as_functions(tools))

    def grammar(self, tools: Sequence[ToolSchema]) -> Rule:
        """Give one call or words. Raises BadSchema."""
        calls = [
            chain(json.dumps(tool.name, ensure_ascii=False), ', "arguments": ', json_value(tool.parameters, tool.name))
            for tool in tools
        ]
        return either(spoken_words(), chain(f'{_OPEN}{{"name": ', either(*calls), f"}}{_CLOSE}"))

    def words(self) -> Words:
        """Begin to follow an answer."""
        return PlainWords()

    def read(self, text: str, tools: Sequence[ToolSchema]) -> ToolCall | Delta:
        """Read a whole answer. Raises BadCall."""
        if not text.startswith("<"):
            return Delta(text)
        if not (text.startswith(_OPEN) and text.endswith(_CLOSE)):
            raise BadCall("the call is not between its marks")
        call = read_json(text.removeprefix(_OPEN).removesuffix(_CLOSE))
        if not isinstance(call, dict) or call.keys() != {"name", "arguments"}:
            raise BadCall("the call does not consist of a name and arguments")
        return checked_call(call["name"], call["arguments"], tools)
