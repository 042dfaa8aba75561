"""The GGUF reader: what was written is read, and any bytes whatever give a file or BadGguf."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.gguf_file import BLOCKS, Array, BadGguf, Kind, Scalar, TensorType
from models.gguf_language_model import check_language_model
from models.gguf_reader import read_gguf
from tests.gguf_forge import CODES, Head, Parts, parts_of, take_apart, value
from tests.tiny_gguf import write_tiny_gguf

_NUMBERS = {
    **{kind: st.integers(0, (1 << 8 * struct.calcsize(code)) - 1) for kind, code in CODES.items() if code in "BHIQ"},
    **{
        kind: st.integers(-(1 << 8 * struct.calcsize(code) - 1), (1 << 8 * struct.calcsize(code) - 1) - 1)
        for kind, code in CODES.items()
        if code in "bhiq"
    },
    Kind.FLOAT32: st.floats(width=32, allow_nan=False),
    Kind.FLOAT64: st.floats(allow_nan=False),
    Kind.BOOL: st.integers(0, 1),
}
_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


def _values_of(kind: Kind) -> st.SearchStrategy[int] | st.SearchStrategy[float] | st.SearchStrategy[str]:
    return _TEXTS if kind is Kind.STRING else _NUMBERS[kind]


_KINDS = st.sampled_from([kind for kind in Kind if kind is not Kind.ARRAY])
_SCALARS = _KINDS.flatmap(lambda kind: st.builds(Scalar, st.just(kind), _values_of(kind)))
_ARRAYS = _KINDS.flatmap(
    lambda kind: st.builds(Array, st.just(kind), st.lists(_values_of(kind), max_size=5).map(tuple))
)
_METADATA = st.dictionaries(_NAMES.map("x.".__add__), _SCALARS | _ARRAYS, min_size=1, max_size=6)


@st.composite
def _heads(draw: st.DrawFn) -> Head:
    kind = draw(st.sampled_from(TensorType))
    blocks, rest = draw(st.integers(1, 4)), draw(st.lists(st.integers(1, 3), max_size=3))
    return Head(draw(_NAMES).encode(), (blocks * BLOCKS[kind][0], *rest), kind, 0)


_TENSORS = st.lists(_heads(), min_size=1, max_size=5, unique_by=lambda head: head.name)


@given(metadata=_METADATA, heads=_TENSORS, version=st.sampled_from([2, 3]))
def test_what_is_written_is_read(metadata: dict[str, Scalar | Array], heads: list[Head], version: int) -> None:
    entries = tuple((key.encode(), value(content)) for key, content in metadata.items())
    data = Parts(entries, tuple(heads), b"", version).laid_out().written()
    file = read_gguf(data)
    assert file.metadata == metadata
    assert [(t.name.encode(), t.shape, t.type) for t in file.tensors] == [(h.name, h.shape, h.type) for h in heads]
    assert parts_of(file, data).written() == data


@given(heads=_TENSORS)
def test_tensors_lie_in_the_file_and_not_in_each_other(heads: list[Head]) -> None:
    entry = (b"a", value(Scalar(Kind.BOOL, 1)))
    data = Parts((entry,), tuple(heads), b"").laid_out().written()
    end = 0
    for tensor in read_gguf(data).tensors:
        assert end <= tensor.start
        assert tensor.start % 32 == 0
        end = tensor.start + tensor.size
    assert end <= len(data)


@given(
    data=st.binary(max_size=200) | st.binary(max_size=200).map(b"GGUF\3\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0".__add__)
)
@example(data=b"")
def test_any_bytes_give_a_file_or_bad_gguf(data: bytes) -> None:
    _read_and_check(data)


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = write_tiny_gguf(tmp_path_factory.mktemp("gguf") / "valid.gguf", layers=1, width=32)
    assert take_apart(path).written() == path.read_bytes()
    return path.read_bytes()


_EDGES = st.sampled_from([0, 1, 2, 9, 255, 256, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 62, 1 << 63, (1 << 64) - 1])


@st.composite
def _mutations(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Change one place in the first 12 kB, which are the header and some weights."""
    at = draw(st.integers(0, 12_000))
    piece = draw(
        st.one_of(
            st.binary(min_size=1, max_size=9),
            _EDGES.map(lambda number: struct.pack("<Q", number)),
            _EDGES.map(lambda number: struct.pack("<I", number & 0xFFFFFFFF)),
        )
    )
    replaced = draw(st.sampled_from([0, len(piece), len(piece) + 1]))
    if draw(st.integers(0, 9)) == 0:
        return lambda data: data[:at]
    return lambda data: data[:at] + piece + data[at + replaced :]


@given(mutate=_mutations())
def test_any_mutation_of_a_valid_file_gives_a_file_or_bad_gguf(mutate: Callable[[bytes], bytes], valid: bytes) -> None:
    _read_and_check(mutate(valid))


def _read_and_check(data: bytes) -> None:
    with suppress(BadGguf):
        check_language_model(read_gguf(data))
