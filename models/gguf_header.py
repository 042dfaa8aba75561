"""Looks at a GGUF file's first bytes, so that a wrong file is named as such before llama.cpp sees it.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. llama.cpp itself finds a file that was cut
further on; whether every byte is right is for the checksum in the catalog to say.
"""

from __future__ import annotations

import struct
from pathlib import Path

from models.engine import EngineFailed, EngineMissing

_HEADER = struct.Struct("<4sIQQ")
"""Magic, version, number of tensors, number of metadata entries; little-endian."""
_VERSIONS = (2, 3)
_MOST_ENTRIES = 1_000_000
"""Files that exist have hundreds; more means that the bytes are something else."""


def check_gguf_header(path: Path) -> None:
    """Raise EngineMissing when the file is not there, EngineFailed when it is not a GGUF model."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER.size)
    except FileNotFoundError as exc:
        raise EngineMissing(f"there is no language model at {path}: pull one, or set another path") from exc
    except OSError as exc:
        raise EngineFailed(f"the language model {path} cannot be read ({exc.strerror})") from exc
    if len(header) < _HEADER.size:
        raise EngineFailed(f"{path} is too short to be a model: remove it and pull it again")
    magic, version, tensors, entries = _HEADER.unpack(header)
    if magic != b"GGUF":
        raise EngineFailed(f"{path} is not a GGUF file: give the .gguf of a model")
    if version not in _VERSIONS:
        raise EngineFailed(f"{path} is GGUF version {version}; versions 2 and 3 can be read")
    if not 0 < tensors < _MOST_ENTRIES or not 0 < entries < _MOST_ENTRIES:
        raise EngineFailed(f"{path} holds no model (its header is broken): remove it and pull it again")
