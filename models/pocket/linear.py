"""A linear classifier over hashed features, one byte a weight."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of features for classes."""

    weights: NDArray[np.int8]
    """(buckets, classes), in units of `scale`."""
    scale: NDArray[np.float32]
    """(classes)"""
    bias: NDArray[np.float32]
    """(classes)"""

    @classmethod
    def rounded(cls, weights: NDArray[np.float32], bias: NDArray[np.float32]) -> Linear:
        """Round weights (buckets, classes) to a byte each."""
        scale = np.maximum(np.abs(weights).max(0), 1e-6) / 127
        return cls(np.round(weights / scale).astype(np.int8), scale.astype(np.float32), bias.astype(np.float32))

    def scores(self, places: NDArray[np.int64], values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give (..., classes) for features (..., features) and their values."""
        chosen = self.weights[places].astype(np.float32)
        scores: NDArray[np.float32] = np.einsum("...f,...fc->...c", values, chosen) * self.scale + self.bias
        return scores

    @property
    def fits(self) -> bool:
        """Whether the three arrays belong together."""
        shapes = self.weights.ndim, self.bias.shape, self.scale.shape
        return shapes == (2, self.weights.shape[1:], self.weights.shape[1:])


def bucket(feature: str, buckets: int) -> int:
    """Give the place of a feature; two features may share one."""
    return zlib.crc32(feature.encode()) % buckets


def logs(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Give the logarithms of the probabilities along the last axis (log softmax)."""
    shifted = scores.astype(np.float64) - scores.max(-1, keepdims=True)
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return result
