"""What a dialect is: the one way in which a family of models writes an answer, words or one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from models.grammar import Rule
from models.llm import ChatMessage, Delta, ToolCall, ToolSchema


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the chat template is given."""

    messages: Sequence[ChatMessage]
    tools: Sequence[Mapping[str, Any]] | None = None
    """The template's own variable; None when the system text lists the tools."""


class Words(Protocol):
    """Follows one answer while it is written."""

    def feed(self, piece: str) -> str:
        """Take the next piece; give the words that it adds to what is said, none while it is a call.

        Raises BadCall.
        """
        ...


class Dialect(Protocol):
    """Lays a conversation out for a model and reads what the model writes. Without state."""

    def lay_out(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> Prompt:
        """Give the conversation with at least one tool, earlier answers in the form in which they were written."""
        ...

    def grammar(self, tools: Sequence[ToolSchema]) -> Rule:
        """Give all answers that `read` accepts and a model may write. Raises BadSchema."""
        ...

    def words(self) -> Words:
        """Begin to follow an answer."""
        ...

    def read(self, text: str, tools: Sequence[ToolSchema]) -> ToolCall | Delta:
        """Read a whole answer, whoever wrote it: a call that fits its tool's schema, or words. Raises BadCall."""
        ...
