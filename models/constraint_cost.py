"""Measures what it costs to hold a model to the grammar of its tools: llguidance and llama.cpp's GBNF, side by side."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from models.constrained import Constraint
from models.dialects import choose_dialect
from models.gbnf_constraint import GbnfConstraint
from models.grammar import Rule
from models.llama_session import LlamaSession, SessionOptions
from models.llguidance_constraint import Vocabulary
from models.llm import ToolSchema


@dataclass(frozen=True, slots=True)
class ConstraintCost:
    """One engine, one vocabulary, one set of tools; without the model. Times are of the processor, not of the clock."""

    engine: str
    vocabulary: int
    """Tokens."""
    compile_s: float
    """From the rule to the first mask."""
    mask_s: float
    """Median time for what may come next."""
    slowest_mask_s: float
    answers_s: float
    """All answers, one after the other."""
    chosen_tokens: int
    """Steps that the model takes for all answers."""
    forced_tokens: int


def constraint_costs(path: Path, tools: Sequence[ToolSchema], answers: Sequence[str]) -> list[ConstraintCost]:
    """Walk answers that the dialect of the model in `path` allows. Raises EngineError, and BadSchema."""
    session = LlamaSession(path, SessionOptions(threads=1, context_tokens=64))
    marks = session.marks()
    vocabulary = Vocabulary(session, [token for token, (_, may) in marks.items() if not may])
    rule = choose_dialect(session.metadata("tokenizer.chat_template") or "").grammar(tools)
    engines: dict[str, Callable[[Rule], Constraint]] = {
        "llguidance": vocabulary.hold_to,
        "gbnf": partial(GbnfConstraint, session),
    }
    return [_cost(name, session, partial(make, rule), answers) for name, make in engines.items()]


def _cost(name: str, session: LlamaSession, begin: Callable[[], Constraint], answers: Sequence[str]) -> ConstraintCost:
    started = time.thread_time()
    begin().allowed()
    compile_s = time.thread_time() - started
    masks: list[float] = []
    chosen = forced = 0
    answers_s = 0.0
    for answer in answers:
        constraint = begin()
        tokens = session.continuation(answer.encode())
        started = time.thread_time()
        at = 0
        while at < len(tokens):
            if ahead := constraint.forced():
                at += len(ahead)
                forced += len(ahead)
                continue
            asked = time.thread_time()
            constraint.allowed()
            masks.append(time.thread_time() - asked)
            constraint.accept(tokens[at])
            at += 1
            chosen += 1
        answers_s += time.thread_time() - started
    return ConstraintCost(
        name, session.vocab_size, compile_s, statistics.median(masks), max(masks), answers_s, chosen, forced
    )
