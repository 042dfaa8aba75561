"""Understands an utterance: templates and the pocket model first, then a chat model when there is one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass

from edge.interpreter import Interpretation, Interpreter
from edge.tools.tool import Tool
from edge.worker import Worker
from models.asr import Heard
from models.llm import ChatMessage, Delta, LanguageModel, ToolCall
from models.pocket.frames import ASK

_REMEMBERED = 12
"""Lines of conversation a model is given; six turns answer "and tomorrow?" and keep the prompt short on a Pi."""


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

    def before(self, words: str) -> list[ChatMessage]:
        """Give the lines as they will be when the wearer has said these words; without words, as they are."""
        return [*self._lines, ChatMessage("user", words)][-_REMEMBERED:] if words else self.lines()

    def _add(self, line: ChatMessage) -> None:
        self._lines.append(line)
        del self._lines[:-_REMEMBERED]


@dataclass(frozen=True, slots=True)
class ModelOnWorker:
    """A language model and the thread that owns it."""

    model: LanguageModel
    worker: Worker


class Mind:
    """What is understood at once is a call; everything else goes to the chat model; without one nobody knows."""

    def __init__(
        self,
        interpreter: Interpreter,
        tools: Mapping[str, Tool],
        model: ModelOnWorker | None,
        system_prompt: Callable[[], str],
    ) -> None:
        self._interpreter = interpreter
        self._schemas = [tool.schema for tool in tools.values()]
        self._model = model
        self._system_prompt = system_prompt

    async def interpret(self, heard: Heard, *, expects_answer: bool) -> Interpretation:
        """Give what was asked for; no calls when that needs a bigger mind, and there is one."""
        meant = await self._interpreter.interpret(heard, expects_answer=expects_answer)
        needs_more = [call.tool for call in meant.calls] == [ASK]
        return Interpretation() if needs_more and self._model else meant

    @property
    def model_name(self) -> str | None:
        """The model's name, if there is a model."""
        return self._model.model.name if self._model else None

    def think(self, conversation: Conversation) -> AsyncGenerator[Delta | ToolCall, None] | None:
        """Ask the model, to be used under `aclosing`; none when there is no model."""
        if self._model is None:
            return None
        model = self._model.model
        messages = self._prompt(conversation.lines())
        return self._model.worker.pull(lambda: model.answer(messages, self._schemas), model.interrupt)

    async def read_ahead(self, conversation: Conversation, words: str) -> None:
        """Let the model, if there is one, read what `think` will ask when the next line begins with these words.

        Raises EngineError.
        """
        if self._model is None:
            return
        messages = self._prompt(conversation.before(words))
        is_read = False
        try:
            await self._model.worker.call(self._model.model.prepare, messages, self._schemas)
            is_read = True
        finally:
            if not is_read:  # a cancelled caller does not stop the thread
                self.stop_reading()

    def stop_reading(self) -> None:
        """Stop `read_ahead` within one small batch. Only while no turn thinks."""
        if self._model is not None:
            self._model.model.interrupt()

    def _prompt(self, lines: list[ChatMessage]) -> list[ChatMessage]:
        return [ChatMessage("system", self._system_prompt()), *lines]
