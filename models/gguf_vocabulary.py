"""Checks the vocabulary of a GGUF model: its lists fit each other, its ids are in it, its bytes are all there.

What llama.cpp answers to the contrary with abort() or an uncaught exception, at load or in the middle of a sentence.
"""

from __future__ import annotations

import re
from math import isfinite

from models.gguf_file import Array, BadGguf, GgufFile, Kind

TOKENIZERS = ("llama", "gpt2")
"""SentencePiece with byte fallback (MiniCPM, MiniCPM3), and byte-level pairs (MiniCPM5, MiniCPM-V 4.6, Qwen)."""
MOST_TOKENS = 1 << 19

_IS_ID = re.compile(r"tokenizer\.ggml\.\w+_token_id")
_IS_SWITCH = re.compile(r"tokenizer\.ggml\.(add_\w+|remove_extra_whitespaces)")
_BYTE_NAME = re.compile(r"<0x[0-9A-F]{2}>")
_BYTE_NAMES = frozenset(f"<0x{byte:02X}>" for byte in range(256))
_KINDS_OF_TOKEN = range(1, 7)
"""Normal, unknown, control, user-defined, unused, byte."""
_BYTE = 6


def check_vocabulary(file: GgufFile) -> int:
    """Give the number of tokens. Raises BadGguf when llama.cpp could stumble over the vocabulary."""
    tokenizer = file.text("tokenizer.ggml.model")
    if tokenizer not in TOKENIZERS:
        raise BadGguf(f"its tokenizer is {tokenizer!r}; {' and '.join(TOKENIZERS)} are run here")
    file.text("tokenizer.ggml.pre")
    tokens = _list(file, "tokens", Kind.STRING)
    if tokens is None or not 1 <= len(tokens) <= MOST_TOKENS:
        raise BadGguf(f"it has {len(tokens or ())} tokens; 1 to {MOST_TOKENS} can be")
    # llama.cpp gives nameless tokens a name of their own; GGML_ASSERT(id_to_token.size() == token_to_id.size()).
    names = {str(token) or f"[EMPTY_{index}]" for index, token in enumerate(tokens)}
    if len(names) < len(tokens):
        raise BadGguf(f"{len(tokens) - len(names)} of its tokens have the name of another one")
    if tokenizer == "llama" and not _BYTE_NAMES.issubset(names):
        # A character that is no token is spelled in bytes, with std::map::at: a missing one ends the process.
        raise BadGguf("its vocabulary lacks tokens for single bytes (<0x00> to <0xFF>)")
    if tokenizer == "gpt2" and _list(file, "merges", Kind.STRING) is None:
        raise BadGguf("its vocabulary has no merges")
    _check_scores(file, len(tokens))
    _check_kinds(file, tokens)
    _check_switches(file, len(tokens))
    return len(tokens)


def _list(file: GgufFile, name: str, kind: Kind) -> tuple[int, ...] | tuple[float, ...] | tuple[str, ...] | None:
    match file.metadata.get(f"tokenizer.ggml.{name}"):
        case None:
            return None
        case Array(found, items) if found is kind:
            return items
    raise BadGguf(f"tokenizer.ggml.{name} is not an array of {kind.name.lower()}")


def _check_scores(file: GgufFile, count: int) -> None:
    scores = _list(file, "scores", Kind.FLOAT32)
    if scores is None:
        return
    if len(scores) != count:
        raise BadGguf(f"it has {count} tokens, but {len(scores)} scores")
    if not all(isfinite(score) for score in scores if not isinstance(score, str)):
        raise BadGguf("the score of a token is not a number")


def _check_kinds(file: GgufFile, tokens: tuple[object, ...]) -> None:
    kinds = _list(file, "token_type", Kind.INT32)
    if kinds is None:
        return
    if len(kinds) != len(tokens):
        raise BadGguf(f"it has {len(tokens)} tokens, but the kinds of {len(kinds)}")
    if not set(kinds) <= set(_KINDS_OF_TOKEN):
        raise BadGguf("a token is of an unknown kind")
    for token, kind in zip(tokens, kinds, strict=True):
        # llama.cpp takes the fourth and fifth character for a number without a look at the others.
        if kind == _BYTE and not _BYTE_NAME.fullmatch(str(token)):
            raise BadGguf(f"the token {token!r} is said to be a byte, but is not named like one")


def _check_switches(file: GgufFile, count: int) -> None:
    for key, value in file.metadata.items():
        if _IS_ID.fullmatch(key) and (file.count(key) or 0) >= count:
            raise BadGguf(f"{key} is {file.count(key)}, outside of the {count} tokens")
        if _IS_SWITCH.fullmatch(key) and value.kind is not Kind.BOOL:
            raise BadGguf(f"{key} is not a truth value")
