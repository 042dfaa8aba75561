"""Writes a tiny Whisper: a real CTranslate2 folder, and no sense at all.

Its weights are random, or made so that it recites a sentence whatever it hears. Random ones say other words on another
processor, the reciting ones the same everywhere: the next best token is far behind.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import WhisperSpec  # type: ignore[import-untyped]  # ships no types
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import ByteLevel

_WORDS = "turn on off the light lights in kitchen set a timer for ten minutes what time is it call anna stop yes no"
_CONTROL = (
    "<|endoftext|> <|startoftranscript|> <|en|> <|zh|> <|translate|> <|transcribe|> <|startoflm|> <|startofprev|> "
    "<|nocaptions|> <|notimestamps|>"
)
_MULTILINGUAL = ""
"""CTranslate2 (4.8) takes a model for a multilingual one when its vocabulary holds an empty token."""
_CONTEXT = 1500
"""Encoder positions of a 30 s window; CTranslate2 expects the real number."""
_LONGEST = 448
_MEL = 80
_SURE = 10.0
_BYTES = ByteLevel(add_prefix_space=False, use_regex=False)


def write_tiny_whisper(
    folder: Path, *, recites: str = "", multilingual: bool = False, layers: int = 1, width: int = 64, seed: int = 7
) -> Path:
    """Write a Whisper (0.9 MB) with a word tokenizer; give `folder` back.

    With `recites` it says these words, all of them different, once for each window; Chinese letter by letter.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said = list(recites) if recites and not recites.isascii() else [f" {word}" for word in recites.split()]
    words = dict.fromkeys(_token(word) for word in [*said, *(f" {word}" for word in _WORDS.split())])
    tokens = ["[unk]", *words, *_CONTROL.split(), *(f"<|{step * 0.02:.2f}|>" for step in range(1501))]
    tokens += [_MULTILINGUAL] if multilingual else []
    spec = WhisperSpec(layers, 1, layers, 1)
    _fill(spec, layers, width, len(tokens), np.random.default_rng(seed))
    if said:
        chain = ["<|notimestamps|>", *map(_token, said), "<|endoftext|>"]
        _recite(spec, layers, [tokens.index(token) for token in chain], tokens.index("<|startoftranscript|>"))
    spec.register_vocabulary(tokens)
    spec.config.alignment_heads = list(product(range(layers), range(1)))
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [tokens.index("<|en|>"), tokens.index("<|zh|>")] if multilingual else []
    spec.validate()
    spec.save(str(folder))
    tokenizer = Tokenizer(WordLevel({token: number for number, token in enumerate(tokens)}, unk_token="[unk]"))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteLevelDecoder()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": _MEL}))
    return folder


def _token(text: str) -> str:
    """Write a text as a byte-level tokenizer does."""
    return "".join(piece for piece, _ in _BYTES.pre_tokenize_str(text))


def _recite(spec: Any, layers: int, chain: Sequence[int], start: int) -> None:
    """Make every token of a chain be followed by the next one: layers add nothing, and each token has its own axis."""
    for number in range(layers):
        layer = spec.decoder.layer[number]
        for linear in (layer.self_attention.linear[1], layer.attention.linear[2], layer.ffn.linear_1):
            linear.weight[:] = 0.0
            linear.bias[:] = 0.0
    spec.decoder.position_encodings.encodings[:] = 0.0
    spec.decoder.embeddings.weight[:] = 0.0
    spec.decoder.projection.weight[:] = 0.0
    for axis, (token, following) in enumerate(pairwise(chain)):
        spec.decoder.embeddings.weight[token, axis] = 1.0
        spec.decoder.projection.weight[following, axis] = _SURE
    # Before the first word is decided how probable it is that nobody speaks: as much as that <|startoftranscript|>
    # is followed by something else than the first word.
    spec.decoder.embeddings.weight[start, 0] = 1.0


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
