"""Reads the header of a GGUF file strictly: any bytes give a GgufFile whose every number was checked, or BadGguf.

llama.cpp's own reader has had a dozen overflows in this place (docs/model_files.md lists them), so the file comes here
first. What is not in files that exist is refused, even where the format allows it: arrays in arrays, holes between
tensors, empty tensors, zero bytes in strings.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from math import prod

from models.gguf_file import BLOCKS, Array, BadGguf, GgufFile, Kind, Scalar, Tensor, TensorType

VERSIONS = (2, 3)
MOST_ENTRIES = 1_024
"""Entries of metadata. Models have some 50."""
MOST_TENSORS = 10_000
"""Models for a wearable have some 300."""
MOST_ITEMS = 1 << 22
"""Array items in the whole file. 262,144 tokens, the most there are, make 1.3 million with scores, kinds and merges."""
LONGEST_KEY = 256
LONGEST_TEXT = 1 << 16
"""Bytes. The longest chat templates are some 20 kB."""
LONGEST_ITEM = 1 << 12
"""Bytes of a string in an array: tokens and merges have some 500 at most."""
LONGEST_NAME = 63
"""Bytes of a tensor's name; GGML_MAX_NAME is 64, with the zero byte."""
MOST_DIMENSIONS = 4
MOST_WEIGHTS = 1 << 40
"""Weights of one tensor: keeps every product far inside 64 bits."""
ALIGNMENTS = tuple(1 << bit for bit in range(5, 13))
"""Bytes. 32 is what ggml's vector code is built for, 4096 is a page."""

_MAGIC = int.from_bytes(b"GGUF", "little")
_HEADER = struct.Struct("<IQQ")
"""Version, number of tensors, number of metadata entries."""
_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_CODES: Mapping[Kind, str] = {
    Kind.UINT8: "B",
    Kind.INT8: "b",
    Kind.UINT16: "H",
    Kind.INT16: "h",
    Kind.UINT32: "I",
    Kind.INT32: "i",
    Kind.FLOAT32: "f",
    Kind.BOOL: "B",
    Kind.UINT64: "Q",
    Kind.INT64: "q",
    Kind.FLOAT64: "d",
}


def read_gguf(data: bytes | memoryview) -> GgufFile:
    """Read a whole file. Raises BadGguf and nothing else; the weights themselves are not looked at."""
    # Released at once: an error keeps the frames below alive, and with them would keep a file mapped.
    with memoryview(data) as view:
        return _read(_Cursor(view))


def _read(cursor: _Cursor) -> GgufFile:
    if cursor.size < _U32.size or cursor.number(_U32) != _MAGIC:
        raise BadGguf("it is not a GGUF file")
    version, tensors, entries = cursor.take(_HEADER)
    if version not in VERSIONS:
        raise BadGguf(f"it is GGUF version {version}; versions 2 and 3 can be read")
    if not 1 <= entries <= MOST_ENTRIES:
        raise BadGguf(f"it counts {entries} entries of metadata; 1 to {MOST_ENTRIES} can be")
    if not 1 <= tensors <= MOST_TENSORS:
        raise BadGguf(f"it counts {tensors} tensors; 1 to {MOST_TENSORS} can be")
    metadata = _read_metadata(cursor, entries)
    alignment = _alignment(metadata)
    return GgufFile(version, alignment, metadata, _read_tensors(cursor, tensors, alignment))


class _Cursor:
    """Takes values from the front of the bytes; none is believed to be there before it was looked."""

    def __init__(self, data: memoryview) -> None:
        self.at = 0
        self.size = len(data)
        self._data = data
        self._items_left = MOST_ITEMS

    def take(self, layout: struct.Struct) -> tuple[int, ...]:
        try:
            values = layout.unpack_from(self._data, self.at)
        except struct.error as exc:
            raise BadGguf(f"it ends in the middle of its header, at byte {self.size}") from exc
        self.at += layout.size
        return values

    def number(self, layout: struct.Struct) -> int:
        return self.take(layout)[0]

    def text(self, longest: int, what: str) -> str:
        return self._texts(1, longest, what)[0]

    def items(self, kind: Kind, count: int, what: str) -> Array:
        if count > self._items_left:
            raise BadGguf(f"{what} has {count} items, more than a model has")
        self._items_left -= count
        if kind is Kind.STRING:
            return Array(kind, tuple(self._texts(count, LONGEST_ITEM, what)))
        values = self.take(struct.Struct(f"<{count}{_CODES[kind]}"))
        if kind is Kind.BOOL and not set(values) <= {0, 1}:
            raise BadGguf(f"{what} holds a truth value that is neither 0 nor 1")
        return Array(kind, values)

    def _texts(self, count: int, longest: int, what: str) -> list[str]:
        if count * _U64.size > self.size - self.at:
            raise BadGguf(f"{what} counts {count} strings, more than the file can hold")
        # 300,000 times for a large vocabulary: everything that can be is a local name.
        data, at, end, unpack = self._data, self.at, self.size, _U64.unpack_from
        texts = []
        try:
            for _ in range(count):
                (length,) = unpack(data, at)
                start = at + 8
                at = start + length
                if length > longest or at > end:
                    raise BadGguf(
                        f"{what} has a string of {length} bytes; {longest} are the most, {end - start} are left"
                    )
                texts.append(str(data[start:at], "utf-8"))
        except struct.error as exc:
            raise BadGguf(f"it ends inside {what}, at byte {end}") from exc
        except UnicodeDecodeError as exc:
            raise BadGguf(f"{what} is not UTF-8") from exc
        # llama.cpp hands strings over as C strings: what is behind a zero byte would be seen by us alone.
        if "\0" in "".join(texts):
            raise BadGguf(f"{what} has a zero byte in a string")
        self.at = at
        return texts


def _read_metadata(cursor: _Cursor, count: int) -> dict[str, Scalar | Array]:
    metadata: dict[str, Scalar | Array] = {}
    for index in range(count):
        key = cursor.text(LONGEST_KEY, f"the key of entry {index}")
        if not key.isascii() or not key.isprintable() or not key:
            raise BadGguf(f"the key of entry {index} is empty or not plain ASCII")
        if key in metadata:
            raise BadGguf(f"{key} is there twice")
        metadata[key] = _read_value(cursor, key)
    return metadata


def _read_value(cursor: _Cursor, key: str) -> Scalar | Array:
    kind = _kind(cursor, key)
    if kind is Kind.STRING:
        return Scalar(kind, cursor.text(LONGEST_TEXT, key))
    if kind is not Kind.ARRAY:
        return Scalar(kind, cursor.items(kind, 1, key).items[0])
    kind = _kind(cursor, key)
    if kind is Kind.ARRAY:
        raise BadGguf(f"{key} is an array of arrays")
    return cursor.items(kind, cursor.number(_U64), key)


def _kind(cursor: _Cursor, key: str) -> Kind:
    number = cursor.number(_U32)
    try:
        return Kind(number)
    except ValueError as exc:
        raise BadGguf(f"{key} is of the unknown type {number}") from exc


def _alignment(metadata: Mapping[str, Scalar | Array]) -> int:
    match metadata.get("general.alignment", Scalar(Kind.UINT32, 32)):
        case Scalar(Kind.UINT32, int(alignment)) if alignment in ALIGNMENTS:
            return alignment
    raise BadGguf(f"general.alignment is none of {', '.join(map(str, ALIGNMENTS))}")


def _read_tensors(cursor: _Cursor, count: int, alignment: int) -> tuple[Tensor, ...]:
    heads = [_read_tensor_head(cursor, index) for index in range(count)]
    if len({name for name, _, _, _ in heads}) < count:
        raise BadGguf("two tensors have one name")
    start = _round_up(cursor.at, alignment)
    tensors = []
    expected = 0
    for name, shape, kind, offset in heads:
        # As llama.cpp has it: in the order of the list, without holes. So none can overlap another.
        if offset != expected:
            raise BadGguf(f"the tensor {name} begins at {offset}, not at {expected} behind the one before it")
        size = _size(name, shape, kind)
        if start + offset + size > cursor.size:
            raise BadGguf(
                f"the tensor {name} reaches to byte {start + offset + size}, the file to {cursor.size}: it was cut"
            )
        tensors.append(Tensor(name, shape, kind, start + offset, size))
        expected = _round_up(offset + size, alignment)
    return tuple(tensors)


def _read_tensor_head(cursor: _Cursor, index: int) -> tuple[str, tuple[int, ...], TensorType, int]:
    name = cursor.text(LONGEST_NAME, f"the name of tensor {index}")
    if not name.isascii() or not name.isprintable() or not name:
        raise BadGguf(f"the name of tensor {index} is empty or not plain ASCII")
    dimensions = cursor.number(_U32)
    if not 1 <= dimensions <= MOST_DIMENSIONS:
        raise BadGguf(f"the tensor {name} has {dimensions} dimensions; 1 to {MOST_DIMENSIONS} can be")
    shape = cursor.take(struct.Struct(f"<{dimensions}Q"))
    number, offset = cursor.number(_U32), cursor.number(_U64)
    try:
        return name, shape, TensorType(number), offset
    except ValueError as exc:
        raise BadGguf(f"the tensor {name} is of type {number}, which language models are not written in") from exc


def _size(name: str, shape: tuple[int, ...], kind: TensorType) -> int:
    weights = prod(shape)
    if not 1 <= weights <= MOST_WEIGHTS:
        raise BadGguf(f"the tensor {name} has the shape {shape}: no weights, or too many")
    in_block, block_size = BLOCKS[kind]
    if shape[0] % in_block:
        raise BadGguf(f"the tensor {name} has rows of {shape[0]}, which blocks of {in_block} do not fill")
    return weights // in_block * block_size


def _round_up(number: int, alignment: int) -> int:
    return -(-number // alignment) * alignment
