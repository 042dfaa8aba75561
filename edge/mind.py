"""Understands an utterance: sentence templates first, then a language model when there is one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from edge.tools.tool import Tool
from edge.worker import Worker
from models.llm import ChatMessage, Delta, LanguageModel, ToolCall

_REMEMBERED = 12
"""Lines of conversation a model is given; six turns answer "and tomorrow?" and keep the prompt short on a Pi."""


class Templates(Protocol):
    """The fast path."""

    def match(self, text: str, *, expects_answer: bool = False) -> ToolCall | None:
        """Give the call that the text means, or none; while a question is open more words mean yes and no."""
        ...


class Conversation:
    """What was said, in the wearer's words and in ours as far as they were heard."""

    def __init__(self) -> None:
        self._lines: list[ChatMessage] = []

    def wearer(self, text: str) -> None:
        """Add what the wearer said."""
        self._add(ChatMessage("user", text))

    def heard(self, text: str) -> None:
        """Add what the wearer heard of what we said."""
        if text:
            self._add(ChatMessage("assistant", text))

    def last_said(self) -> str:
        """Give the latest that the wearer heard from us, empty at first."""
        return next((line.text for line in reversed(self._lines) if line.role == "assistant"), "")

    def hush(self) -> None:
        """Nothing: whoever says "stop" has silenced us by beginning to speak."""

    def lines(self) -> list[ChatMessage]:
        """Give the newest lines, oldest first."""
        return list(self._lines)

    def _add(self, line: ChatMessage) -> None:
        self._lines.append(line)
        del self._lines[:-_REMEMBERED]


@dataclass(frozen=True, slots=True)
class ModelOnWorker:
    """A language model and the thread that owns it."""

    model: LanguageModel
    worker: Worker


class Mind:
    """The rule: a template that matches is believed; everything else goes to the model; without one nobody knows."""

    def __init__(
        self,
        templates: Templates,
        tools: Mapping[str, Tool],
        model: ModelOnWorker | None,
        system_prompt: Callable[[], str],
    ) -> None:
        self._templates = templates
        self._schemas = [tool.schema for tool in tools.values()]
        self._model = model
        self._system_prompt = system_prompt

    def at_once(self, text: str, *, expects_answer: bool) -> ToolCall | None:
        """Try the fast path."""
        return self._templates.match(text, expects_answer=expects_answer)

    @property
    def model_name(self) -> str | None:
        """The model's name, if there is a model."""
        return self._model.model.name if self._model else None

    def think(self, conversation: Conversation) -> AsyncGenerator[Delta | ToolCall, None] | None:
        """Ask the model, to be used under `aclosing`; none when there is no model."""
        if self._model is None:
            return None
        model = self._model.model
        messages = [ChatMessage("system", self._system_prompt()), *conversation.lines()]
        return self._model.worker.pull(lambda: model.answer(messages, self._schemas), model.interrupt)
