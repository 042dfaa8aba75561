"""Opens a file of weights for reading, or says what to do about it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from models.engine import EngineFailed, EngineMissing


@contextmanager
def open_weights(path: Path) -> Iterator[BufferedReader]:
    """Give the open file. Raises EngineMissing when it is not there, EngineFailed when it cannot be read."""
    try:
        # Before it is opened: a pipe would wait for whoever writes into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise EngineFailed(f"the language model {path} cannot be read (it is no file): give the .gguf of a model")
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as exc:
        raise EngineMissing(f"there is no language model at {path}: pull one, or set another path") from exc
    except OSError as exc:
        raise EngineFailed(f"the language model {path} cannot be read ({exc.strerror})") from exc
