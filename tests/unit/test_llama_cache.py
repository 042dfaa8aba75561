"""What a llama.cpp model need not read again: within a process, across processes, and while the wearer speaks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from models.llama_cpp_llm import LlamaCppModel
from models.llama_session import LlamaSession, SessionOptions
from models.llm import ChatMessage, Delta, ToolCall, ToolSchema
from tests.tiny_gguf import write_tiny_gguf

SYSTEM = ChatMessage("system", "You are short. " * 20)
TOOLS = [
    ToolSchema(
        f"light_{room}",
        "Switch a light in a room of the house.",
        {"type": "object", "properties": {"on": {"type": "boolean"}, "level": {"type": "integer"}}},
    )
    for room in ("kitchen", "bath", "den", "hall")
]
ASK = ChatMessage("user", "what is this")
LEAST_CACHED = 0.95


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("llm") / "tiny.gguf")


@pytest.fixture
def session(gguf: Path) -> LlamaSession:
    return LlamaSession(gguf, SessionOptions(threads=1, context_tokens=512, batch_tokens=32))


def open_model(gguf: Path, cache: Path | None = None) -> LlamaCppModel:
    return LlamaCppModel(gguf, threads=1, context_tokens=4096, answer_tokens=20, cache_dir=cache, least_confidence=0)


def answer(model: LlamaCppModel, *messages: ChatMessage, tools: Sequence[ToolSchema] = ()) -> list[Delta | ToolCall]:
    return list(model.answer([SYSTEM, *messages], tools))


def share_cached(model: LlamaCppModel) -> float:
    return model.effort.cached_tokens / model.effort.prompt_tokens


def test_a_restored_session_goes_on_as_if_it_had_read_the_tokens(gguf: Path, session: LlamaSession) -> None:
    tokens = session.tokenize("what is this and that for you and them")
    session.evaluate(tokens[:-2])
    other = LlamaSession(gguf, SessionOptions(threads=1, context_tokens=512, batch_tokens=32))
    assert other.restore(tokens[:-2], session.state())
    assert other.evaluated_tokens == 0
    for each in (session, other):
        each.evaluate(tokens)
    assert other.evaluated_tokens == 2
    assert other.logits() == pytest.approx(session.logits(), abs=1e-4)


@pytest.mark.parametrize("state", [b"", b"\0" * 64, b"no state at all"])
def test_a_state_that_does_not_fit_leaves_a_session_that_works(session: LlamaSession, state: bytes) -> None:
    session.evaluate([1, 5, 6])
    assert not session.restore([1, 5, 6], state)
    assert session.held_tokens == 0
    assert session.evaluate([1, 5, 6])


def test_a_state_of_another_shape_is_refused(session: LlamaSession, tmp_path: Path) -> None:
    session.evaluate([1, 5, 6])
    other = write_tiny_gguf(tmp_path / "deep.gguf", layers=3)
    deeper = LlamaSession(other, SessionOptions(threads=1, context_tokens=512))
    assert not deeper.restore([1, 5, 6], session.state())


def test_at_turn_time_nearly_all_of_the_prompt_is_cached(gguf: Path) -> None:
    model = open_model(gguf)
    model.prepare([SYSTEM], TOOLS)
    answer(model, ASK, tools=TOOLS)
    assert share_cached(model) >= LEAST_CACHED


def test_in_the_turns_that_follow_too(gguf: Path) -> None:
    model = open_model(gguf)
    model.prepare([SYSTEM], TOOLS)
    conversation: list[ChatMessage] = []
    for _ in range(5):
        model.prepare([SYSTEM, *conversation, ChatMessage("user", "what")], TOOLS)
        answer(model, *conversation, ASK, tools=TOOLS)
        assert share_cached(model) >= LEAST_CACHED
        conversation += [ASK, ChatMessage("assistant", "It is what was heard of it.")]


def test_words_read_ahead_are_not_read_again(gguf: Path) -> None:
    model = open_model(gguf)
    model.prepare([SYSTEM, ASK], TOOLS)
    read = model._session.evaluated_tokens
    model.prepare([SYSTEM, ChatMessage("user", "what is this light")], TOOLS)
    more = model._session.evaluated_tokens - read
    assert 0 < more <= len(model._session.tokenize(" light")) + 1
    model.prepare([SYSTEM, ChatMessage("user", "what is this light")], TOOLS)
    assert model._session.evaluated_tokens - read == more
    assert answer(model, ChatMessage("user", "what is this light for"), tools=TOOLS) == answer(
        open_model(gguf), ChatMessage("user", "what is this light for"), tools=TOOLS
    )


def test_words_read_in_vain_change_nothing_but_time(gguf: Path) -> None:
    model = open_model(gguf)
    model.prepare([SYSTEM, ChatMessage("user", "play music in the kitchen all morning")], TOOLS)
    assert answer(model, ASK, tools=TOOLS) == answer(open_model(gguf), ASK, tools=TOOLS)


def test_an_interrupted_reading_leaves_a_clean_turn(gguf: Path) -> None:
    model = open_model(gguf)
    resume = model._session.resume

    def resume_and_be_interrupted() -> None:
        resume()
        model.interrupt()

    model._session.resume = resume_and_be_interrupted  # type: ignore[method-assign]  # earlier than a thread could
    model.prepare([SYSTEM, ASK], TOOLS)
    assert model._session.evaluated_tokens <= 128  # a batch
    model._session.resume = resume  # type: ignore[method-assign]  # as it was
    assert answer(model, ASK, tools=TOOLS) == answer(open_model(gguf), ASK, tools=TOOLS)


def test_the_prefix_survives_a_restart(gguf: Path, tmp_path: Path) -> None:
    first, second = (in_a_process(gguf, tmp_path / "prefix") for _ in range(2))
    assert first["evaluated_to_prepare"] > 100
    assert second["evaluated_to_prepare"] == 0
    assert second["cached"] >= LEAST_CACHED
    assert second["answer"] == first["answer"]


def test_it_is_read_anew_when_the_tools_or_the_system_text_change(gguf: Path, tmp_path: Path) -> None:
    open_model(gguf, tmp_path).prepare([SYSTEM], TOOLS)
    for system, tools, is_known in (
        (SYSTEM, TOOLS, True),
        (SYSTEM, TOOLS[:-1], False),
        (ChatMessage("system", "Be long."), TOOLS, False),
    ):
        model = open_model(gguf, tmp_path)
        model.prepare([system], tools)
        assert (model._session.evaluated_tokens == 0) == is_known


def test_tools_that_change_while_it_runs_are_read_anew(gguf: Path) -> None:
    model = open_model(gguf)
    model.prepare([SYSTEM], TOOLS)
    read = model._session.evaluated_tokens
    model.prepare([SYSTEM], TOOLS[1:])
    again = model._session.evaluated_tokens
    assert again > read
    model.prepare([SYSTEM], TOOLS[1:])
    assert model._session.evaluated_tokens == again


def test_a_turn_before_any_preparation_takes_the_prefix_from_disk(gguf: Path, tmp_path: Path) -> None:
    open_model(gguf, tmp_path).prepare([SYSTEM], TOOLS)
    model = open_model(gguf, tmp_path)
    answer(model, ASK, tools=TOOLS)
    assert share_cached(model) >= LEAST_CACHED


def test_no_word_of_the_wearer_is_kept(gguf: Path, tmp_path: Path) -> None:
    model = open_model(gguf, tmp_path)
    model.prepare([SYSTEM], TOOLS)
    (kept,) = tmp_path.iterdir()
    before = kept.read_bytes()
    model.prepare([SYSTEM, ChatMessage("user", "call anna")], TOOLS)
    answer(model, ChatMessage("user", "call anna tomorrow"), tools=TOOLS)
    model.prepare([SYSTEM, ChatMessage("user", "call anna tomorrow"), ChatMessage("assistant", "Yes."), ASK], TOOLS)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]
    other = tmp_path / "other"
    open_model(gguf, other).prepare([SYSTEM, ChatMessage("user", "call anna")], TOOLS)
    assert [path.read_bytes() for path in other.iterdir()] == [before]


def test_what_is_kept_is_the_state_of_the_prefix_and_of_no_token_more(gguf: Path, tmp_path: Path) -> None:
    model = open_model(gguf, tmp_path)
    model.prepare([SYSTEM, ASK], TOOLS)
    session = LlamaSession(gguf, SessionOptions(threads=1, context_tokens=4096))
    session.evaluate(model._prefix_tokens)
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes()[32:] == session.state()


def test_a_broken_file_is_made_again(gguf: Path, tmp_path: Path) -> None:
    open_model(gguf, tmp_path).prepare([SYSTEM], TOOLS)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    model = open_model(gguf, tmp_path)
    model.prepare([SYSTEM], TOOLS)
    assert model._session.evaluated_tokens > 0
    assert kept.stat().st_size == len(whole)


def in_a_process(gguf: Path, cache: Path) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.unit.test_llama_cache", str(gguf), str(cache)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    told: dict[str, Any] = json.loads(run.stdout)
    return told


if __name__ == "__main__":
    _model = open_model(Path(sys.argv[1]), Path(sys.argv[2]))
    _model.prepare([SYSTEM], TOOLS)
    _evaluated = _model._session.evaluated_tokens
    _answer = answer(_model, ASK, tools=TOOLS)
    print(json.dumps({"evaluated_to_prepare": _evaluated, "cached": share_cached(_model), "answer": repr(_answer)}))
