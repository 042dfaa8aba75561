"""Writes a tiny Piper voice: an ONNX file with the inputs and the output of a VITS network, and random weights.

ONNX is protobuf (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3): five messages and three nodes do not need
the onnx package. Each phoneme becomes a random 16 ms of sound, so text has a length and a reproducible noise.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

_FLOAT, _INT64 = 1, 7
_PHONEMES = 256
_SAMPLES = 353
"""Samples a phoneme: 16 ms at 22,050 Hz."""


def write_tiny_piper(folder: Path, *, phoneme_type: str = "espeak") -> Path:
    """Write tiny.onnx and tiny.onnx.json; give the path of the first."""
    table = np.random.default_rng(0).normal(0, 0.3, (_PHONEMES, _SAMPLES)).astype("<f4")
    graph = b"".join(
        [
            _message(1, _node("Gather", ["table", "input"], "frames")),
            _message(1, _node("Tanh", ["frames"], "loud")),
            _message(1, _node("Reshape", ["loud", "shape"], "output")),
            _text(2, "tiny"),
            _message(5, _tensor("table", _FLOAT, table)),
            _message(5, _tensor("shape", _INT64, np.array([1, 1, 1, -1], "<i8"))),
            _message(11, _value("input", _INT64, 2)),
            _message(11, _value("input_lengths", _INT64, 1)),
            _message(11, _value("scales", _FLOAT, 1)),
            _message(12, _value("output", _FLOAT, 4)),
        ]
    )
    model = _number(1, 8) + _message(7, graph) + _message(8, _text(1, "") + _number(2, 13))
    path = folder / "tiny.onnx"
    path.write_bytes(model)
    config = {
        "audio": {"sample_rate": 22050},
        "espeak": {"voice": "en-us"},
        "phoneme_type": phoneme_type,
        "num_symbols": _PHONEMES,
        "num_speakers": 1,
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
    }
    (folder / "tiny.onnx.json").write_text(json.dumps(config), encoding="utf-8")
    return path


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*data, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())


def _node(kind: str, inputs: list[str], output: str) -> bytes:
    return b"".join(_text(1, name) for name in inputs) + _text(2, output) + _text(4, kind)


def _tensor(name: str, kind: int, values: np.ndarray) -> bytes:
    dims = b"".join(_number(1, size) for size in values.shape)
    return dims + _number(2, kind) + _text(8, name) + _message(9, values.tobytes())


def _value(name: str, kind: int, rank: int) -> bytes:
    dims = b"".join(_message(1, _text(2, f"{name}{i}")) for i in range(rank))
    return _text(1, name) + _message(2, _message(1, _number(1, kind) + _message(2, dims)))
