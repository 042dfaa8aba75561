"""What a language model is, and the calls that it may make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class ToolSchema:
    """A tool as a model sees it."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """A JSON schema of type object."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A wish to run a tool, from the fast path or a model. Nothing has happened yet."""

    tool: str
    arguments: Mapping[str, Any]
    confidence: float = field(default=1.0, compare=False)
    """0 to 1, how sure the model was; its own measure, so that two models' numbers do not compare."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of an answer in words."""

    text: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One line of the conversation."""

    role: Literal["system", "user", "assistant"]
    text: str


class LanguageModel(Protocol):
    """Answers in words or with one tool call. Owned by one thread, but for `interrupt`."""

    @property
    def name(self) -> str:
        """The model's name, as the timeline and the log show it."""
        ...

    def answer(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> Iterator[Delta | ToolCall]:
        """Yield deltas, or one ToolCall whose arguments fit the tool's schema.

        Raises EngineFailed when the engine breaks.
        """
        ...

    def prepare(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> None:
        """Read ahead what the next prompt begins with; the last message may still grow by whole words.

        Raises EngineFailed when the engine breaks.
        """
        ...

    def interrupt(self) -> None:
        """End the current `answer` or `prepare` within one token or small batch. Safe from any thread."""
        ...
