"""Keeps the sampled corpus on disk: sampling 20,000 sentences takes a second here and many on a small board."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from edge.corpus import Corpus, corpus
from edge.templates import folder
from firmware_bridge.errors import UNREADABLE

_LOGGER = logging.getLogger(__name__)

_FORMAT = "3"
"""Change it when the same files give other sentences or other shares of endings."""


def cached_corpus(
    language: str, people: Sequence[str], lists: Sequence[str], size: int, seed: int, cache: Path
) -> Corpus:
    """Give what `corpus` gives: from `cache` if nothing that it depends on has changed. A broken file is made anew."""
    path = cache / f"corpus-{_digest(language, people, lists, size, seed)}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Corpus)
    except (OSError, *UNREADABLE):
        made = corpus(language, people, lists, size, seed)
    try:
        _write(path, msgspec.json.encode(made))
    except OSError as exc:
        _LOGGER.warning("the corpus is not kept: %s", exc)
    return made


def _digest(language: str, people: Sequence[str], lists: Sequence[str], size: int, seed: int) -> str:
    digest = hashlib.sha256(msgspec.json.encode([_FORMAT, language, people, lists, size, seed]))
    for file in sorted(folder(language).iterdir(), key=lambda file: file.name):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def _write(path: Path, data: bytes) -> None:
    """Write it all or not at all, also when two processes do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    os.replace(file.name, path)
