"""Random models in true shapes: as large as the real ones, and accepted by our own reader and by llama.cpp."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.gguf_header import check_gguf_header
from models.llama_cpp_llm import LlamaCppModel
from models.llama_session import LlamaSession, SessionOptions
from models.llm import ChatMessage
from models.random_gguf import SHAPES, random_tensors, write_random_gguf


@pytest.fixture(scope="module")
def pocket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("random") / "pocket.gguf"
    write_random_gguf(path, "pocket")
    return path


def test_the_shapes_have_the_weights_that_their_makers_publish() -> None:
    weights = {
        name: sum(int(np.prod(tensor.shape)) for tensor in random_tensors(shape)) for name, shape in SHAPES.items()
    }
    assert weights["minicpm5-1b"] == 1_080_632_832
    assert round(weights["minicpm4-0.5b"] / 1e6, 2) == 433.87


def test_the_mix_is_as_large_as_the_real_one() -> None:
    size = sum(tensor.size for tensor in random_tensors(SHAPES["minicpm4-0.5b"]))
    assert size / 1e6 == pytest.approx(278.6, abs=3)  # quantized by llama.cpp itself; its vocabulary takes the rest


def test_our_own_reader_accepts_it(pocket: Path) -> None:
    assert check_gguf_header(pocket).text("general.name") == "random pocket"


def test_its_scores_are_finite_and_differ(pocket: Path) -> None:
    session = LlamaSession(pocket, SessionOptions(threads=1, context_tokens=256))
    assert session.vocab_size == SHAPES["pocket"].tokens
    assert session.evaluate(session.tokenize("set a timer for five minutes"))
    scores = session.logits()
    assert np.isfinite(scores).all()
    assert scores.std() > 0.01


def test_it_chats(pocket: Path) -> None:
    assert list(LlamaCppModel(pocket, answer_tokens=8).answer([ChatMessage("user", "hello")], []))


def test_progress_ends_at_the_size(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_random_gguf(tmp_path / "a.gguf", "pocket", lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
