"""The measuring of language models: the same work on both sides, and whole answers under each engine."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from edge.benches import llm as bench_llm
from edge.benches.commands import bench_app
from models.bare_loop import BareLoop
from models.call_bench import writer
from models.engine import EngineFailed
from models.llama_session import LlamaSession, SessionOptions
from models.llm import ToolCall, ToolSchema
from models.llm_bench import Measured, measure_model
from models.told_answer import Anything, ToldAnswer
from tests.tiny_gguf import CHAT_TEMPLATE, write_tiny_gguf

OPTIONS = SessionOptions(threads=1, context_tokens=512, batch_tokens=32)
NOTE = ToolSchema(
    "take_note",
    "Write down a note.",
    {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
)
CALL = ToolCall("take_note", {"text": "call anna tomorrow"})
XML = CHAT_TEMPLATE + '{# <function name="x"><param name="y"> #}'
HERMES = CHAT_TEMPLATE + "{# <tool_call> <args-json-object> #}"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("llm") / "tiny.gguf")


def measured(path: Path) -> Measured:
    return measure_model(path, [NOTE], CALL, lambda text: None, bandwidth_s=0.0)


def test_the_bare_loop_writes_what_we_write(tiny: Path) -> None:
    session, bare = LlamaSession(tiny, OPTIONS), BareLoop(tiny, OPTIONS)
    prompt = [int(token) for token in np.random.default_rng(0).integers(300, session.vocab_size, 50)]
    bare.read(prompt)
    written = bare.write(10)
    ours = "".join(writer(session, Anything(range(session.vocab_size)), 10).pieces(prompt))
    assert ours == b"".join(map(session.piece, written)).decode(errors="replace")


@pytest.mark.parametrize("template", [CHAT_TEMPLATE, XML, HERMES], ids=["say json", "xml", "tool call json"])
def test_each_engine_writes_the_same_call_and_a_look_ahead_saves_steps(tmp_path: Path, template: str) -> None:
    free, fast, slow = measured(write_tiny_gguf(tmp_path / "tiny.gguf", template=template)).calls
    assert free.forced == slow.forced == 0
    assert free.steps == slow.steps
    assert fast.steps < slow.steps
    assert fast.steps + fast.forced >= len(CALL.arguments["text"].split())


def test_everything_is_measured(tiny: Path) -> None:
    result = measured(tiny)
    assert [pace.work for pace in result.paces] == ["prompt", "generation"]
    assert all(pace.ours_tokens_s > 0 and pace.bare_tokens_s > 0 for pace in result.paces)
    first = result.first_token
    assert min(first.cold_ms, first.restarted_ms, first.warm_ms, first.read_ahead_ms, first.kept_mb) > 0
    assert 0 < result.token_mb <= result.file_mb


def test_a_model_without_a_template_has_no_calls(tmp_path: Path) -> None:
    assert measured(write_tiny_gguf(tmp_path / "base.gguf", template=None)).calls == []


def test_a_told_answer_lets_nothing_else_through() -> None:
    told = ToldAnswer(Anything([3, 4, 5]), [4, 5])
    assert (list(told.allowed()), told.is_finished()) == ([4], False)
    told.accept(4)
    assert list(told.allowed()) == [5]
    told.accept(5)
    assert told.is_finished()


def test_random_weights_are_kept_and_found_again(tmp_path: Path) -> None:
    console = Console(quiet=True)
    path = bench_llm.random_model("pocket", tmp_path / "kept", console)
    assert list((tmp_path / "kept").iterdir()) == [path]
    path.write_text("kept")
    assert bench_llm.random_model("pocket", tmp_path / "kept", console).read_text() == "kept"


def test_a_shape_that_is_not_there_says_which_are(tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match=r"minicpm5-1b, minicpm4-0\.5b, pocket"):
        bench_llm.random_model("gpt-7", tmp_path, Console(quiet=True))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EngineFailed, match="cannot be written"):
        bench_llm.random_model("pocket", tmp_path / "file", Console(quiet=True))


def test_the_command_prints_tables_or_json(tiny: Path) -> None:
    table = CliRunner().invoke(bench_app, ["llm", "--model", str(tiny)])
    assert table.exit_code == 0, table.output
    assert "tokens a second" in table.stdout
    told = CliRunner().invoke(bench_app, ["llm", "--model", str(tiny), "--json"])
    assert json.loads(told.stdout)["measured"]["model"] == "tiny random"


def test_a_random_model_that_was_cut_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bench_llm, "write_random_gguf", full)
    with pytest.raises(EngineFailed, match="No space left"):
        bench_llm.random_model("pocket", tmp_path, Console(quiet=True))
    assert list(tmp_path.iterdir()) == []
