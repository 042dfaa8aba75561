"""Writes a language model with random weights of 4 bits: no sense, but the work of a real one for each token.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

_WIDTH = 1024
_INNER = 2816
_HEADS = 16
_ALIGNMENT = 32
_UINT32, _INT32, _FLOAT32, _STRING, _ARRAY = 4, 5, 6, 8, 9
_F32, _Q4_0 = 0, 2
_UNKNOWN, _CONTROL, _BYTE = 2, 3, 6
_BLOCK = 32
"""Weights that share a scale in Q4_0: two bytes of scale, 16 of weights."""


def write_probe_model(path: Path, layers: int = 4) -> int:
    """Write a model of the llama architecture, 29 MB with 4 layers; give the bytes that each token reads."""
    tensors = list(_tensors(layers))
    with path.open("wb") as file:
        metadata = _metadata(layers)
        file.write(struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(metadata)))
        for key, value in metadata.items():
            file.write(_text(key) + value)
        offset = 0
        for name, shape in tensors:
            file.write(_text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape))
            file.write(struct.pack("<IQ", _kind(shape), offset))
            offset += _padded(_size(shape))
        random = np.random.default_rng(0)
        for _, shape in tensors:
            file.write(b"\0" * (-file.tell() % _ALIGNMENT))
            file.write(_weights(shape, random))
        return sum(_size(shape) for name, shape in tensors if name != "token_embd.weight")


def _tokens() -> list[tuple[str, int]]:
    marks = [("<unk>", _UNKNOWN), ("<s>", _CONTROL), ("</s>", _CONTROL)]
    return marks + [(f"<0x{byte:02X}>", _BYTE) for byte in range(256)]


def _metadata(layers: int) -> dict[str, bytes]:
    texts, kinds = zip(*_tokens(), strict=True)
    return {
        "general.architecture": _typed_text("llama"),
        "llama.context_length": _uint(512),
        "llama.embedding_length": _uint(_WIDTH),
        "llama.block_count": _uint(layers),
        "llama.feed_forward_length": _uint(_INNER),
        "llama.attention.head_count": _uint(_HEADS),
        "llama.attention.head_count_kv": _uint(_HEADS),
        "llama.rope.dimension_count": _uint(_WIDTH // _HEADS),
        "llama.attention.layer_norm_rms_epsilon": struct.pack("<If", _FLOAT32, 1e-5),
        "llama.vocab_size": _uint(len(texts)),
        "tokenizer.ggml.model": _typed_text("llama"),
        "tokenizer.ggml.tokens": _array(_STRING, [_text(text) for text in texts]),
        "tokenizer.ggml.scores": _array(_FLOAT32, [struct.pack("<f", 0.0)] * len(texts)),
        "tokenizer.ggml.token_type": _array(_INT32, [struct.pack("<i", kind) for kind in kinds]),
        "tokenizer.ggml.bos_token_id": _uint(1),
        "tokenizer.ggml.eos_token_id": _uint(2),
        "tokenizer.ggml.unknown_token_id": _uint(0),
    }


def _tensors(layers: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Give names and shapes, the fastest dimension first."""
    yield "token_embd.weight", (_WIDTH, len(_tokens()))
    for layer in range(layers):
        for name, shape in (
            ("attn_norm", (_WIDTH,)),
            ("attn_q", (_WIDTH, _WIDTH)),
            ("attn_k", (_WIDTH, _WIDTH)),
            ("attn_v", (_WIDTH, _WIDTH)),
            ("attn_output", (_WIDTH, _WIDTH)),
            ("ffn_norm", (_WIDTH,)),
            ("ffn_gate", (_WIDTH, _INNER)),
            ("ffn_up", (_WIDTH, _INNER)),
            ("ffn_down", (_INNER, _WIDTH)),
        ):
            yield f"blk.{layer}.{name}.weight", shape
    yield "output_norm.weight", (_WIDTH,)
    yield "output.weight", (_WIDTH, len(_tokens()))


def _kind(shape: tuple[int, ...]) -> int:
    return _F32 if len(shape) == 1 else _Q4_0


def _size(shape: tuple[int, ...]) -> int:
    count = int(np.prod(shape))
    return 4 * count if len(shape) == 1 else count // _BLOCK * 18


def _padded(size: int) -> int:
    return size + -size % _ALIGNMENT


def _weights(shape: tuple[int, ...], random: np.random.Generator) -> bytes:
    if len(shape) == 1:
        return np.ones(shape, np.float32).tobytes()
    blocks = np.empty(int(np.prod(shape)) // _BLOCK, np.dtype([("scale", np.float16), ("weights", np.uint8, 16)]))
    blocks["scale"] = 0.005
    blocks["weights"] = random.integers(0, 256, (len(blocks), 16), np.uint8)
    return blocks.tobytes()


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _typed_text(text: str) -> bytes:
    return struct.pack("<I", _STRING) + _text(text)


def _uint(number: int) -> bytes:
    return struct.pack("<II", _UINT32, number)


def _array(kind: int, items: list[bytes]) -> bytes:
    return struct.pack("<IIQ", _ARRAY, kind, len(items)) + b"".join(items)
