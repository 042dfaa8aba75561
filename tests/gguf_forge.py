"""Takes a GGUF file apart and writes it again with any lie in it."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

from models.gguf_file import BLOCKS, Array, GgufFile, Kind, Scalar, TensorType
from models.gguf_reader import read_gguf

CODES = {
    Kind.UINT8: "B",
    Kind.INT8: "b",
    Kind.UINT16: "H",
    Kind.INT16: "h",
    Kind.UINT32: "I",
    Kind.INT32: "i",
    Kind.FLOAT32: "f",
    Kind.BOOL: "?",
    Kind.UINT64: "Q",
    Kind.INT64: "q",
    Kind.FLOAT64: "d",
}
"""How struct writes a value of each kind."""


def u32(number: int) -> bytes:
    return struct.pack("<I", number)


def u64(number: int) -> bytes:
    return struct.pack("<Q", number)


def text(data: str | bytes) -> bytes:
    data = data.encode() if isinstance(data, str) else data
    return u64(len(data)) + data


def value(content: Scalar | Array) -> bytes:
    """Write a value of the metadata with its kind before it."""
    match content:
        case Scalar(Kind.STRING, str(words)):
            return u32(Kind.STRING) + text(words)
        case Scalar(kind, number):
            return u32(kind) + struct.pack(f"<{CODES[kind]}", number)
        case Array(Kind.STRING, items):
            return array(Kind.STRING, len(items), b"".join(text(str(item)) for item in items))
        case Array(kind, items):
            return array(kind, len(items), struct.pack(f"<{len(items)}{CODES[kind]}", *items))


def array(kind: int, count: int, items: bytes) -> bytes:
    return u32(Kind.ARRAY) + u32(kind) + u64(count) + items


@dataclass(frozen=True, slots=True)
class Head:
    """What the file says of one tensor."""

    name: bytes
    shape: tuple[int, ...]
    type: int
    offset: int
    dimensions: int | None = None
    """Said instead of the true number."""

    def written(self) -> bytes:
        said = len(self.shape) if self.dimensions is None else self.dimensions
        shape = b"".join(u64(size) for size in self.shape)
        return text(self.name) + u32(said) + shape + u32(self.type) + u64(self.offset)


@dataclass(frozen=True, slots=True)
class Parts:
    """A file in parts; `metadata` holds the bytes behind each key, the kind first."""

    metadata: tuple[tuple[bytes, bytes], ...]
    heads: tuple[Head, ...]
    weights: bytes
    version: int = 3
    alignment: int = 32
    magic: bytes = b"GGUF"
    entry_count: int | None = None
    """Said instead of the true number."""
    tensor_count: int | None = None
    """Said instead of the true number."""

    def written(self) -> bytes:
        entries = len(self.metadata) if self.entry_count is None else self.entry_count
        tensors = len(self.heads) if self.tensor_count is None else self.tensor_count
        head = self.magic + u32(self.version) + u64(tensors) + u64(entries)
        head += b"".join(text(key) + content for key, content in self.metadata)
        head += b"".join(tensor.written() for tensor in self.heads)
        return head + bytes(-len(head) % self.alignment) + self.weights

    def with_entry(self, key: str, content: bytes) -> Parts:
        """Replace an entry, or add it at the end."""
        name = key.encode()
        if name not in dict(self.metadata):
            return replace(self, metadata=(*self.metadata, (name, content)))
        changed = ((k, content if k == name else old) for k, old in self.metadata)
        return replace(self, metadata=tuple(changed))

    def without_entry(self, key: str) -> Parts:
        return replace(self, metadata=tuple(entry for entry in self.metadata if entry[0] != key.encode()))

    def laid_out(self) -> Parts:
        """Put weights of zero behind each other where the heads' shapes and types have them."""
        heads, offset = [], 0
        for head in self.heads:
            in_block, size = BLOCKS[TensorType(head.type)]
            heads.append(replace(head, offset=offset))
            offset += -(-(prod(head.shape) // in_block * size) // self.alignment) * self.alignment
        return replace(self, heads=tuple(heads), weights=bytes(offset))

    def with_head(self, index: int, head: Head) -> Parts:
        heads = list(self.heads)
        heads[index] = head
        return replace(self, heads=tuple(heads))


def take_apart(path: Path) -> Parts:
    """Read a valid file into parts that write the same bytes again."""
    data = path.read_bytes()
    return parts_of(read_gguf(data), data)


def parts_of(file: GgufFile, data: bytes) -> Parts:
    start = file.tensors[0].start
    heads = (Head(t.name.encode(), t.shape, t.type, t.start - start) for t in file.tensors)
    metadata = ((key.encode(), value(content)) for key, content in file.metadata.items())
    return Parts(tuple(metadata), tuple(heads), data[start:], file.version, file.alignment)


def strings(items: Iterable[str]) -> bytes:
    return value(Array(Kind.STRING, tuple(items)))
