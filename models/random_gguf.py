"""Writes language models with random weights in the true shapes of those that we run: no sense, but all of their work.

The weights are quantized as llama.cpp's Q4_K_M mix or as Q8_0, so that each token reads the same bytes and runs the
same kernels as with the real file. The vocabulary has the true size, but pieces of our own, of four letters at most.
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.gguf_file import TensorType
from models.gguf_writer import TensorHead, Value, pad, write_heads

_CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""ChatML, as MiniCPM4 speaks it."""
_CHAT_WITH_TOOLS = (
    "{% if tools %}<|im_start|>system\n{{ messages[0]['content'] }}\n{% for t in tools %}{{ t | tojson }}\n{% endfor %}"
    'Call with <function name="..."><param name="...">...</param></function><|im_end|>\n'
    "{% set messages = messages[1:] %}{% endif %}" + _CHAT
)
"""The form of MiniCPM5's own, in few words."""
_UNKNOWN, _CONTROL, _BYTE, _NORMAL = 2, 3, 6, 1
_BLOCKS_AT_ONCE = 1 << 14
_SPREAD = 0.02
"""Standard deviation of the weights: what training begins with."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that make a model's work."""

    architecture: str
    tokens: int
    width: int
    layers: int
    heads: int
    kv_heads: int
    head_width: int
    feed_forward: int
    is_tied: bool
    """Whether the output's weights are the embedding's."""
    weights: TensorType
    """Q4_K means the mix Q4_K_M."""
    chat_template: str = _CHAT


# MiniCPM5-1B's card gives layers, heads, and 1,080,632,832 weights of which 401,080,320 are embeddings; no other round
# numbers than these add up to them.
SHAPES = {
    "minicpm5-1b": Shape(
        "llama", 130_560, 1536, 24, 16, 2, 128, 4608, False, TensorType.Q4_K, chat_template=_CHAT_WITH_TOOLS
    ),
    "minicpm4-0.5b": Shape("minicpm", 73_448, 1024, 24, 16, 2, 64, 4096, True, TensorType.Q4_K),
    "pocket": Shape("minicpm", 4096, 256, 5, 4, 2, 64, 768, True, TensorType.Q8_0),
}


def write_random_gguf(path: Path, name: str, wrote: Callable[[int, int], None] = lambda done, of: None) -> None:
    """Write the shape of this name; `wrote` is told the bytes so far and in all. Raises OSError."""
    shape = SHAPES[name]
    tensors = list(random_tensors(shape))
    size = sum(tensor.size for tensor in tensors)
    random = np.random.default_rng(0)
    done = 0
    with path.open("wb") as file:
        write_heads(file, _metadata(name, shape), tensors)
        for tensor in tensors:
            for piece in _weights(tensor, random):
                file.write(piece)
                done += len(piece)
                wrote(done, size)
            pad(file)


def _metadata(name: str, shape: Shape) -> dict[str, Value]:
    tokens, kinds = zip(*itertools.islice(_vocabulary(), shape.tokens), strict=True)
    metadata: dict[str, Value] = {
        "general.architecture": shape.architecture,
        "general.name": f"random {name}",
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [-float(place) for place in range(len(tokens))],
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": tokens.index("<|im_end|>"),
        "tokenizer.chat_template": shape.chat_template,
    }
    numbers: dict[str, Value] = {
        "context_length": 32_768,
        "embedding_length": shape.width,
        "block_count": shape.layers,
        "feed_forward_length": shape.feed_forward,
        "attention.head_count": shape.heads,
        "attention.head_count_kv": shape.kv_heads,
        "attention.key_length": shape.head_width,
        "attention.value_length": shape.head_width,
        "attention.layer_norm_rms_epsilon": 1e-5,
        "rope.dimension_count": shape.head_width,
        "vocab_size": shape.tokens,
    }
    if shape.architecture == "minicpm":
        numbers |= {
            "embedding_scale": 12.0,
            "residual_scale": 1.4 / shape.layers**0.5,
            "logit_scale": shape.width / 256,
        }
    return metadata | {f"{shape.architecture}.{key}": value for key, value in numbers.items()}


def _vocabulary() -> Iterator[tuple[str, int]]:
    """Give the marks, the bytes, and all short words, with and without a space before them, the shortest first."""
    yield "<unk>", _UNKNOWN
    for mark in ("<s>", "</s>", "<|im_start|>", "<|im_end|>"):
        yield mark, _CONTROL
    for byte in range(256):
        yield f"<0x{byte:02X}>", _BYTE
    for single in ("▁", *string.ascii_letters, *string.digits, *string.punctuation):
        yield single, _NORMAL
    for length in itertools.count(1):
        for word in map("".join, itertools.product(string.ascii_lowercase, repeat=length)):
            yield f"▁{word}", _NORMAL
            if length > 1:
                yield word, _NORMAL


def random_tensors(shape: Shape) -> Iterator[TensorHead]:
    """Give the tensors of a shape, as they lie in the file."""
    query, key = shape.heads * shape.head_width, shape.kv_heads * shape.head_width
    width, inner, weights = shape.width, shape.feed_forward, shape.weights
    fine = TensorType.Q6_K if weights is TensorType.Q4_K else weights
    yield TensorHead("token_embd.weight", (width, shape.tokens), fine if shape.is_tied else weights)
    for layer in range(shape.layers):
        better = fine if _deserves_more_bits(layer, shape.layers) else weights
        for name, size, kind in (
            ("attn_norm", (width,), TensorType.F32),
            ("attn_q", (width, query), weights),
            ("attn_k", (width, key), weights),
            ("attn_v", (width, key), better),
            ("attn_output", (query, width), weights),
            ("ffn_norm", (width,), TensorType.F32),
            ("ffn_gate", (width, inner), weights),
            ("ffn_up", (width, inner), weights),
            ("ffn_down", (inner, width), better),
        ):
            yield TensorHead(f"blk.{layer}.{name}.weight", size, kind)
    yield TensorHead("output_norm.weight", (width,), TensorType.F32)
    if not shape.is_tied:
        yield TensorHead("output.weight", (width, shape.tokens), fine)


def _deserves_more_bits(layer: int, layers: int) -> bool:
    """The rule of Q4_K_M: the first and the last eighth, and every third between."""
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2


def _weights(tensor: TensorHead, random: np.random.Generator) -> Iterator[bytes]:
    if tensor.type is TensorType.F32:
        yield np.ones(tensor.shape, np.float32).tobytes()
        return
    for start in range(0, tensor.blocks, _BLOCKS_AT_ONCE):
        yield _blocks(tensor.type, min(_BLOCKS_AT_ONCE, tensor.blocks - start), random)


def _blocks(kind: TensorType, count: int, random: np.random.Generator) -> bytes:
    """Give random blocks of one kind, laid out as in ggml-common.h."""
    match kind:
        case TensorType.Q4_K:  # weight = scale * 32 * (0 to 15) - least * 32
            blocks = np.empty(count, [("scale", "<f2"), ("least", "<f2"), ("parts", "u1", 12), ("weights", "u1", 128)])
            blocks["scale"], blocks["least"] = _SPREAD / 32 / 4.61, _SPREAD / 32 / 4.61 * 7.5
            blocks["parts"] = [0xA0] * 8 + [0] * 4  # 32 for each of the eight parts, in 6 bits
        case TensorType.Q6_K:  # weight = scale * 8 * (-32 to 31)
            blocks = np.empty(count, [("weights", "u1", 192), ("parts", "i1", 16), ("scale", "<f2")])
            blocks["scale"], blocks["parts"] = _SPREAD / 8 / 18.5, 8
        case TensorType.Q8_0:  # weight = scale * (-128 to 127)
            blocks = np.empty(count, [("scale", "<f2"), ("weights", "u1", 32)])
            blocks["scale"] = _SPREAD / 73.9
        case _:
            raise ValueError(f"weights of type {kind.name} are not made here")
    blocks["weights"] = random.integers(0, 256, blocks["weights"].shape, np.uint8)
    return blocks.tobytes()
