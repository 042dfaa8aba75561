"""The pocket model in PyTorch: MiniCPM's decoder (Llama's with scaled embeddings, residuals and logits), small.

Source of the scales: MiniCPM (Hu et al. 2024, arXiv:2404.06395, section 3.1 and table 2). Rotary positions are
half-rotated as in Hugging Face's model; the export permutes them to llama.cpp's pairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that make a network."""

    vocabulary: int
    width: int = 256
    layers: int = 5
    heads: int = 4
    kv_heads: int = 2
    feed_forward: int = 768
    context: int = 256
    rope_base: float = 10_000.0
    embedding_scale: float = 12.0
    depth_scale: float = 1.4
    base_width: int = 128
    epsilon: float = 1e-5

    @property
    def residual_scale(self) -> float:
        """What each block's contribution is multiplied by."""
        return self.depth_scale / math.sqrt(self.layers)

    @property
    def logit_scale(self) -> float:
        """What logits are DIVIDED by, in llama.cpp's sense."""
        return self.width / self.base_width

    @property
    def head_width(self) -> int:
        """The width of one head."""
        return self.width // self.heads


class Norm(nn.Module):
    """Root mean square normalisation."""

    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        """(..., width) -> the same."""
        return F.rms_norm(x, (x.shape[-1],), self.weight.to(x.dtype), self.epsilon)


class Block(nn.Module):
    """Attention with grouped keys, then a gated feed-forward layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.attention_norm = Norm(shape.width, shape.epsilon)
        self.feed_norm = Norm(shape.width, shape.epsilon)
        self.qkv = nn.Linear(shape.width, (shape.heads + 2 * shape.kv_heads) * shape.head_width, bias=False)
        self.output = nn.Linear(shape.heads * shape.head_width, shape.width, bias=False)
        self.gate_up = nn.Linear(shape.width, 2 * shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, shape.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, dropout: float) -> Tensor:
        """(batch, tokens, width) -> the same."""
        shape, (batch, tokens, _) = self.shape, x.shape
        heads = self.qkv(self.attention_norm(x)).view(batch, tokens, -1, shape.head_width).transpose(1, 2)
        q, k, v = heads.split([shape.heads, shape.kv_heads, shape.kv_heads], 1)
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        groups = shape.heads // shape.kv_heads
        y = F.scaled_dot_product_attention(
            q, k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1), is_causal=True
        )
        y = self.output(y.transpose(1, 2).reshape(batch, tokens, -1))
        x = x + F.dropout(y, dropout, self.training) * shape.residual_scale
        gate, up = self.gate_up(self.feed_norm(x)).chunk(2, -1)
        return x + F.dropout(self.down(F.silu(gate) * up), dropout, self.training) * shape.residual_scale


class Pocket(nn.Module):
    """Tokens in, normalised hidden states out; `logits` compares them with some of the vocabulary."""

    cos: Tensor
    sin: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.width, shape.epsilon)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.05)
        steps = torch.arange(0, shape.head_width, 2).float() / shape.head_width
        angles = torch.outer(torch.arange(shape.context).float(), shape.rope_base**-steps)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def forward(self, tokens: Tensor, dropout: float = 0.0) -> Tensor:
        """(batch, tokens) of token numbers -> (batch, tokens, width)."""
        count = tokens.shape[1]
        x = F.dropout(self.embedding(tokens) * self.shape.embedding_scale, dropout, self.training)
        cos, sin = self.cos[:count], self.sin[:count]
        if torch.is_autocast_enabled(x.device.type):
            x, cos, sin = x.bfloat16(), cos.bfloat16(), sin.bfloat16()
        for block in self.blocks:
            x = block(x, cos, sin, dropout)
        normalised: Tensor = self.norm(x)
        return normalised

    def logits(self, hidden: Tensor, first: int, end: int) -> Tensor:
        """Give the scores of the tokens from `first` up to and without `end`."""
        return F.linear(hidden.float(), self.embedding.weight[first:end]) / self.shape.logit_scale


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)
