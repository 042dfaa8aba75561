"""Checks the hyperparameters of a GGUF language model: only known ones, each of its type and within its bounds.

llama.cpp asserts many of them, which ends the process, and divides by some. A key that is not in the table is refused:
nothing that we run needs it, and what llama.cpp would do with it nobody here has looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.gguf_file import Array, BadGguf, GgufFile, Kind, Scalar
from models.gguf_vocabulary import MOST_TOKENS

ARCHITECTURES = ("llama", "minicpm", "minicpm3", "qwen2", "qwen3", "qwen35")
"""MiniCPM5 is written as llama, the text side of MiniCPM-V 4.6 as qwen35."""
MOST_LAYERS = 512
"""LLAMA_MAX_LAYERS."""
MOST_CONTEXT = 1 << 24
"""Tokens."""


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The numbers that a key may have, both ends included."""

    kind: Kind
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Shape:
    """What the vocabulary and the tensors must fit."""

    width: int
    """embedding_length."""
    tokens: int | None
    """vocab_size, where the file gives it."""


def _whole(low: int, high: int) -> _Numbers:
    return _Numbers(Kind.UINT32, low, high)


def _real(low: float, high: float) -> _Numbers:
    return _Numbers(Kind.FLOAT32, low, high)


_TABLE: Mapping[str, _Numbers] = {
    "vocab_size": _whole(1, MOST_TOKENS),
    "context_length": _whole(1, MOST_CONTEXT),
    "embedding_length": _whole(1, 1 << 16),
    "block_count": _whole(1, MOST_LAYERS),
    "feed_forward_length": _whole(1, 1 << 20),
    "attention.head_count": _whole(1, 1 << 10),
    "attention.head_count_kv": _whole(1, 1 << 10),
    "attention.key_length": _whole(2, 1 << 12),
    "attention.value_length": _whole(1, 1 << 12),
    "attention.q_lora_rank": _whole(1, 1 << 16),
    "attention.kv_lora_rank": _whole(1, 1 << 16),
    "attention.layer_norm_rms_epsilon": _real(1e-12, 0.1),
    "embedding_scale": _real(1e-6, 1e6),
    "residual_scale": _real(1e-6, 1e6),
    "logit_scale": _real(1e-6, 1e6),
    "rope.dimension_count": _whole(2, 1 << 12),
    "rope.freq_base": _real(1.0, 1e12),
    "rope.scale_linear": _real(1e-6, 1e6),
    "rope.scaling.factor": _real(1e-6, 1e6),
    "rope.scaling.attn_factor": _real(1e-6, 1e6),
    "rope.scaling.original_context_length": _whole(1, MOST_CONTEXT),
    "rope.scaling.finetuned": _Numbers(Kind.BOOL, 0, 1),
    "rope.scaling.yarn_ext_factor": _real(-1e6, 1e6),
    "rope.scaling.yarn_attn_factor": _real(-1e6, 1e6),
    "rope.scaling.yarn_beta_fast": _real(-1e6, 1e6),
    "rope.scaling.yarn_beta_slow": _real(-1e6, 1e6),
    "full_attention_interval": _whole(1, MOST_LAYERS),
    "nextn_predict_layers": _whole(0, 1),
    "ssm.conv_kernel": _whole(1, 64),
    "ssm.inner_size": _whole(1, 1 << 20),
    "ssm.state_size": _whole(1, 1 << 12),
    "ssm.time_step_rank": _whole(1, 1 << 12),
    "ssm.group_count": _whole(1, 1 << 12),
    # No mixture of experts runs on a wearable; some converters write the zero.
    "expert_count": _whole(0, 0),
    "expert_used_count": _whole(0, 0),
}
_REQUIRED = (
    "context_length",
    "embedding_length",
    "block_count",
    "feed_forward_length",
    "attention.head_count",
    "attention.layer_norm_rms_epsilon",
)
_REQUIRED_QWEN35 = tuple(key for key in _TABLE if key.startswith("ssm."))
_ROPE_SCALINGS = ("none", "linear", "yarn", "longrope")


def check_hyperparameters(file: GgufFile) -> Shape:
    """Raise BadGguf when a number could make llama.cpp abort, divide by zero or reach outside of its tables."""
    architecture = file.text("general.architecture")
    if architecture not in ARCHITECTURES:
        raise BadGguf(f"its architecture is {architecture!r}; {', '.join(ARCHITECTURES)} are run here")
    numbers = _numbers(file, architecture)
    required = _REQUIRED + (_REQUIRED_QWEN35 if architecture == "qwen35" else ())
    if missing := [key for key in required if f"{architecture}.{key}" not in file.metadata]:
        raise BadGguf(f"it does not give {architecture}.{missing[0]}")
    _check_heads(architecture, numbers)
    if architecture == "qwen35":
        _check_linear_attention(numbers)
    return Shape(numbers["embedding_length"], numbers.get("vocab_size"))


def _numbers(file: GgufFile, architecture: str) -> dict[str, int]:
    """Give the whole numbers of the architecture, by their keys without its name."""
    prefix = f"{architecture}."
    numbers = {}
    for name, value in file.metadata.items():
        key = name.removeprefix(prefix)
        if key == name or _is_known_list(file, key, value):
            continue
        if key not in _TABLE:
            raise BadGguf(f"{name} is no hyperparameter, or has no value, of the models that are run here")
        number = _within(name, value, _TABLE[key])
        if isinstance(number, int):
            numbers[key] = number
    return numbers


def _within(name: str, value: Scalar | Array, allowed: _Numbers) -> int | float:
    match value:
        case Scalar(kind, int(number) | float(number)) if kind is allowed.kind:
            # False for what is no number, too.
            if allowed.low <= number <= allowed.high:
                return number
            raise BadGguf(f"{name} is {number}; {allowed.low:g} to {allowed.high:g} can be")
    raise BadGguf(f"{name} is not one {allowed.kind.name.lower()}")


def _is_known_list(file: GgufFile, key: str, value: Scalar | Array) -> bool:
    """Say whether a key is one of those that hold no single number, and check it."""
    match key, value:
        case "rope.scaling.type", Scalar(Kind.STRING, kind):
            return kind in _ROPE_SCALINGS
        case "rope.dimension_sections", Array(Kind.INT32, items):
            return len(items) == 4 and all(0 <= int(item) <= 1 << 12 for item in items) and any(items)
        case "attention.recurrent_layers", Array(Kind.BOOL, items):
            return len(items) == file.count(f"{file.text('general.architecture')}.block_count")
    return False


def _check_heads(architecture: str, numbers: Mapping[str, int]) -> None:
    width, heads = numbers["embedding_length"], numbers["attention.head_count"]
    groups = numbers.get("attention.head_count_kv", heads)
    if heads % groups:
        raise BadGguf(f"{heads} attention heads cannot share {groups} keys")
    if "attention.key_length" not in numbers and width % heads:
        raise BadGguf(f"a width of {width} cannot be shared by {heads} attention heads")
    key = numbers.get("attention.key_length", width // heads)
    value = numbers.get("attention.value_length", width // heads)
    turned = numbers.get("rope.dimension_count", key)
    # GGML_ASSERT(n_embd_head == n_embd_head_k) and (n_embd_head == n_rot) in these architectures' graphs.
    if architecture != "minicpm3" and key != value:
        raise BadGguf(f"its keys are {key} long, its values {value}")
    is_partly_turned = architecture in ("minicpm3", "qwen35")
    if turned % 2 or turned > key or (turned < key and not is_partly_turned):
        raise BadGguf(f"of keys {key} long {turned} numbers would be turned by their position")


def _check_linear_attention(numbers: Mapping[str, int]) -> None:
    heads, groups = numbers["ssm.time_step_rank"], numbers["ssm.group_count"]
    if heads % groups:
        raise BadGguf(f"{heads} linear attention heads cannot share {groups} keys")
    # llama.cpp takes a head's size from either number: the tensors from one, the graph from the other.
    if numbers["ssm.inner_size"] != heads * numbers["ssm.state_size"]:
        raise BadGguf(
            f"{heads} linear attention heads of {numbers['ssm.state_size']} are not {numbers['ssm.inner_size']}"
        )
