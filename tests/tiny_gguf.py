"""Writes tiny language models with random weights: GGUF files of the architecture that we ship, and no sense at all."""

from __future__ import annotations

import string
from pathlib import Path

import gguf
import numpy as np

CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""ChatML, as MiniCPM speaks it."""

_WORDS = (
    "the of and to in is you that it for was on are as with they at be this have or by one had not but what all were",
    "when we there can an your which if do will each about how up out them then she many say tool name arguments",
    "timer minutes light kitchen play music call anna tomorrow morning weather list milk true false null off",
)
_CONTROL = ("<s>", "</s>", "<|im_start|>", "<|im_end|>")


def write_tiny_gguf(path: Path, *, template: str | None = CHAT_TEMPLATE, layers: int = 2, width: int = 64) -> Path:
    """Write a random-weight "minicpm" model with a small SentencePiece vocabulary; about 0.5 MB. Give `path` back."""
    tokens, kinds = _vocabulary()
    writer = gguf.GGUFWriter(path, "minicpm")
    _add_shape(writer, layers, width, len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(i) for i in range(len(tokens))])
    writer.add_token_types(kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    if template is not None:
        writer.add_chat_template(template)
    _add_weights(writer, layers, width, len(tokens))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _vocabulary() -> tuple[list[str], list[int]]:
    kind = gguf.TokenType
    singles = ["▁", *string.ascii_letters, *string.digits, *string.punctuation, "é", "ü", "你", "好"]
    words = " ".join(_WORDS).split()
    pieces = [*("▁" + word for word in words), *words, '":', '",', "{}"]
    normal = list(dict.fromkeys(singles + pieces))
    tokens = ["<unk>", *_CONTROL, *(f"<0x{byte:02X}>" for byte in range(256)), *normal]
    kinds = [kind.UNKNOWN] + [kind.CONTROL] * len(_CONTROL) + [kind.BYTE] * 256 + [kind.NORMAL] * len(normal)
    return tokens, [int(k) for k in kinds]


def _add_shape(writer: gguf.GGUFWriter, layers: int, width: int, vocabulary: int) -> None:
    writer.add_name("tiny random")
    writer.add_context_length(4096)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(2 * width)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_dimension_count(width // 4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(vocabulary)
    # The three scales of MiniCPM; llama.cpp refuses none, but another value would be another architecture.
    writer.add_embedding_scale(12.0)
    writer.add_residual_scale(1.4 / layers**0.5)
    writer.add_logit_scale(width / 256)


def _add_weights(writer: gguf.GGUFWriter, layers: int, width: int, vocabulary: int) -> None:
    random = np.random.default_rng(0)

    def add(name: str, *shape: int) -> None:
        writer.add_tensor(name + ".weight", (random.standard_normal(shape) * 0.05).astype(np.float16))

    def add_ones(name: str) -> None:
        writer.add_tensor(name + ".weight", np.ones(width, np.float32))

    add("token_embd", vocabulary, width)
    add_ones("output_norm")
    for layer in range(layers):
        block = f"blk.{layer}."
        add_ones(block + "attn_norm")
        add(block + "attn_q", width, width)
        add(block + "attn_k", width // 2, width)
        add(block + "attn_v", width // 2, width)
        add(block + "attn_output", width, width)
        add_ones(block + "ffn_norm")
        add(block + "ffn_gate", 2 * width, width)
        add(block + "ffn_up", 2 * width, width)
        add(block + "ffn_down", width, 2 * width)
