"""Reads what a GGUF file says about itself before llama.cpp does, and names what is wrong with it.

Whether every weight is right is for the checksum to say (`models.model_digest`).
"""

from __future__ import annotations

import mmap
from io import BufferedReader
from pathlib import Path

from models.engine import EngineFailed
from models.gguf_file import BadGguf, GgufFile
from models.gguf_language_model import check_language_model
from models.gguf_reader import read_gguf
from models.weights_file import open_weights


def check_gguf_header(path: Path) -> GgufFile:
    """Give what the file says. Raises EngineMissing when it is not there, EngineFailed when it must not be loaded."""
    try:
        with open_weights(path) as source:
            file = _read(source)
        check_language_model(file)
    except BadGguf as exc:
        raise EngineFailed(f"{path} is not loaded, because {exc}: remove it and pull it again, or set another") from exc
    return file


def _read(source: BufferedReader) -> GgufFile:
    if not source.read(1):
        raise BadGguf("it is empty")
    # Nothing is copied but the strings: a gigabyte of weights is not touched.
    with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as pages, memoryview(pages) as data:
        return read_gguf(data)
