"""How many threads an engine may use."""

from __future__ import annotations

import os


def threads_to_use(wanted: int | None = None) -> int:
    """Give the wanted number of threads, at most all cores but one, and at least one.

    The core left over is for sound. It is faster, too: an engine with a thread on every core waits for the one that
    another program holds, and a language model then writes ten times slower.
    """
    most = max(1, len(os.sched_getaffinity(0)) - 1)
    return most if wanted is None else max(1, min(wanted, most))
