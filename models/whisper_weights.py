"""Finds, loads and questions Whisper weights for CTranslate2."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel  # type: ignore[import-untyped]  # ships no types
from faster_whisper.utils import download_model  # type: ignore[import-untyped]  # ships no types

from models.engine import EngineFailed, EngineMissing

NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")
MANY_LANGUAGES = "whisper-base"
"""The model in the catalog that knows other languages than English."""

Samples = npt.NDArray[np.float32]


def find_weights(model: str | Path) -> Path:
    """Give the folder of a model: itself a folder, or a name or repository that the Hugging Face cache holds.

    Raises EngineMissing, saying what to do.
    """
    folder = Path(model)
    if not folder.is_dir():
        try:
            folder = Path(download_model(str(model), local_files_only=True))
        except (OSError, ValueError) as exc:
            raise EngineMissing(
                f"no Whisper weights {str(model)!r} on this computer; fetch them with `earrand models pull NAME` "
                "(`earrand models list` shows the names), or give the folder that holds them"
            ) from exc
    if lacking := [name for name in NEEDED_FILES if not (folder / name).is_file()]:
        raise EngineMissing(f"{folder} lacks {', '.join(lacking)}; fetch the model again with `earrand models pull`")
    return folder


def load_weights(
    folder: Path, *, device: str = "cpu", compute_type: str = "int8", threads: int = 2, short_windows: bool = False
) -> WhisperModel:
    """Load a folder that `find_weights` gave. Raises EngineFailed.

    With `short_windows` the sound is encoded and not the 30 s that it is padded to.
    """
    try:
        return (_ShortWindows if short_windows else WhisperModel)(
            str(folder), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
        )
    except (RuntimeError, ValueError) as exc:
        raise EngineFailed(f"cannot load Whisper from {folder}: {exc}") from exc


def known_language(model: WhisperModel, language: str) -> str:
    """Give Whisper's code of a language. Raises EngineMissing where the weights do not know it."""
    code = language.lower().replace("_", "-").partition("-")[0]
    if model.model.is_multilingual:
        if code not in model.supported_languages or model.hf_tokenizer.token_to_id(f"<|{code}|>") is None:
            raise EngineMissing(f"these Whisper weights do not know the language {language!r}")
    elif code != "en":
        raise EngineMissing(
            f"these Whisper weights know English only, not {language!r}; fetch some for many languages with "
            f"`earrand models pull {MANY_LANGUAGES}` and name them in the configuration"
        )
    return str(code)


class _ShortWindows(WhisperModel):  # type: ignore[misc]  # ships no types
    """Encodes only the part of Whisper's window that holds sound, and a second after it."""

    _LEAST = 500
    _AFTER = 100
    """Frames of 10 ms."""

    def encode(self, features: Samples) -> object:
        sound = np.flatnonzero(features.any(axis=0))
        last = (int(sound[-1]) if len(sound) else 0) + self._AFTER
        frames = max(self._LEAST, math.ceil(last / self._AFTER) * self._AFTER)
        return super().encode(np.ascontiguousarray(features[:, :frames]))
