"""Measures what one call costs a language model, with each engine that can hold it to the grammar of its tools."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from models.constrained import Constraint
from models.dialects import Dialect, MiniCpmXml, ToolCallJson, choose_dialect
from models.gbnf_constraint import GbnfConstraint
from models.llama_session import LlamaSession
from models.llama_writer import LlamaWriter
from models.llguidance_constraint import Vocabulary
from models.llm import ToolCall, ToolSchema
from models.told_answer import Anything, ToldAnswer

_PROMPT_TOKENS = 16
"""Few: what a long prompt costs is measured elsewhere."""


@dataclass(frozen=True, slots=True)
class CallCost:
    """One call, written under a grammar."""

    engine: str
    ready_ms: float
    """From the tools to the first step, once for each set of tools."""
    written_ms: float
    """The call itself, the model's work included."""
    steps: int
    """Tokens that were waited for one by one."""
    forced: int
    """Tokens that came along with them."""


def call_costs(
    session: LlamaSession, anything: Anything, tools: Sequence[ToolSchema], call: ToolCall
) -> list[CallCost]:
    """Write a call, whose arguments are words, without a grammar and with each engine; nothing without a template.

    Raises EngineError, and BadCall when the call fits no tool.
    """
    template = session.metadata("tokenizer.chat_template")
    if template is None:
        return []
    dialect = choose_dialect(template)
    text = _written(dialect, call)
    dialect.read(text, tools)
    answer = session.continuation(text.encode())
    rule = dialect.grammar(tools)
    marks = session.marks()
    vocabulary = Vocabulary(session, [token for token, (_, may) in marks.items() if not may])
    engines: dict[str, Callable[[], Constraint]] = {
        "none": lambda: anything,
        "llguidance": partial(vocabulary.hold_to, rule),
        "GBNF of llama.cpp": partial(GbnfConstraint, session, rule),
    }
    return [_cost(session, engine, begin, answer) for engine, begin in engines.items()]


def writer(session: LlamaSession, constraint: Constraint, most_tokens: int) -> LlamaWriter:
    """Give a writer that always takes the likeliest token."""
    return LlamaWriter(session, constraint, most_tokens, 0.0, np.random.default_rng(0))


def _cost(session: LlamaSession, engine: str, begin: Callable[[], Constraint], answer: Sequence[int]) -> CallCost:
    prompt = [int(token) for token in np.random.default_rng(0).integers(300, session.vocab_size, _PROMPT_TOKENS)]
    session.evaluate(prompt)
    started = time.perf_counter()
    constraint = begin()
    constraint.allowed()
    ready = time.perf_counter()
    one = writer(session, ToldAnswer(constraint, answer), len(answer) + 1)
    for _ in one.pieces(prompt):
        pass
    written = time.perf_counter()
    return CallCost(engine, (ready - started) * 1000, (written - ready) * 1000, one.chosen_tokens, one.forced_tokens)


def _written(dialect: Dialect, call: ToolCall) -> str:
    arguments = json.dumps(dict(call.arguments))
    match dialect:
        case MiniCpmXml():
            params = "".join(f'<param name="{name}">{value}</param>' for name, value in call.arguments.items())
            return f'<function name="{call.tool}">{params}</function>'
        case ToolCallJson():
            return f'<tool_call>\n{{"name": "{call.tool}", "arguments": {arguments}}}\n</tool_call>'
        case _:
            return f'{{"tool": "{call.tool}", "arguments": {arguments}}}'
