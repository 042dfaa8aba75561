"""The GGUF reader: limits, tables, and the words of its refusals."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import gguf
import pytest

from models.engine import EngineFailed, EngineMissing
from models.gguf_file import BLOCKS, Array, BadGguf, Kind, Scalar, TensorType
from models.gguf_header import check_gguf_header
from models.gguf_hyperparameters import ARCHITECTURES
from models.gguf_language_model import check_language_model
from models.gguf_reader import LONGEST_TEXT, MOST_ENTRIES, read_gguf
from models.gguf_vocabulary import TOKENIZERS
from tests.gguf_forge import Parts, strings, take_apart, value
from tests.tiny_gguf import CHAT_TEMPLATE, write_tiny_gguf


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("gguf") / "valid.gguf", layers=1, width=32)


@pytest.fixture(scope="module")
def parts(model: Path) -> Parts:
    return take_apart(model)


def _accepts(parts: Parts) -> bool:
    check_language_model(read_gguf(parts.written()))
    return True


def _as(architecture: str, parts: Parts) -> Parts:
    """Give the same model under the name of another architecture."""
    renamed = ((key.replace(b"minicpm.", f"{architecture}.".encode()), content) for key, content in parts.metadata)
    named = replace(parts, metadata=tuple(renamed))
    return named.with_entry("general.architecture", value(Scalar(Kind.STRING, architecture)))


def test_a_model_is_read_as_it_was_written(model: Path) -> None:
    file = check_gguf_header(model)
    assert (file.version, file.alignment) == (3, 32)
    assert file.text("tokenizer.chat_template") == CHAT_TEMPLATE
    assert file.count("minicpm.embedding_length") == 32
    reader = gguf.GGUFReader(model)
    theirs = [(t.name, tuple(t.shape), int(t.tensor_type), t.data_offset, t.n_bytes) for t in reader.tensors]
    assert [(t.name, t.shape, int(t.type), t.start, t.size) for t in file.tensors] == theirs
    assert list(file.metadata) == [key for key in reader.fields if not key.startswith("GGUF.")]


def test_blocks_are_those_of_ggml() -> None:
    theirs = {int(kind): sizes for kind, sizes in gguf.GGML_QUANT_SIZES.items()}
    assert {int(kind): sizes for kind, sizes in BLOCKS.items()} == {kind: theirs[kind] for kind in TensorType}
    assert {kind.name: int(kind) for kind in Kind} == {kind.name: int(kind) for kind in gguf.GGUFValueType}


def test_the_architectures_are_ones_that_llama_cpp_has() -> None:
    assert set(ARCHITECTURES) <= set(gguf.MODEL_ARCH_NAMES.values())


def test_version_2_is_read(parts: Parts) -> None:
    assert _accepts(replace(parts, version=2))


@pytest.mark.parametrize("alignment", [64, 4096])
def test_a_wider_alignment_is_read(parts: Parts, alignment: int) -> None:
    entry = value(Scalar(Kind.UINT32, alignment))
    assert _accepts(replace(parts, alignment=alignment).with_entry("general.alignment", entry).laid_out())


@pytest.mark.parametrize("kind", list(TensorType))
def test_every_type_of_weights_is_read(parts: Parts, kind: TensorType) -> None:
    head = replace(parts.heads[-1], shape=(256, 2), type=kind)
    assert _accepts(parts.with_head(-1, head).laid_out())


@pytest.mark.parametrize("architecture", ["llama", "minicpm", "qwen2", "qwen3"])
def test_the_architectures_that_are_run_here_are_taken(parts: Parts, architecture: str) -> None:
    assert _accepts(_as(architecture, parts))


def test_keys_may_be_turned_in_part_where_the_architecture_does_so(parts: Parts) -> None:
    lora = value(Scalar(Kind.UINT32, 16))
    half = _as("minicpm3", parts).with_entry("minicpm3.rope.dimension_count", value(Scalar(Kind.UINT32, 4)))
    assert _accepts(half.with_entry("minicpm3.attention.q_lora_rank", lora))
    with pytest.raises(BadGguf, match="of keys 8 long 3 numbers"):
        _accepts(half.with_entry("minicpm3.rope.dimension_count", value(Scalar(Kind.UINT32, 3))))


def _qwen35(parts: Parts, **changed: int) -> Parts:
    numbers = {"conv_kernel": 4, "inner_size": 32, "state_size": 8, "time_step_rank": 4, "group_count": 2} | changed
    hybrid = _as("qwen35", parts).with_entry("qwen35.full_attention_interval", value(Scalar(Kind.UINT32, 4)))
    hybrid = hybrid.with_entry("qwen35.rope.dimension_sections", value(Array(Kind.INT32, (2, 1, 1, 0))))
    for key, number in numbers.items():
        hybrid = hybrid.with_entry(f"qwen35.ssm.{key}", value(Scalar(Kind.UINT32, number)))
    return hybrid


def test_linear_attention_is_taken_when_its_heads_fit(parts: Parts) -> None:
    assert _accepts(_qwen35(parts).with_entry("qwen35.attention.recurrent_layers", value(Array(Kind.BOOL, (1,)))))
    assert _accepts(_qwen35(parts).with_entry("qwen35.rope.scaling.type", value(Scalar(Kind.STRING, "yarn"))))


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"group_count": 3}, "cannot share 3 keys"),
        ({"inner_size": 64}, "are not 64"),
        ({"conv_kernel": 0}, "conv_kernel is 0"),
    ],
)
def test_linear_attention_that_does_not_fit_is_refused(parts: Parts, changed: dict[str, int], answer: str) -> None:
    with pytest.raises(BadGguf, match=answer):
        _accepts(_qwen35(parts, **changed))


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("rope.dimension_sections", Array(Kind.INT32, (0, 0, 0, 0))),
        ("rope.dimension_sections", Array(Kind.INT32, (1, 1, 1))),
        ("rope.dimension_sections", Array(Kind.INT32, (-1, 1, 1, 1))),
        ("attention.recurrent_layers", Array(Kind.BOOL, (1, 1))),
        ("full_attention_interval", Scalar(Kind.UINT32, 0)),
    ],
)
def test_lists_that_llama_cpp_divides_by_or_runs_over_are_refused(
    parts: Parts, key: str, content: Scalar | Array
) -> None:
    with pytest.raises(BadGguf, match=f"qwen35.{key} is"):
        _accepts(_qwen35(parts).with_entry(f"qwen35.{key}", value(content)))


def test_the_weights_of_a_convolution_are_floats(parts: Parts) -> None:
    head = replace(parts.heads[-1], name=b"blk.0.ssm_conv1d.weight", shape=(4, 32))
    assert _accepts(parts.with_head(-1, replace(head, type=TensorType.F32)).laid_out())
    with pytest.raises(BadGguf, match=r"ssm_conv1d\.weight is F16"):
        _accepts(parts.with_head(-1, replace(head, type=TensorType.F16)).laid_out())


def test_pairs_are_taken_without_byte_tokens(parts: Parts) -> None:
    pairs = parts.with_entry("tokenizer.ggml.model", value(Scalar(Kind.STRING, "gpt2")))
    assert _accepts(pairs.with_entry("tokenizer.ggml.merges", strings(["t h", "th e"])))
    assert set(TOKENIZERS) == {"llama", "gpt2"}


def test_tokens_without_a_name_do_not_share_one(parts: Parts) -> None:
    words = [str(item) for item in _tokens(parts)]
    assert _accepts(parts.with_entry("tokenizer.ggml.tokens", strings([*words[:-2], "", ""])))
    with pytest.raises(BadGguf, match="1 of its tokens have the name of another"):
        _accepts(parts.with_entry("tokenizer.ggml.tokens", strings([*words[:-2], "", f"[EMPTY_{len(words) - 2}]"])))


def _tokens(parts: Parts) -> tuple[int, ...] | tuple[float, ...] | tuple[str, ...]:
    content = read_gguf(parts.written()).metadata["tokenizer.ggml.tokens"]
    assert isinstance(content, Array)
    return content.items


def test_the_longest_template_is_read_and_one_byte_more_is_not(parts: Parts) -> None:
    key = "tokenizer.chat_template"
    assert _accepts(parts.with_entry(key, value(Scalar(Kind.STRING, "x" * LONGEST_TEXT))))
    with pytest.raises(BadGguf, match=r"tokenizer\.chat_template has a string of 65537 bytes"):
        _accepts(parts.with_entry(key, value(Scalar(Kind.STRING, "x" * (LONGEST_TEXT + 1)))))


def test_the_most_entries_are_read_and_one_more_is_not(parts: Parts) -> None:
    entry = value(Scalar(Kind.BOOL, 1))
    more = tuple((f"x.{i}".encode(), entry) for i in range(MOST_ENTRIES - len(parts.metadata)))
    full = replace(parts, metadata=(*parts.metadata, *more))
    assert _accepts(full)
    with pytest.raises(BadGguf, match="counts 1025 entries"):
        _accepts(full.with_entry("x", entry))


def test_many_small_arrays_fill_the_same_limit(parts: Parts) -> None:
    million = value(Array(Kind.UINT8, (0,) * (1 << 20)))
    three = parts
    for name in ("x.1", "x.2", "x.3"):
        three = three.with_entry(name, million)
    assert _accepts(three)
    with pytest.raises(BadGguf, match=r"x\.4 has 1048576 items"):
        _accepts(three.with_entry("x.4", million))


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match="no language model at"):
        check_gguf_header(tmp_path / "none.gguf")


def test_a_pipe_is_no_model_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    with pytest.raises(EngineFailed, match="it is no file"):
        check_gguf_header(tmp_path / "pipe.gguf")


def test_a_refused_file_is_not_held_open(parts: Parts, tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(parts.written()[:9000])
    with pytest.raises(EngineFailed) as refused:
        check_gguf_header(path)
    assert "cut.gguf" not in Path("/proc/self/maps").read_text(encoding="utf-8")
    assert "pull it again" in str(refused.value)
