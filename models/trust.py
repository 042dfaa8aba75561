"""The one question before llama.cpp opens a model file: is it the right one, and is it well made?"""

from __future__ import annotations

import re
from pathlib import Path

from models.engine import EngineFailed
from models.gguf_header import check_gguf_header
from models.model_digest import check_digest

_PIN = re.compile(r"([0-9a-fA-F]{64})([ \t].*)?\n?")
"""What sha256sum writes: the digest, then the name."""


def check_model_file(path: Path, sha256: str | None = None) -> None:
    """Raise EngineMissing when the model is not there, EngineFailed when it must not be loaded.

    Without `sha256` the file `<path>.sha256` says it, when there is one. The digest is compared before anything is read
    as a model; the header is checked in any case, because a digest says who made the file and not how well.
    """
    expected = sha256 or _pin_beside(path)
    if expected is not None:
        check_digest(path, expected)
    check_gguf_header(path)


def _pin_beside(path: Path) -> str | None:
    pin = Path(f"{path}.sha256")
    try:
        text = pin.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as exc:
        raise EngineFailed(f"{pin} cannot be read: remove it, or pull the model again") from exc
    found = _PIN.fullmatch(text)
    if found is None:
        raise EngineFailed(f"{pin} holds no SHA-256: remove it, or pull the model again")
    return found[1].lower()
