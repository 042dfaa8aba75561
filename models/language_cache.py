"""Keeps the n-gram model and the dictionary of a set of sentences on disk, under a digest of what made them."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.engine import EngineFailed
from models.everyday import SHARES, with_everyday
from models.ngram import END, build_trigram
from models.pronunciations import dictionary_lines, pronounce

_LOGGER = logging.getLogger(__name__)
_FORMAT = "2"
"""Change it when the files of the same inputs would be different ones."""

_KEEP = 6
"""Language models that stay: each new name in the configuration makes another two of a few megabytes."""


@dataclass(frozen=True, slots=True)
class LanguageFiles:
    """What pocketsphinx loads besides the acoustic model."""

    language_model: Path
    """An ARPA trigram."""
    dictionary: Path
    """Pronunciations of exactly its words."""


def language_files(
    sentences: Sequence[str], vocabulary: Iterable[str], cmudict: Path, folder: Path, everyday: Path | None = None
) -> LanguageFiles:
    """Give the files for these inputs: from `folder` when they are there and whole, else made now.

    The order of sentences does not matter, how often each is there does. `everyday` is a language model to join with
    that of the sentences. Raises EngineFailed when a word cannot be said, or a file not be read or written.
    """
    words = sorted(set(vocabulary))
    try:
        digest = _digest(sorted(sentences), words, cmudict, everyday)
    except OSError as exc:
        raise EngineFailed(f"cannot read the everyday sentences: {exc}") from exc
    files = LanguageFiles(folder / f"{digest}.arpa", folder / f"{digest}.dict")
    if _is_whole(files.language_model) and _is_whole(files.dictionary):
        return files
    try:
        model = build_trigram(sentences, words)
        if everyday is not None:
            model = with_everyday(model, everyday)
        said = pronounce((word for word in model.words if word != END), cmudict)
        folder.mkdir(parents=True, exist_ok=True)
        _write(files.dictionary, dictionary_lines(said))
        _write(files.language_model, model.arpa())
        _prune(folder)
    except (OSError, ValueError) as exc:
        raise EngineFailed(f"cannot prepare the recogniser's sentences: {exc}") from exc
    _LOGGER.info("language model of %d sentences and %d words written", len(sentences), len(said))
    return files


def _digest(sentences: Sequence[str], words: Sequence[str], cmudict: Path, everyday: Path | None) -> str:
    digest = hashlib.sha256()
    size = str(cmudict.stat().st_size) if cmudict.exists() else "none"
    for part in (_FORMAT, size, "\n".join(sentences), "\n".join(words)):
        digest.update(part.encode() + b"\0")
    if everyday is not None:
        digest.update(str(SHARES).encode() + b"\0" + everyday.read_bytes())
    return digest.hexdigest()[:32]


def _write(path: Path, lines: Iterable[str]) -> None:
    """Write lines and then a checksum of them beside them, each at once or not at all."""
    text = "\n".join(lines) + "\n"
    _replace(path, text)
    _replace(path.with_suffix(path.suffix + ".sha256"), hashlib.sha256(text.encode()).hexdigest())


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _prune(folder: Path) -> None:
    """Remove all but the newest models, and what a power cut left unfinished of the others."""
    newest_first = sorted(folder.glob("*.arpa"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in newest_first[_KEEP:]:
        for path in folder.glob(f"{old.stem}.*"):
            path.unlink(missing_ok=True)


def _is_whole(path: Path) -> bool:
    """Say whether a file is there and is what was written: power may be cut at any time on a wearable."""
    try:
        wanted = path.with_suffix(path.suffix + ".sha256").read_text(encoding="utf-8")
        return hashlib.sha256(path.read_bytes()).hexdigest() == wanted
    except (OSError, UnicodeDecodeError):
        return False
