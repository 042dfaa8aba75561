"""Says how loud a frame is."""

from __future__ import annotations

import numpy as np

SILENT_DB = -100.0
"""What a frame without any sound gets; the smallest step of 16 bit lies at -90 dB."""


def level_db(pcm: bytes) -> float:
    """Give the level of s16le sound over full scale."""
    if not pcm:
        return SILENT_DB
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    power = float(np.mean(samples * samples)) / 32768**2
    return max(SILENT_DB, 10 * float(np.log10(power))) if power else SILENT_DB
