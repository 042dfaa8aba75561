"""Attacks on GGUF readers: from one valid file one broken file for each way in which files have broken programs.

Each names the advisory, or the upstream fix, whose family it is of, and what our reader must answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import nan

from models.gguf_file import Array, Kind, Scalar
from tests.gguf_forge import Head, Parts, array, strings, text, u32, u64, value

HUGE = (1 << 64) - 1
_HALF = 1 << 63


@dataclass(frozen=True, slots=True)
class Attack:
    """One broken file."""

    name: str
    family: str
    forge: Callable[[Parts], Parts | bytes]
    answer: str
    """A regular expression that the refusal matches."""

    def written(self, parts: Parts) -> bytes:
        forged = self.forge(parts)
        return forged if isinstance(forged, bytes) else forged.written()


def _entry(key: str, content: bytes) -> Callable[[Parts], Parts]:
    return lambda parts: parts.with_entry(key, content)


def _number(key: str, number: float, kind: Kind = Kind.UINT32) -> Callable[[Parts], Parts]:
    return _entry(key, value(Scalar(kind, number)))


def _words(key: str, words: str) -> Callable[[Parts], Parts]:
    return _entry(key, value(Scalar(Kind.STRING, words)))


def _head(index: int, change: Callable[[Head], Head]) -> Callable[[Parts], Parts]:
    return lambda parts: parts.with_head(index, change(parts.heads[index]))


def _raw_key(key: bytes) -> Callable[[Parts], Parts]:
    content = u32(Kind.UINT8) + b"\0"
    return lambda parts: replace(parts, metadata=(*parts.metadata, (key, content)))


def _tokens(parts: Parts) -> list[str]:
    """Give the tokens, which the forge keeps as bytes."""
    content = dict(parts.metadata)[b"tokenizer.ggml.tokens"][16:]
    tokens = []
    while content:
        length = int.from_bytes(content[:8], "little")
        tokens.append(content[8 : 8 + length].decode())
        content = content[8 + length :]
    return tokens


def _renamed(old: str, new: str) -> Callable[[Parts], Parts]:
    def forge(parts: Parts) -> Parts:
        names = [new if token == old else token for token in _tokens(parts)]
        return parts.with_entry("tokenizer.ggml.tokens", strings(names))

    return forge


def _per_token(key: str, kind: Kind, item: float, missing: int = 0) -> Callable[[Parts], Parts]:
    return lambda parts: parts.with_entry(key, value(Array(kind, (item,) * (len(_tokens(parts)) - missing))))


def _lying_count(key: str, said: int) -> Callable[[Parts], Parts]:
    """Say another number of array items than there are."""

    def forge(parts: Parts) -> Parts:
        content = dict(parts.metadata)[key.encode()]
        return parts.with_entry(key, content[:8] + u64(said) + content[16:])

    return forge


def _swapped(parts: Parts) -> Parts:
    first, second, *rest = parts.heads
    return replace(parts, heads=(second, first, *rest))


def _norm_in_half_floats(parts: Parts) -> Parts:
    return parts.with_head(1, replace(parts.heads[1], type=1)).laid_out()


_HEADER = (
    Attack("empty", "-", lambda parts: b"", "it is empty"),
    Attack("another magic", "-", lambda parts: replace(parts, magic=b"GGML"), "not a GGUF file"),
    Attack("magic alone", "-", lambda parts: b"GGUF", "ends in the middle of its header"),
    Attack("version 1", "-", lambda parts: replace(parts, version=1), "version 1;"),
    Attack("version 4", "-", lambda parts: replace(parts, version=4), "version 4;"),
    Attack("big-endian", "-", lambda parts: replace(parts, version=3 << 24), "version 50331648"),
    Attack("tensors wrap", "CVE-2024-21836", lambda parts: replace(parts, tensor_count=HUGE), "counts .* tensors"),
    Attack("tensors negative", "CVE-2024-21836", lambda parts: replace(parts, tensor_count=_HALF), "counts .* tensors"),
    Attack("no tensors", "CVE-2024-32878", lambda parts: replace(parts, tensor_count=0), "counts 0 tensors"),
    Attack("more tensors than there are", "CVE-2024-21836", lambda parts: replace(parts, tensor_count=12), "tensor"),
    Attack("entries wrap", "CVE-2024-32878", lambda parts: replace(parts, entry_count=HUGE), "counts .* entries"),
    Attack("entries fill memory", "CVE-2024-32878", lambda parts: replace(parts, entry_count=1 << 28), "entries"),
    Attack("no entries", "CVE-2024-32878", lambda parts: replace(parts, entry_count=0), "counts 0 entries"),
    Attack("entry missing", "CVE-2024-32878", lambda parts: replace(parts, entry_count=len(parts.metadata) + 1), "."),
)

_STRINGS = (
    Attack("key length wraps", "CVE-2024-23496", lambda p: p.written()[:24] + u64(HUGE) + bytes(99), "string of 18446"),
    Attack("key of 2 GB", "CVE-2024-23496", lambda p: p.written()[:24] + u64(1 << 31) + bytes(99), "string of 21474"),
    Attack("text length wraps", "CVE-2024-23496", _entry("general.name", u32(8) + u64(HUGE)), "string of 18446"),
    Attack(
        "text behind the end", "CVE-2026-7482", _entry("general.name", u32(8) + u64(65_000)), "string of 65000 bytes"
    ),
    Attack("empty key", "-", _raw_key(b""), "empty or not plain"),
    Attack("key of control characters", "-", _raw_key(b"a\x1b[2Jb"), "empty or not plain"),
    Attack("key twice", "GHSA-vgg9-87g3-85w8", _raw_key(b"general.name"), "general.name is there twice"),
    Attack("zero byte in a text", "CVE-2025-49847", _words("general.name", "a\0b"), "zero byte"),
    Attack("zero byte in a token", "CVE-2025-49847", _renamed("the", "th\0e"), "zero byte"),
    Attack("no UTF-8", "CVE-2025-52566", _entry("general.name", u32(8) + text(b"\xff\xfe")), "not UTF-8"),
    Attack("a surrogate", "CVE-2025-52566", _entry("general.name", u32(8) + text(b"\xed\xa0\x80")), "not UTF-8"),
    Attack("token of 5 kB", "CVE-2025-49847", _renamed("the", "e" * 5000), "string of 5000 bytes"),
    Attack("template of 70 kB", "CVE-2024-34359", _words("tokenizer.chat_template", "x" * 70_000), "string of 70000"),
    Attack("template is a number", "CVE-2024-34359", _number("tokenizer.chat_template", 1), "not a string"),
)

_ARRAYS = (
    Attack("array bytes wrap", "CVE-2024-21802", _entry("a.b", array(Kind.UINT64, 1 << 61, b"")), "more than a model"),
    Attack("array count wraps", "CVE-2024-21825", _entry("a.b", array(Kind.UINT8, HUGE, b"")), "more than a model"),
    Attack("array behind the end", "CVE-2026-7482", _entry("a.b", array(Kind.UINT32, 4_000_000, b"")), "it ends"),
    Attack(
        "strings that are not there", "CVE-2026-27940", _entry("a.b", array(8, 4_000_000, b"")), "counts .* strings"
    ),
    Attack("more tokens than there are", "CVE-2024-21825", _lying_count("tokenizer.ggml.tokens", 502), "."),
    Attack("fewer tokens than there are", "CVE-2024-21825", _lying_count("tokenizer.ggml.tokens", 500), "."),
    Attack(
        "array of arrays", "CVE-2024-21802", _entry("a.b", array(Kind.ARRAY, 1, u32(4) + u64(1))), "array of arrays"
    ),
    Attack("unknown type", "CVE-2024-21825", _entry("a.b", u32(13) + u64(0)), "unknown type 13"),
    Attack("negative type", "CVE-2024-21825", _entry("a.b", u32((1 << 32) - 1)), "unknown type 4294967295"),
    Attack("array of an unknown type", "CVE-2024-21825", _entry("a.b", array(99, 1, u64(0))), "unknown type 99"),
    Attack("truth of 2", "-", _entry("a.b", u32(Kind.BOOL) + b"\2"), "neither 0 nor 1"),
)

_TENSORS = (
    Attack(
        "five dimensions", "openvino.genai#4170", _head(1, lambda h: replace(h, shape=(1,) * 5)), "has 5 dimensions"
    ),
    Attack(
        "dimensions wrap", "openvino.genai#4170", _head(1, lambda h: replace(h, dimensions=2**32 - 1)), "dimensions"
    ),
    Attack("no dimensions", "CVE-2026-33298", _head(1, lambda h: replace(h, dimensions=0)), "has 0 dimensions"),
    Attack("an empty dimension", "CVE-2026-33298", _head(1, lambda h: replace(h, shape=(32, 0))), "no weights"),
    Attack("a negative dimension", "CVE-2026-33298", _head(1, lambda h: replace(h, shape=(HUGE,))), "too many"),
    Attack("product wraps", "CVE-2025-53630", _head(1, lambda h: replace(h, shape=(1 << 32,) * 2)), "too many"),
    Attack("bytes wrap", "CVE-2026-27940", _head(1, lambda h: replace(h, shape=(1 << 62,))), "too many"),
    Attack("padding wraps", "CVE-2026-27940", _head(1, lambda h: replace(h, shape=((1 << 62) - 4,))), "too many"),
    Attack("reaches out of the file", "CVE-2026-7482", _head(-1, lambda h: replace(h, shape=(64, 64))), "it was cut"),
    Attack("offset wraps", "CVE-2025-53630", _head(1, lambda h: replace(h, offset=HUGE - 31)), "begins at 18446"),
    Attack("offset outside", "CVE-2026-7482", _head(1, lambda h: replace(h, offset=1 << 40)), "begins at 10995"),
    Attack("offset not aligned", "-", _head(1, lambda h: replace(h, offset=h.offset + 1)), "begins at 32065"),
    Attack("two in one place", "CVE-2025-53630", _head(1, lambda h: replace(h, offset=0)), "begins at 0, not at"),
    Attack("a hole between", "-", _head(1, lambda h: replace(h, offset=h.offset + 32)), "begins at 32096"),
    Attack("unsorted", "-", _swapped, "begins at 32064, not at 0"),
    Attack("type that was taken back", "CVE-2026-34159", _head(0, lambda h: replace(h, type=4)), "of type 4"),
    Attack("type behind the last", "CVE-2024-42477", _head(0, lambda h: replace(h, type=99)), "of type 99"),
    Attack("negative type", "CVE-2024-42477", _head(0, lambda h: replace(h, type=2**32 - 1)), "of type 4294967295"),
    Attack("integers as weights", "-", _head(0, lambda h: replace(h, type=24)), "of type 24"),
    Attack("blocks not full", "CVE-2026-33298", _head(1, lambda h: replace(h, shape=(33,), type=8)), "blocks of 32"),
    Attack("name twice", "GHSA-vgg9-87g3-85w8", _head(1, lambda h: replace(h, name=b"token_embd.weight")), "one name"),
    Attack("name of 64 bytes", "-", _head(1, lambda h: replace(h, name=b"n" * 64)), "string of 64 bytes"),
    Attack("name of no bytes", "-", _head(1, lambda h: replace(h, name=b"")), "empty or not plain"),
)

_ALIGNMENT = (
    *(
        Attack(f"alignment {number}", "GHSA-vgg9-87g3-85w8", _number("general.alignment", number), "general.alignment")
        for number in (0, 1, 3, 16, 48, 1 << 16, 1 << 31)
    ),
    Attack("alignment is a text", "-", _words("general.alignment", "32"), "general.alignment"),
    Attack("alignment is wide", "-", _number("general.alignment", 32, Kind.UINT64), "general.alignment"),
)

_ABORTS = "GGML_ASSERT in llama_model_base::load_hparams"

_HYPERPARAMETERS = (
    Attack("unknown architecture", "ggml-org/llama.cpp#27226", _words("general.architecture", "plamo2"), "'plamo2'"),
    Attack("architecture is a number", "-", _number("general.architecture", 1), "not a string"),
    Attack("no architecture", "-", lambda parts: parts.without_entry("general.architecture"), "architecture is None"),
    Attack("a projector", "ggml-org/llama.cpp#27166", _words("general.architecture", "clip"), "'clip'"),
    Attack("an adapter", "-", _words("general.type", "adapter"), "type 'adapter'"),
    Attack("one of two parts", "-", _number("split.count", 2, Kind.UINT16), "one of several parts"),
    Attack("parts are a text", "-", _words("split.count", "1"), "one of several parts"),
    Attack("no heads", "division by zero", _number("minicpm.attention.head_count", 0), "head_count is 0"),
    Attack("heads wrap", "CVE-2024-23605", _number("minicpm.attention.head_count", 2**32 - 1), "head_count is 42949"),
    Attack("heads do not divide", "-", _number("minicpm.attention.head_count", 6), "heads|width"),
    Attack("no keys", "division by zero", _number("minicpm.attention.head_count_kv", 0), "head_count_kv is 0"),
    Attack("keys wrap", "CVE-2024-23605", _number("minicpm.attention.head_count_kv", 2**31), "head_count_kv is 21474"),
    Attack("keys do not divide", "-", _number("minicpm.attention.head_count_kv", 3), "cannot share 3 keys"),
    Attack("keys unlike values", "GGML_ASSERT in graph", _number("minicpm.attention.value_length", 4), "values 4"),
    Attack("turned behind the key", "GGML_ASSERT in graph", _number("minicpm.rope.dimension_count", 10), "of keys 8"),
    Attack("turned by halves", "GGML_ASSERT in graph", _number("minicpm.rope.dimension_count", 7), "of keys 8"),
    Attack("turned in part", "GGML_ASSERT in graph", _number("minicpm.rope.dimension_count", 4), "of keys 8 long 4"),
    Attack("no layers", _ABORTS, _number("minicpm.block_count", 0), "block_count is 0"),
    Attack("layers behind the table", "ggml-org/llama.cpp#26051", _number("minicpm.block_count", 513), "is 513"),
    Attack("no context", "-", _number("minicpm.context_length", 0), "context_length is 0"),
    Attack("context of billions", "-", _number("minicpm.context_length", 2**31), "context_length is 2147483648"),
    Attack("no width", "division by zero", _number("minicpm.embedding_length", 0), "embedding_length is 0"),
    Attack("width is signed", "-", _number("minicpm.embedding_length", 32, Kind.INT32), "not one uint32"),
    Attack(
        "width is a list", "-", _entry("minicpm.embedding_length", value(Array(Kind.UINT32, (32,)))), "not one uint"
    ),
    Attack(
        "no feed-forward", "-", lambda p: p.without_entry("minicpm.feed_forward_length"), "does not give minicpm.feed"
    ),
    Attack("experts", _ABORTS, _number("minicpm.expert_count", 8), "expert_count is 8"),
    Attack("experts used, none there", _ABORTS, _number("minicpm.expert_used_count", 2), "expert_used_count is 2"),
    Attack("expert groups", _ABORTS, _number("minicpm.expert_group_count", 3), "expert_group_count is no"),
    Attack("unknown rope scaling", _ABORTS, _words("minicpm.rope.scaling.type", "mystery"), "scaling.type is no"),
    Attack("more predicted than layers", _ABORTS, _number("minicpm.nextn_predict_layers", 9), "layers is 9"),
    Attack(
        "epsilon is not a number",
        "-",
        _number("minicpm.attention.layer_norm_rms_epsilon", nan, Kind.FLOAT32),
        "epsilon is nan",
    ),
    Attack("endless scale", "-", _number("minicpm.logit_scale", 3e38, Kind.FLOAT32), "logit_scale is 3"),
    Attack("no scale", "division by zero", _number("minicpm.logit_scale", 0, Kind.FLOAT32), "logit_scale is 0"),
    Attack(
        "embedding of another shape",
        "-",
        _head(0, lambda h: replace(h, shape=(16, 1002))),
        "no token_embd.weight of 32",
    ),
    Attack("a norm in half floats", "abort in ggml_compute_forward_mul", _norm_in_half_floats, "can only be F32"),
)

_VOCABULARY = (
    Attack("no tokens", "-", lambda parts: parts.without_entry("tokenizer.ggml.tokens"), "has 0 tokens"),
    Attack("tokens are numbers", "-", _per_token("tokenizer.ggml.tokens", Kind.UINT32, 1), "not an array of string"),
    Attack("a token twice", "ggml-org/llama.cpp#25739", _renamed("the", "and"), "1 of its tokens have the name"),
    Attack("a byte is missing", "std::map::at, uncaught", _renamed("<0xF0>", "<F0>"), "lacks tokens for single bytes"),
    Attack("a byte of -1", "ggml-org/llama.cpp#27226", _renamed("<0xF0>", "<0x-1>"), "lacks tokens"),
    Attack("more tokens than said", "-", _number("minicpm.vocab_size", 500), "says that it has 500 tokens"),
    Attack("unknown tokenizer", "CVE-2025-52566", _words("tokenizer.ggml.model", "rwkv"), "tokenizer is 'rwkv'"),
    Attack("no tokenizer", "-", lambda parts: parts.without_entry("tokenizer.ggml.model"), "tokenizer is None"),
    Attack("pairs without merges", "-", _words("tokenizer.ggml.model", "gpt2"), "no merges"),
    Attack(
        "a score is missing", "CVE-2025-52566", _per_token("tokenizer.ggml.scores", Kind.FLOAT32, 0, 1), "500 scores"
    ),
    Attack("scores are integers", "-", _per_token("tokenizer.ggml.scores", Kind.INT32, 0), "not an array of float32"),
    Attack("scores of nan", "-", _per_token("tokenizer.ggml.scores", Kind.FLOAT32, nan), "not a number"),
    Attack("a kind is missing", "CVE-2025-52566", _per_token("tokenizer.ggml.token_type", Kind.INT32, 1, 1), "of 500"),
    Attack("kinds unknown", "-", _per_token("tokenizer.ggml.token_type", Kind.INT32, 7), "unknown kind"),
    Attack(
        "all are bytes", "std::out_of_range, uncaught", _per_token("tokenizer.ggml.token_type", Kind.INT32, 6), "byte"
    ),
    Attack("begin outside", "ggml-org/llama.cpp#25475", _number("tokenizer.ggml.bos_token_id", 501), "outside of"),
    Attack("end outside", "ggml-org/llama.cpp#25475", _number("tokenizer.ggml.eos_token_id", 2**31), "outside of"),
    Attack(
        "padding outside", "ggml-org/llama.cpp#25475", _number("tokenizer.ggml.padding_token_id", HUGE >> 32), "outs"
    ),
    Attack("end is signed", "-", _number("tokenizer.ggml.eos_token_id", -1, Kind.INT32), "not an unsigned"),
    Attack("a switch of 7", "-", _number("tokenizer.ggml.add_bos_token", 7, Kind.UINT8), "not a truth value"),
)

ATTACKS = _HEADER + _STRINGS + _ARRAYS + _TENSORS + _ALIGNMENT + _HYPERPARAMETERS + _VOCABULARY
