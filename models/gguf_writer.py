"""Writes GGUF files: metadata and tensor heads first, then the weights piece by piece, so that none is held whole.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import BinaryIO

from models.gguf_file import BLOCKS, Kind, TensorType

ALIGNMENT = 32
"""Bytes; what readers take it for when the metadata do not say."""
Value = str | int | float | bool | Sequence[str] | Sequence[int] | Sequence[float]


@dataclass(frozen=True, slots=True)
class TensorHead:
    """What a file says of one tensor."""

    name: str
    shape: tuple[int, ...]
    """The fastest dimension first; a multiple of its type's block."""
    type: TensorType

    @property
    def blocks(self) -> int:
        """How many blocks of weights it has."""
        return prod(self.shape) // BLOCKS[self.type][0]

    @property
    def size(self) -> int:
        """How many bytes its weights take."""
        return self.blocks * BLOCKS[self.type][1]


def write_heads(file: BinaryIO, metadata: Mapping[str, Value], tensors: Sequence[TensorHead]) -> None:
    """Write everything before the weights; these come next, each tensor's at the next multiple of ALIGNMENT."""
    file.write(struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(metadata)))
    for key, value in metadata.items():
        file.write(_text(key) + _value(value))
    offset = 0
    for tensor in tensors:
        sizes = struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape)
        file.write(_text(tensor.name) + sizes + struct.pack("<IQ", tensor.type, offset))
        offset += tensor.size + -tensor.size % ALIGNMENT
    pad(file)


def pad(file: BinaryIO) -> None:
    """Write zeros up to the next multiple of ALIGNMENT."""
    file.write(b"\0" * (-file.tell() % ALIGNMENT))


def _value(value: Value) -> bytes:
    """Whole numbers are unsigned alone and signed in a list: kinds of tokens are the one list of them."""
    match value:
        case bool():
            return struct.pack("<I?", Kind.BOOL, value)
        case int():
            return struct.pack("<II", Kind.UINT32, value)
        case float():
            return struct.pack("<If", Kind.FLOAT32, value)
        case str():
            return struct.pack("<I", Kind.STRING) + _text(value)
        case _:
            kind, items = _items(value)
            return struct.pack("<IIQ", Kind.ARRAY, kind, len(value)) + items


def _items(values: Sequence[str] | Sequence[int] | Sequence[float]) -> tuple[Kind, bytes]:
    if isinstance(values[0], str):
        return Kind.STRING, b"".join(_text(str(value)) for value in values)
    kind, code = (Kind.FLOAT32, "f") if isinstance(values[0], float) else (Kind.INT32, "i")
    return kind, struct.pack(f"<{len(values)}{code}", *values)


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data
