"""Prints how many gigabytes of weights a second llama.cpp gets through here: python -m models.decode_probe SECONDS."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from models.cores import threads_to_use
from models.llama_session import LlamaSession, SessionOptions
from models.probe_model import write_probe_model

_WINDOW = 256
"""Tokens before it begins anew: a long context would be work of another kind."""
_ANY_TOKEN = 65


def decoded(seconds: float, clock: Callable[[], float] = time.perf_counter) -> float:
    """Decode a random model for so long; give the most gigabytes of weights a second. Raises EngineError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "probe.gguf")
        size = write_probe_model(path)
        session = LlamaSession(path, SessionOptions(threads=threads_to_use(), context_tokens=_WINDOW))
        best = 0.0
        end = clock() + seconds
        while True:
            begin = clock()
            tokens = [_ANY_TOKEN]
            while len(tokens) < _WINDOW // 4:
                session.evaluate(tokens)
                tokens.append(_ANY_TOKEN)
            now = clock()
            best = max(best, size * (len(tokens) - 1) / max(now - begin, 1e-9) / 1e9)
            if now >= end:
                return best


if __name__ == "__main__":
    print(decoded(float(sys.argv[1])))
