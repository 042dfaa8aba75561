"""Writes a tiny Whisper model with random weights: a real CTranslate2 folder, and no sense at all."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import WhisperSpec  # type: ignore[import-untyped]  # ships no types
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

_WORDS = "turn on off the light lights in kitchen set a timer for ten minutes what time is it call anna stop yes no"
_CONTROL = (
    "<|endoftext|> <|startoftranscript|> <|translate|> <|transcribe|> <|startoflm|> <|startofprev|> <|nocaptions|> "
    "<|notimestamps|>"
)
_CONTEXT = 1500
"""Encoder positions of a 30 s window; CTranslate2 expects the real number."""
_LONGEST = 448
_MEL = 80


def write_tiny_whisper(folder: Path, *, layers: int = 1, width: int = 64, seed: int = 7) -> Path:
    """Write a random-weight English-only Whisper (0.9 MB) with a word tokenizer; give `folder` back.

    With fewer than 51,865 tokens CTranslate2 takes it for an English-only model.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokens = ["[unk]", *_WORDS.split(), *_CONTROL.split(), *(f"<|{step * 0.02:.2f}|>" for step in range(1501))]
    spec = WhisperSpec(layers, 1, layers, 1)
    _fill(spec, layers, width, len(tokens), np.random.default_rng(seed))
    spec.register_vocabulary(tokens)
    spec.config.alignment_heads = list(product(range(layers), range(1)))
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = []
    spec.validate()
    spec.save(str(folder))
    tokenizer = Tokenizer(WordLevel({token: number for number, token in enumerate(tokens)}, unk_token="[unk]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": _MEL}))
    return folder


def _fill(spec: Any, layers: int, width: int, tokens: int, random: np.random.Generator) -> None:
    """Give every weight its shape and random values. `Any`: specs make their attributes as they go."""

    def values(*shape: int) -> np.ndarray:
        return random.normal(0, 0.3, shape).astype(np.float32)

    def norm(layer: Any) -> None:
        layer.gamma = np.ones(width, np.float32)
        layer.beta = np.zeros(width, np.float32)

    def linear(layer: Any, out: int, into: int) -> None:
        layer.weight, layer.bias = values(out, into), values(out)

    def transform(layer: Any) -> None:
        norm(layer.self_attention.layer_norm)
        linear(layer.self_attention.linear[0], 3 * width, width)
        linear(layer.self_attention.linear[1], width, width)
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, 2 * width, width)
        linear(layer.ffn.linear_1, width, 2 * width)

    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = values(width, _MEL, 3), values(width)
    encoder.conv2.weight, encoder.conv2.bias = values(width, width, 3), values(width)
    encoder.position_encodings.encodings = values(_CONTEXT, width)
    decoder.position_encodings.encodings = values(_LONGEST, width)
    decoder.embeddings.weight = values(tokens, width)
    decoder.projection.weight = values(tokens, width)
    norm(encoder.layer_norm)
    norm(decoder.layer_norm)
    for number in range(layers):
        transform(encoder.layer[number])
        layer = decoder.layer[number]
        transform(layer)
        norm(layer.attention.layer_norm)
        linear(layer.attention.linear[0], width, width)
        linear(layer.attention.linear[1], 2 * width, width)
        linear(layer.attention.linear[2], width, width)
