"""Measures a language model on this machine: speed, time to the first token, memory, and what we add to llama.cpp."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import psutil

from models.bare_loop import BareLoop
from models.call_bench import CallCost, call_costs, writer
from models.cores import threads_to_use
from models.gguf_header import check_gguf_header
from models.llama_session import LlamaSession, SessionOptions
from models.llm import ToolCall, ToolSchema
from models.prefix_cache import PrefixCache, StateOf
from models.probe import measure_bandwidth
from models.told_answer import Anything
from models.warm_prefix import WarmPrefix

PROMPT_TOKENS = 256
PREFIX_TOKENS = 600
"""A system text and some twenty tools, a line each."""
QUESTION_TOKENS = 16
"""What the wearer says, and the marks around it."""
WRITTEN_TOKENS = 32
ROUNDS = 4
_BANDWIDTH_BYTES = 256_000_000
_NOTHING = [0]
"""What a session holds that holds nothing of a prompt."""
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """One kind of work, by us and by a bare loop, in turns."""

    work: str
    ours_tokens_s: float
    """In the fastest round."""
    bare_tokens_s: float
    overhead_percent: float
    """Median over the rounds, of processor time: what else the machine does counts little. Noise makes it negative."""


@dataclass(frozen=True, slots=True)
class FirstToken:
    """How long an answer takes to begin, after PREFIX_TOKENS and QUESTION_TOKENS; of some rounds the fastest."""

    cold_ms: float
    """Nothing is known."""
    restarted_ms: float
    """The prefix is on disk."""
    warm_ms: float
    """The prefix is in memory."""
    read_ahead_ms: float
    """The question is too, but for its last word and the marks."""
    kept_mb: float
    """What the prefix takes on disk."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one model."""

    model: str
    file_mb: float
    threads: int
    load_s: float
    memory_mb: float
    """Resident memory that loading and reading a prompt took, the mapped file included."""
    paces: list[Pace]
    first_token: FirstToken
    calls: list[CallCost]
    """Empty for a model that has no chat template."""
    token_mb: float
    """Weights that each written token reads."""
    bandwidth_gbs: float
    """That copying memory reaches here, read and written."""
    bandwidth_share: float
    """Of it, what writing tokens needs."""


def measure_model(
    path: Path, tools: Sequence[ToolSchema], call: ToolCall, tell: Tell, bandwidth_s: float = 2.0
) -> Measured:
    """Measure the model in `path`; `tell` is told what comes next. Raises EngineError.

    `call`, of words alone, must fit one of the tools. The memory is measured for so many seconds.
    """
    options = SessionOptions(threads_to_use(), PREFIX_TOKENS + PROMPT_TOKENS + 8 * WRITTEN_TOKENS)
    process = psutil.Process()
    tell("loading")
    before = process.memory_info().rss
    started = time.perf_counter()
    session = LlamaSession(path, options)
    load_s = time.perf_counter() - started
    session.evaluate(_random_tokens(session, PROMPT_TOKENS, 0))
    memory = process.memory_info().rss - before
    tell("a bare llama.cpp loop beside ours")
    anything = Anything([token for token in range(session.vocab_size) if not session.ends(token)])
    paces = _paces(session, BareLoop(path, options), anything, tell)
    tell("first tokens")
    first_token = _first_token(session, anything)
    tell("calls under a grammar")
    calls = call_costs(session, anything, tools, call)
    tell("memory bandwidth")
    bandwidth = measure_bandwidth(_BANDWIDTH_BYTES, options.threads, bandwidth_s, time.perf_counter)
    token_bytes = _bytes_a_token(path)
    return Measured(
        session.metadata("general.name") or path.stem,
        path.stat().st_size / 1e6,
        options.threads,
        load_s,
        memory / 1e6,
        paces,
        first_token,
        calls,
        token_bytes / 1e6,
        bandwidth / 1e9,
        token_bytes * paces[1].ours_tokens_s / bandwidth,
    )


def _paces(session: LlamaSession, bare: BareLoop, anything: Anything, tell: Tell) -> list[Pace]:
    prompt = _random_tokens(session, PROMPT_TOKENS, 1)

    def read() -> None:
        session.evaluate(prompt)

    def write() -> None:
        for _ in writer(session, anything, WRITTEN_TOKENS).pieces(prompt):
            pass

    works: list[tuple[str, int, Callable[[], object], Callable[[], object]]] = [
        ("prompt", PROMPT_TOKENS, read, partial(bare.read, prompt)),
        ("generation", WRITTEN_TOKENS, write, partial(bare.write, WRITTEN_TOKENS)),
    ]
    spent: dict[str, list[tuple[_Spent, _Spent]]] = {work: [] for work, *_ in works}
    for turn in range(ROUNDS + 1):
        tell(f"a bare llama.cpp loop beside ours, round {turn} of {ROUNDS}")
        session.evaluate(_NOTHING)
        for work, _, ours, theirs in works:
            first, second = (ours, theirs) if turn % 2 else (theirs, ours)
            one, other = _spend(first), _spend(second)
            if turn:  # the first round warms the caches
                spent[work].append((one, other) if turn % 2 else (other, one))
    return [_pace(work, tokens, spent[work]) for work, tokens, *_ in works]


@dataclass(frozen=True, slots=True)
class _Spent:
    wall_s: float
    processor_s: float


def _spend(work: Callable[[], object]) -> _Spent:
    wall, processor = time.perf_counter(), time.thread_time()
    work()
    return _Spent(time.perf_counter() - wall, time.thread_time() - processor)


def _pace(work: str, tokens: int, spent: Sequence[tuple[_Spent, _Spent]]) -> Pace:
    ratio = statistics.median(ours.processor_s / bare.processor_s for ours, bare in spent)
    fastest = [tokens / min(each[who].wall_s for each in spent) for who in (0, 1)]
    return Pace(work, fastest[0], fastest[1], (ratio - 1) * 100)


def _first_token(session: LlamaSession, anything: Anything) -> FirstToken:
    prefix = _random_tokens(session, PREFIX_TOKENS, 2)
    prompt = [*prefix, *_random_tokens(session, QUESTION_TOKENS, 3)]
    with tempfile.TemporaryDirectory() as folder:
        warm = WarmPrefix(session, PrefixCache(Path(folder), StateOf("bench", "", "")))

        def fastest(held: Sequence[int], *, from_disk: bool = False) -> float:
            return min(once(held, from_disk) for _ in range(ROUNDS)) * 1000

        def once(held: Sequence[int], from_disk: bool) -> float:
            session.evaluate(held)
            started = time.perf_counter()
            if from_disk:
                warm.recall(prefix)
            for _ in writer(session, anything, 1).pieces(prompt):
                pass
            return time.perf_counter() - started

        session.evaluate(_NOTHING)
        warm.make(prefix)
        return FirstToken(
            cold_ms=fastest(_NOTHING),
            restarted_ms=fastest(_NOTHING, from_disk=True),
            warm_ms=fastest(prefix),
            read_ahead_ms=fastest(prompt[: -QUESTION_TOKENS // 3]),
            kept_mb=sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6,
        )


def _random_tokens(session: LlamaSession, count: int, seed: int) -> list[int]:
    return [int(token) for token in np.random.default_rng(seed).integers(300, session.vocab_size, count)]


def _bytes_a_token(path: Path) -> int:
    """Every weight is read for each token, but for an embedding that is not the output too."""
    tensors = {tensor.name: tensor.size for tensor in check_gguf_header(path).tensors}
    looked_up = tensors["token_embd.weight"] if "output.weight" in tensors else 0
    return sum(tensors.values()) - looked_up
