"""A chat model in a GGUF file, run by llama.cpp on the processor.

With tools, a grammar holds the model to one of two things (see `models.gbnf`): {"say": "..."}, whose words are
given as they are written, or {"tool": ..., "arguments": ...}, which is checked again and given as one ToolCall.
Which of the two is the model's own choice, made with its third token. Without tools it writes plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import jinja2
import numpy as np
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from models.calls import AnswerReader, BadCall, parse_call
from models.chat_prompt import lay_out, without_oldest_turn
from models.cores import threads_to_use
from models.engine import EngineFailed
from models.gbnf import BadSchema, write_grammar
from models.llama_choice import Chooser, Grammar
from models.llama_session import LlamaSession, SessionOptions
from models.llm import ChatMessage, Delta, ToolCall, ToolSchema


class LlamaCppModel:
    """A language model. Answers the same prompt the same way unless `temperature` is over 0."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int | None = None,
        context_tokens: int = 2048,
        answer_tokens: int = 256,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> None:
        """Load the model: half a second from a warm disk for 280 MB.

        `threads` is cut to all cores but one, which is what None means too (see `models.cores`).
        Raises EngineMissing when the file is not there, EngineFailed when it is not a chat model that fits.
        """
        options = SessionOptions(threads=threads_to_use(threads), context_tokens=context_tokens)
        self._session = LlamaSession(path, options)
        self._name = self._session.metadata("general.name") or path.stem
        self._answer_tokens = answer_tokens
        self._temperature = temperature
        self._random = np.random.default_rng(seed)
        marks = self._session.marks()
        self._never = np.array(
            [token for token, (_, may) in marks.items() if not may and not self._session.ends(token)], np.int32
        )
        names = sorted((name for name, _ in marks.values()), key=len, reverse=True)
        self._mark_names = re.compile("|".join(map(re.escape, names)) or r"(?!)")
        self._template = _template(path, self._session)

    @property
    def name(self) -> str:
        """The model's name, as its file gives it."""
        return self._name

    def answer(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> Iterator[Delta | ToolCall]:
        """Yield deltas, or one ToolCall whose arguments fit the tool's schema.

        The oldest turns are left out when the conversation does not fit. Raises EngineFailed when the system text
        and the last question alone do not, when a schema cannot be held to, and when the model breaks.
        """
        # Here, not at the first `next`: an interrupt in between must count.
        self._session.resume()
        return self._answer(list(messages), list(tools))

    def interrupt(self) -> None:
        """End the current `answer`: within one token, or one node of the graph while it reads the prompt."""
        self._session.interrupt()

    def prepare(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> None:
        """Read the part of the prompt that every turn begins with, so that the first answer starts sooner."""
        self._session.resume()
        self._session.evaluate(self._fit([*messages, ChatMessage("user", "")], list(tools)))

    def _answer(self, messages: list[ChatMessage], tools: list[ToolSchema]) -> Iterator[Delta | ToolCall]:
        prompt = self._fit(messages, tools)
        grammar = self._grammar(tools)
        try:
            if not self._session.evaluate(prompt):
                return
            pieces = self._pieces(prompt, Chooser(self._session, self._never, grammar, self._temperature, self._random))
            if tools:
                yield from self._words_or_call(pieces, tools)
            else:
                yield from (Delta(piece) for piece in pieces if piece)
        finally:
            if grammar is not None:
                grammar.close()

    def _words_or_call(self, pieces: Iterator[str], tools: list[ToolSchema]) -> Iterator[Delta | ToolCall]:
        reader = AnswerReader()
        try:
            for piece in pieces:
                if words := reader.feed(piece):
                    yield Delta(words)
                if reader.is_whole():
                    break
            if not reader.is_words() and not self._session.interrupted():
                yield parse_call(reader.text, tools)
        except BadCall as exc:
            raise EngineFailed(f"{self._name} wrote no call that can be made: {exc}") from exc

    def _pieces(self, prompt: list[int], chooser: Chooser) -> Iterator[str]:
        tokens = list(prompt)
        for _ in range(self._answer_tokens):
            token, text = chooser.choose()
            if self._session.ends(token):
                return
            yield text
            tokens.append(token)
            if self._session.interrupted() or not self._session.evaluate(tokens):
                return

    def _grammar(self, tools: list[ToolSchema]) -> Grammar | None:
        if not tools:
            return None
        try:
            return Grammar(self._session, write_grammar(tools))
        except BadSchema as exc:
            raise EngineFailed(f"a tool's schema cannot be held to: {exc}") from exc

    def _fit(self, messages: list[ChatMessage], tools: list[ToolSchema]) -> list[int]:
        room = self._session.context_tokens - self._answer_tokens
        left: list[ChatMessage] | None = messages
        while left is not None:
            tokens = self._session.tokenize(self._render(lay_out(left, tools)))
            if len(tokens) <= room:
                return tokens
            left = without_oldest_turn(left)
        raise EngineFailed(f"the question and the system text do not fit into {room} tokens")

    def _render(self, messages: list[ChatMessage]) -> str:
        chat = [{"role": message.role, "content": self._without_marks(message.text)} for message in messages]
        try:
            # A voice answer has no time for thinking aloud; templates without the switch ignore it.
            return str(self._template(messages=chat, enable_thinking=False).prompt)  # type: ignore[arg-type]  # plain dicts
        except (jinja2.TemplateError, ValueError, TypeError) as exc:
            raise EngineFailed(f"the chat template of {self._name} fails ({exc})") from exc

    def _without_marks(self, text: str) -> str:
        """Take the names of marks out of a text: what was said or seen cannot open a system message."""
        while (cleaned := self._mark_names.sub("", text)) != text:
            text = cleaned
        return text


def _template(path: Path, session: LlamaSession) -> Jinja2ChatFormatter:
    """Read the chat template from the file; it runs in Jinja's sandbox."""
    source = session.metadata("tokenizer.chat_template")
    if source is None:
        raise EngineFailed(f"{path} has no chat template: it is not a chat model, take the instruct version")
    first, last = session.sentence_marks()
    try:
        return Jinja2ChatFormatter(source, eos_token=last, bos_token=first)
    except jinja2.TemplateError as exc:
        raise EngineFailed(f"the chat template in {path} cannot be read ({exc})") from exc
