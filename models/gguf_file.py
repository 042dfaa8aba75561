"""The values of a GGUF file: metadata, tensors, and the numbers by which the format names their types.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class BadGguf(ValueError):
    """The bytes are no GGUF file that may be given to llama.cpp; the message says where and why."""


class Kind(IntEnum):
    """The types of metadata."""

    UINT8 = 0
    INT8 = 1
    UINT16 = 2
    INT16 = 3
    UINT32 = 4
    INT32 = 5
    FLOAT32 = 6
    BOOL = 7
    STRING = 8
    ARRAY = 9
    UINT64 = 10
    INT64 = 11
    FLOAT64 = 12


class TensorType(IntEnum):
    """The types of weights that language models are written in; integers and those of one program alone are not."""

    F32 = 0
    F16 = 1
    Q4_0 = 2
    Q4_1 = 3
    Q5_0 = 6
    Q5_1 = 7
    Q8_0 = 8
    Q2_K = 10
    Q3_K = 11
    Q4_K = 12
    Q5_K = 13
    Q6_K = 14
    IQ2_XXS = 16
    IQ2_XS = 17
    IQ3_XXS = 18
    IQ1_S = 19
    IQ4_NL = 20
    IQ3_S = 21
    IQ2_S = 22
    IQ4_XS = 23
    IQ1_M = 29
    BF16 = 30
    TQ1_0 = 34
    TQ2_0 = 35
    MXFP4 = 39


BLOCKS: Mapping[TensorType, tuple[int, int]] = {
    TensorType.F32: (1, 4),
    TensorType.F16: (1, 2),
    TensorType.Q4_0: (32, 18),
    TensorType.Q4_1: (32, 20),
    TensorType.Q5_0: (32, 22),
    TensorType.Q5_1: (32, 24),
    TensorType.Q8_0: (32, 34),
    TensorType.Q2_K: (256, 84),
    TensorType.Q3_K: (256, 110),
    TensorType.Q4_K: (256, 144),
    TensorType.Q5_K: (256, 176),
    TensorType.Q6_K: (256, 210),
    TensorType.IQ2_XXS: (256, 66),
    TensorType.IQ2_XS: (256, 74),
    TensorType.IQ3_XXS: (256, 98),
    TensorType.IQ1_S: (256, 50),
    TensorType.IQ4_NL: (32, 18),
    TensorType.IQ3_S: (256, 110),
    TensorType.IQ2_S: (256, 82),
    TensorType.IQ4_XS: (256, 136),
    TensorType.IQ1_M: (256, 56),
    TensorType.BF16: (1, 2),
    TensorType.TQ1_0: (256, 54),
    TensorType.TQ2_0: (256, 66),
    TensorType.MXFP4: (32, 17),
}
"""Weights in a block, and the block's bytes."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value of the metadata."""

    kind: Kind
    value: int | float | str


@dataclass(frozen=True, slots=True)
class Array:
    """Many values of one kind."""

    kind: Kind
    items: tuple[int, ...] | tuple[float, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where one tensor's weights lie."""

    name: str
    shape: tuple[int, ...]
    """Rows last: (width, rows, ...), as the format has it."""
    type: TensorType
    start: int
    """Bytes from the beginning of the file."""
    size: int
    """Bytes, without the padding behind."""


@dataclass(frozen=True, slots=True)
class GgufFile:
    """All that a GGUF file says before its weights."""

    version: int
    alignment: int
    """Bytes that each tensor begins at a multiple of."""
    metadata: Mapping[str, Scalar | Array]
    tensors: tuple[Tensor, ...]

    def text(self, key: str) -> str | None:
        """Give a string of the metadata. Raises BadGguf when it is something else."""
        match self.metadata.get(key):
            case None:
                return None
            case Scalar(Kind.STRING, str(value)):
                return value
        raise BadGguf(f"{key} is not a string")

    def count(self, key: str) -> int | None:
        """Give an unsigned 32-bit number of the metadata. Raises BadGguf when it is something else."""
        match self.metadata.get(key):
            case None:
                return None
            case Scalar(Kind.UINT32, int(value)):
                return value
        raise BadGguf(f"{key} is not an unsigned 32-bit number")
