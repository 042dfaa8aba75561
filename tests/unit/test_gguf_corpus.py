"""No file of the attack corpus gets past our reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.engine import EngineFailed
from models.gguf_header import check_gguf_header
from models.gguf_language_model import check_language_model
from models.gguf_reader import read_gguf
from models.llama_session import LlamaSession, SessionOptions
from tests.gguf_corpus import ATTACKS, Attack
from tests.gguf_forge import Parts, take_apart
from tests.tiny_gguf import write_tiny_gguf


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return take_apart(write_tiny_gguf(tmp_path_factory.mktemp("gguf") / "valid.gguf", layers=1, width=32))


def test_the_corpus_begins_with_a_file_that_is_right(parts: Parts) -> None:
    check_language_model(read_gguf(parts.written()))


def test_no_two_attacks_are_the_same(parts: Parts) -> None:
    assert len({attack.written(parts) for attack in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_refused_with_its_reason_before_llama_cpp_sees_it(
    attack: Attack, parts: Parts, tmp_path: Path
) -> None:
    path = tmp_path / "evil.gguf"
    path.write_bytes(attack.written(parts))
    with pytest.raises(EngineFailed, match=rf"evil\.gguf is not loaded, because .*({attack.answer})"):
        check_gguf_header(path)
    # The same words: it was our reader that said no, not llama.cpp.
    with pytest.raises(EngineFailed, match="is not loaded, because"):
        LlamaSession(path, SessionOptions(threads=1, context_tokens=64))


@pytest.mark.parametrize("share", [step / 40 for step in range(40)])
def test_a_file_cut_anywhere_is_refused(share: float, parts: Parts, tmp_path: Path) -> None:
    data = parts.written()
    path = tmp_path / "cut.gguf"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(EngineFailed, match=r"cut\.gguf is not loaded"):
        check_gguf_header(path)
