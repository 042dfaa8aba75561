"""What every bench says: on which machine it ran, and percentiles."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence


def machine() -> str:
    """Say what was measured on, and how busy it was."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load}"


def percentile(values: Sequence[float], percent: float) -> float:
    """Give the nearest-rank percentile of sorted values: the smallest that at least `percent` do not exceed."""
    rank = max(1, -(-len(values) * percent // 100))
    return values[int(rank) - 1]
