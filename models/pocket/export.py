"""Writes what ships of a trained pocket model: one GGUF in llama.cpp's "minicpm" architecture, quantized to 8 bits."""

from __future__ import annotations

import ctypes
import json
from pathlib import Path
from typing import Any

import gguf
import llama_cpp
import numpy as np
import torch
from torch import Tensor

from models.pocket.marks import BEGIN, END, MARKS, PAD
from models.pocket.network import Shape
from models.pocket.tokens import Tokens

_CONTEXT = 256
"""Tokens: forty words twice, in at most three tokens each."""


def load_checkpoint(run: Path) -> tuple[Shape, dict[str, Tensor]]:
    """Read a run's shape and weights."""
    state = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    return Shape(**state["recipe"]["shape"]), state["model"]


def write_gguf(run: Path, target: Path, *, exact: bool = False) -> None:
    """Write the model in 16-bit floats, or in 32-bit ones when it shall be compared with the trainer's."""
    shape, weights = load_checkpoint(run)
    writer = gguf.GGUFWriter(target, "minicpm")
    _write_hyperparameters(writer, shape)
    _write_vocabulary(writer, Tokens.load(run / "tokenizer.json"))

    def put(name: str, tensor: Tensor) -> None:
        data = tensor.float().numpy()
        writer.add_tensor(name, data.astype(np.float32 if exact or data.ndim == 1 else np.float16))

    put("token_embd.weight", weights["embedding.weight"])
    put("output_norm.weight", weights["norm.weight"])
    for layer in range(shape.layers):
        for name, tensor in _block(shape, weights, f"blocks.{layer}."):
            put(f"blk.{layer}.{name}.weight", tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def quantize(source: Path, target: Path) -> None:
    """Write a GGUF again with 8-bit weights (Q8_0). Raises OSError when llama.cpp cannot."""
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0
    if llama_cpp.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(parameters)):
        raise OSError(f"llama.cpp could not quantize {source}")


def _write_hyperparameters(writer: Any, shape: Shape) -> None:
    writer.add_name("pocket")
    writer.add_license("Apache-2.0")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_embedding_scale(shape.embedding_scale)
    writer.add_residual_scale(shape.residual_scale)
    # llama.cpp divides by it, where MiniCPM's own code multiplies by its inverse.
    writer.add_logit_scale(shape.logit_scale)


def _write_vocabulary(writer: Any, tokens: Tokens) -> None:
    saved = json.loads(tokens.tokenizer.to_str())
    vocabulary = {**saved["model"]["vocab"], **{one["content"]: one["id"] for one in saved["added_tokens"]}}
    texts = sorted(vocabulary, key=vocabulary.__getitem__)
    kinds = []
    for number, text in enumerate(texts):
        is_mark = text in MARKS or number >= tokens.first_frame
        kinds.append(gguf.TokenType.CONTROL if is_mark else gguf.TokenType.NORMAL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(texts)
    writer.add_token_types(kinds)
    writer.add_token_merges(
        [merge if isinstance(merge, str) else " ".join(merge) for merge in saved["model"]["merges"]]
    )
    writer.add_bos_token_id(vocabulary[BEGIN])
    writer.add_eos_token_id(vocabulary[END])
    writer.add_pad_token_id(vocabulary[PAD])
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)


def _block(shape: Shape, weights: dict[str, Tensor], prefix: str) -> list[tuple[str, Tensor]]:
    width = shape.head_width

    def paired(rows: Tensor, heads: int) -> Tensor:
        """Half-rotated rows, as Hugging Face has them, to llama.cpp's interleaved pairs."""
        return rows.view(heads, 2, width // 2, -1).transpose(1, 2).reshape(rows.shape)

    sizes = [shape.heads * width, shape.kv_heads * width, shape.kv_heads * width]
    q, k, v = weights[prefix + "qkv.weight"].split(sizes)
    gate, up = weights[prefix + "gate_up.weight"].chunk(2)
    return [
        ("attn_norm", weights[prefix + "attention_norm.weight"]),
        ("ffn_norm", weights[prefix + "feed_norm.weight"]),
        ("attn_q", paired(q, shape.heads)),
        ("attn_k", paired(k, shape.kv_heads)),
        ("attn_v", v),
        ("attn_output", weights[prefix + "output.weight"]),
        ("ffn_gate", gate),
        ("ffn_up", up),
        ("ffn_down", weights[prefix + "down.weight"]),
    ]
