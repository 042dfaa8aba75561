"""Measures this machine, for a given time, for `recommend`: its memory, and llama.cpp with a random model."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil

from models.cores import threads_to_use
from models.limits import board_name, board_of, cores_left, memory_left
from models.recommend import Machine

_SHARE_FOR_BANDWIDTH = 0.4
_MOST_BUFFER = 256_000_000
"""More than the caches of any processor that this is for."""
_LEAST_BUFFER = 16_000_000
_TO_START_S = 60.0
"""What a child may take beyond its measuring: importing llama.cpp from a slow card."""


def measure(disk: Path, seconds: float, clock: Callable[[], float] = time.perf_counter) -> Machine:
    """Measure for about so many seconds. `disk` is the folder that models go to; it need not exist yet."""
    memory = memory_left(psutil.virtual_memory().available)
    cores = cores_left(len(os.sched_getaffinity(0)))
    while not disk.exists():
        disk = disk.parent
    size = max(_LEAST_BUFFER, min(_MOST_BUFFER, memory // 8))
    for_bandwidth_s = seconds * _SHARE_FOR_BANDWIDTH
    bandwidth = measure_bandwidth(size, threads_to_use(cores), for_bandwidth_s, clock)
    name = board_name()
    return Machine(
        cores=cores,
        memory_mb=memory // 1_000_000,
        disk_mb=shutil.disk_usage(disk).free // 1_000_000,
        bandwidth_gbs=bandwidth / 1e9,
        decode_gbs=_measure_decoding(seconds - for_bandwidth_s),
        board_name=name,
        board=board_of(name),
    )


def measure_bandwidth(size: int, threads: int, seconds: float, clock: Callable[[], float]) -> float:
    """Give the most bytes a second, read and written, that `threads` copied of `size` bytes in all."""
    words = size // 2 // threads // 8
    pairs = [(np.ones(words), np.zeros(words)) for _ in range(threads)]
    best = 0.0
    end = clock() + seconds
    with ThreadPoolExecutor(threads) as pool:
        while True:
            begin = clock()
            list(pool.map(lambda pair: np.copyto(pair[1], pair[0]), pairs))  # numpy copies without the interpreter lock
            now = clock()
            best = max(best, 2 * 8 * words * threads / max(now - begin, 1e-9))
            if now >= end:
                return best


def _measure_decoding(seconds: float) -> float | None:
    """Give gigabytes of weights a second, as a child measures; None where llama.cpp is missing or dies.

    A child, because a llama.cpp that was built for another processor ends its process.
    """
    command = [sys.executable, "-m", "models.decode_probe", f"{seconds:.1f}"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + _TO_START_S)
        return float(run.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
