"""A chat model in a GGUF file, run by llama.cpp on the processor.

How it writes calls is its dialect, which its chat template tells (see `models.dialects`). A grammar made of the tools'
schemas holds it to that: words, which are given as they are written, or one call, which is checked again and given
whole. Which of the two is the model's own choice, made with one of its first tokens.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import llama_cpp
import numpy as np

from models.calls import BadCall
from models.chat_prompt import with_system, without_oldest_turn
from models.chat_template import ChatTemplate
from models.cores import threads_to_use
from models.dialects import Prompt, choose_dialect
from models.dialects.plain_words import PlainWords, spoken_words
from models.effort import Effort
from models.engine import EngineFailed
from models.llama_session import LlamaSession, SessionOptions, shared_start
from models.llama_writer import LlamaWriter
from models.llguidance_constraint import LlguidanceConstraint, Vocabulary
from models.llm import ChatMessage, Delta, ToolCall, ToolSchema
from models.prefix_cache import PrefixCache, StateOf, identity_of
from models.schema_grammar import BadSchema
from models.warm_prefix import WarmPrefix

_LOGGER = logging.getLogger(__name__)

LEAST_CONFIDENCE = 0.1
"""A call one of whose choices got less than this is not made. Not calibrated: no chat model was measured with it."""


class LlamaCppModel:
    """A language model. Answers the same prompt the same way unless `temperature` is over 0."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int | None = None,
        context_tokens: int = 4096,
        answer_tokens: int = 256,
        temperature: float = 0.0,
        seed: int = 0,
        least_confidence: float = LEAST_CONFIDENCE,
        cache_dir: Path | None = None,
        sha256: str | None = None,
    ) -> None:
        """Load the model: a second from a warm disk for 280 MB and 70,000 tokens.

        `threads` is cut to all cores but one, which is what None means too (see `models.cores`). In `cache_dir` is kept
        what was computed of the system text and the tools, for the next start; without one nothing is. `sha256` is what
        the file must have, where it is known.
        Raises EngineMissing when the file is not there, EngineFailed when it is not a chat model that fits.
        """
        options = SessionOptions(threads=threads_to_use(threads), context_tokens=context_tokens, sha256=sha256)
        self._session = LlamaSession(path, options)
        self._name = self._session.metadata("general.name") or path.stem
        self._answer_tokens = answer_tokens
        self._temperature = temperature
        self._random = np.random.default_rng(seed)
        self._least_confidence = least_confidence
        marks = self._session.marks()
        self._vocabulary = Vocabulary(self._session, [token for token, (_, may) in marks.items() if not may])
        self._template = ChatTemplate(path, self._session, [name for name, _ in marks.values()])
        self._dialect = choose_dialect(self._template.source)
        self._held_to: tuple[list[ToolSchema], LlguidanceConstraint] | None = None
        self._effort = Effort()
        self._prefix = WarmPrefix(self._session, _cache(cache_dir, path, options))
        self._prefix_of: tuple[list[ChatMessage], list[ToolSchema]] | None = None
        self._prefix_tokens: list[int] = []

    @property
    def name(self) -> str:
        """The model's name, as its file gives it."""
        return self._name

    @property
    def effort(self) -> Effort:
        """What the latest answer cost."""
        return self._effort

    def answer(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSchema]) -> Iterator[Delta | ToolCall]:
        """Yield deltas, or one ToolCall whose arguments fit the tool's schema, or nothing when it is not sure enough.

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
        """Read what the next prompt begins with, so that its answer starts sooner.

        The last message, if it is the user's, may still grow by whole words. Raises what `answer` raises.
        """
        self._session.resume()
        messages, tools = list(messages), list(tools)
        self._constraint(tools)
        if not self._prefix.make(self._beginning(messages, tools)) or not messages or messages[-1].role != "user":
            return
        longer = replace(messages[-1], text=f"{messages[-1].text} a")
        certain = shared_start(self._fit(messages, tools), self._fit([*messages[:-1], longer], tools))
        if self._session.held_of(certain) < len(certain):
            self._session.evaluate(certain)

    def _beginning(self, messages: list[ChatMessage], tools: list[ToolSchema]) -> list[int]:
        """Give the tokens of the system text and the tools, which no question changes."""
        system = [message for message in messages if message.role == "system"]
        if self._prefix_of != (system, tools):
            one, other = (self._fit([*system, ChatMessage("user", question)], tools) for question in ("a", "7"))
            self._prefix_tokens = shared_start(one, other)
            self._prefix_of = system, tools
        return self._prefix_tokens

    def _answer(self, messages: list[ChatMessage], tools: list[ToolSchema]) -> Iterator[Delta | ToolCall]:
        prompt = self._fit(messages, tools)
        self._prefix.recall(self._beginning(messages, tools))
        cached = min(self._session.held_of(prompt), len(prompt) - 1)
        constraint = self._constraint(tools)
        writer = LlamaWriter(self._session, constraint, self._answer_tokens, self._temperature, self._random)
        try:
            yield from self._words_or_call(writer, prompt, tools)
        except BadCall as exc:
            raise EngineFailed(f"{self._name} wrote no call that can be made: {exc}") from exc
        finally:
            self._effort = Effort(len(prompt), cached, writer.chosen_tokens, writer.forced_tokens)

    def _words_or_call(
        self, writer: LlamaWriter, prompt: list[int], tools: list[ToolSchema]
    ) -> Iterator[Delta | ToolCall]:
        words = self._dialect.words() if tools else PlainWords()
        written, are_words = "", False
        for piece in writer.pieces(prompt):
            written += piece
            if delta := words.feed(piece):
                are_words = True
                yield Delta(delta)
        if are_words or self._session.interrupted():
            return
        answer = self._dialect.read(written, tools)
        if isinstance(answer, ToolCall):
            answer = replace(answer, confidence=writer.confidence)
        if writer.confidence < self._least_confidence:
            _LOGGER.info("%s was not sure enough of a call: %.2f", self._name, writer.confidence)
            return
        yield answer

    def _constraint(self, tools: list[ToolSchema]) -> LlguidanceConstraint:
        """Give the constraint of an answer with these tools, at its beginning."""
        if self._held_to is not None and self._held_to[0] == tools:
            self._held_to[1].begin()
            return self._held_to[1]
        try:
            rule = self._dialect.grammar(tools) if tools else spoken_words()
        except BadSchema as exc:
            raise EngineFailed(f"a tool's schema cannot be held to: {exc}") from exc
        constraint = self._vocabulary.hold_to(rule)
        self._held_to = tools, constraint
        return constraint

    def _fit(self, messages: list[ChatMessage], tools: list[ToolSchema]) -> list[int]:
        room = self._session.context_tokens - self._answer_tokens
        left: list[ChatMessage] | None = messages
        while left is not None:
            prompt = self._dialect.lay_out(left, tools) if tools else Prompt(with_system(left))
            tokens = self._session.tokenize(self._template.render(prompt))
            if len(tokens) <= room:
                return tokens
            left = without_oldest_turn(left)
        raise EngineFailed(f"the question and the system text do not fit into {room} tokens")


def _cache(folder: Path | None, model: Path, options: SessionOptions) -> PrefixCache | None:
    if folder is None:
        return None
    state_of = StateOf(identity_of(model, options.sha256), llama_cpp.__version__, str(options.context_tokens))
    return PrefixCache(folder, state_of)
