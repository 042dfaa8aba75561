"""Writes tiny pocket models with random weights: right in form, and no sense at all."""

from __future__ import annotations

from pathlib import Path

import gguf
import msgspec
import numpy as np

from models.pocket.confidence import Table
from models.pocket.frames import LABELS, TOOLS
from models.pocket.linear import Linear
from models.pocket.marks import BEGIN, END, FRAME_TOKENS, LABEL_TOKENS, MARKS, PAD
from models.pocket.understand import PocketModel
from models.pocket.votes import LABEL_BUCKETS, TOOL_BUCKETS, Votes

_WIDTH, _FEED_FORWARD, _HEADS, _KV_HEADS, _LAYERS = 32, 64, 4, 2, 1
_CONTEXT = 256
_SPREAD = 0.3
"""Standard deviation of the weights: some frames are then far likelier than others, and each word matters."""
_MERGES = ("h e", "Ġ t")


def write_tiny_pocket(folder: Path, seed: int = 0) -> Path:
    """Write pocket.gguf, votes.npz and confidence.json, 0.3 MB, where no files of these names are. Give `folder`."""
    dice = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    _write_network(folder / "pocket.gguf", dice)
    _votes(dice).save(folder / "votes.npz")
    (folder / "confidence.json").write_bytes(msgspec.json.encode(Table([0.0, 1.0], [0.0, 1.0])))
    return folder


def open_tiny_pocket(folder: Path) -> PocketModel:
    """Load what `write_tiny_pocket` wrote."""
    return PocketModel(folder / "pocket.gguf", folder / "votes.npz", folder / "confidence.json")


def _write_network(path: Path, dice: np.random.Generator) -> None:
    letters = _byte_letters()
    texts = [*MARKS, *letters, *(merge.replace(" ", "") for merge in _MERGES), *FRAME_TOKENS, *LABEL_TOKENS]
    is_text = set(letters) | {merge.replace(" ", "") for merge in _MERGES}
    writer = gguf.GGUFWriter(path, "minicpm")
    writer.add_name("tiny pocket")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KV_HEADS)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(texts))
    writer.add_embedding_scale(12.0)
    writer.add_residual_scale(1.4 / _LAYERS**0.5)
    writer.add_logit_scale(_WIDTH / 256)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(texts)
    writer.add_token_types([gguf.TokenType.NORMAL if text in is_text else gguf.TokenType.CONTROL for text in texts])
    writer.add_token_merges(_MERGES)
    writer.add_bos_token_id(texts.index(BEGIN))
    writer.add_eos_token_id(texts.index(END))
    writer.add_pad_token_id(texts.index(PAD))
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    _add_weights(writer, len(texts), dice)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _byte_letters() -> list[str]:
    """Give the letters that stand for the bytes in GPT-2's vocabulary: themselves where they can be printed."""
    printed = {*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    hidden = iter(range(0x100, 0x200))
    return [chr(byte) if byte in printed else chr(next(hidden)) for byte in range(0x100)]


def _add_weights(writer: gguf.GGUFWriter, vocabulary: int, dice: np.random.Generator) -> None:
    def add(name: str, *shape: int) -> None:
        writer.add_tensor(f"{name}.weight", (dice.standard_normal(shape) * _SPREAD).astype(np.float16))

    def add_ones(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(_WIDTH, np.float32))

    kv_width = _WIDTH * _KV_HEADS // _HEADS
    add("token_embd", vocabulary, _WIDTH)
    add_ones("output_norm")
    for layer in range(_LAYERS):
        block = f"blk.{layer}."
        add_ones(f"{block}attn_norm")
        add(f"{block}attn_q", _WIDTH, _WIDTH)
        add(f"{block}attn_k", kv_width, _WIDTH)
        add(f"{block}attn_v", kv_width, _WIDTH)
        add(f"{block}attn_output", _WIDTH, _WIDTH)
        add_ones(f"{block}ffn_norm")
        add(f"{block}ffn_gate", _FEED_FORWARD, _WIDTH)
        add(f"{block}ffn_up", _FEED_FORWARD, _WIDTH)
        add(f"{block}ffn_down", _WIDTH, _FEED_FORWARD)


def _votes(dice: np.random.Generator) -> Votes:
    """Give votes that any word turns to other tools and labels."""
    return Votes(
        _linear(TOOL_BUCKETS, len(TOOLS), dice),
        np.ones(TOOL_BUCKETS, np.float32),
        _linear(LABEL_BUCKETS, len(LABELS), dice),
        dice.standard_normal((len(TOOLS), len(LABELS) + 1, len(LABELS))).astype(np.float32),
    )


def _linear(buckets: int, classes: int, dice: np.random.Generator) -> Linear:
    few = dice.integers(-100, 101, (256, classes), np.int8)
    # The same rows again and again: packed in no time.
    weights = np.tile(few, (buckets // len(few), 1))
    return Linear(weights, np.full(classes, 0.05, np.float32), np.zeros(classes, np.float32))
