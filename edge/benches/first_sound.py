"""Where sound begins and ends, in samples, and percentiles of what lies between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.benches.figures import percentile

VOICED = 1000
"""A sample from here on is voiced: -30 dB, over the noise of the room that is laid under the clips."""
AUDIBLE = 330
"""A sample of ours from here on is heard: -40 dB. Between answers there is digital silence."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one stretch, in milliseconds."""

    name: str
    p50_ms: float
    p95_ms: float
    p99_ms: float


def row(name: str, seconds: Sequence[float]) -> Row:
    """Give the percentiles of at least one duration."""
    values = sorted(value * 1000 for value in seconds)
    return Row(name, *(percentile(values, percent) for percent in (50, 95, 99)))


def last_over(pcm: bytes, level: int) -> int | None:
    """Give the index of the last sample as loud as `level`."""
    found = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) >= level)
    return int(found[-1]) if len(found) else None


def first_over(pcm: bytes, level: int, start: int) -> int | None:
    """Give the index of the first sample from `start` on that is as loud as `level`."""
    found = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)[max(0, start) :]) >= level)
    return max(0, start) + int(found[0]) if len(found) else None
