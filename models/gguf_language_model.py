"""Checks that a GGUF file is a whole language model of an architecture that is run here, and fits itself."""

from __future__ import annotations

from math import prod

from models.gguf_file import BadGguf, GgufFile, Scalar, Tensor, TensorType
from models.gguf_hyperparameters import Shape, check_hyperparameters
from models.gguf_vocabulary import check_vocabulary


def check_language_model(file: GgufFile) -> None:
    """Raise BadGguf when llama.cpp should not see the file as a language model."""
    _check_is_one_model(file)
    shape = check_hyperparameters(file)
    tokens = check_vocabulary(file)
    file.text("tokenizer.chat_template")
    _check_tensors(file, shape, tokens)


def _check_is_one_model(file: GgufFile) -> None:
    if file.text("general.type") not in (None, "model"):
        raise BadGguf(f"it is no model but of type {file.text('general.type')!r}")
    parts = file.metadata.get("split.count")
    if parts is not None and not (isinstance(parts, Scalar) and parts.value in (0, 1)):
        # llama.cpp would open the other parts by itself, unchecked.
        raise BadGguf("it is one of several parts: join them with llama-gguf-split --merge")


def _check_tensors(file: GgufFile, shape: Shape, tokens: int) -> None:
    if shape.tokens not in (None, tokens):
        raise BadGguf(f"it says that it has {shape.tokens} tokens, and lists {tokens}")
    tensors = {tensor.name: tensor for tensor in file.tensors}
    embedding = tensors.get("token_embd.weight")
    if embedding is None or embedding.shape != (shape.width, tokens):
        raise BadGguf(f"it has no token_embd.weight of {shape.width} x {tokens}")
    for tensor in file.tensors:
        if tensor.type is not TensorType.F32 and _must_be_f32(tensor):
            raise BadGguf(f"{tensor.name} is {tensor.type.name}; it can only be F32")


def _must_be_f32(tensor: Tensor) -> bool:
    """Say whether llama.cpp's arithmetic takes the tensor as floats: it aborts in the first answer when it is not."""
    is_vector = prod(tensor.shape) == tensor.shape[0]
    return is_vector or tensor.name.endswith(".ssm_conv1d.weight")
