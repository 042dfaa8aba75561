"""Recognises any speech with Whisper (faster-whisper), re-reading the utterance as it grows.

Whisper (A. Radford et al., "Robust speech recognition via large-scale weak supervision", 2022) reads a
window of 30 s at a time and was not made for streaming: partial results come from decoding the whole
utterance again every so often, and `models.agreement` decides which words are settled.
"""

from __future__ import annotations

import logging
import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel  # type: ignore[import-untyped]  # ships no types
from faster_whisper.transcribe import Segment  # type: ignore[import-untyped]  # ships no types
from faster_whisper.utils import download_model  # type: ignore[import-untyped]  # ships no types
from faster_whisper.vad import get_speech_timestamps  # type: ignore[import-untyped]  # ships no types

from audio.frames import SAMPLE_RATE
from models.agreement import Agreement
from models.asr import Heard, Partial
from models.engine import EngineFailed, EngineMissing

_LOGGER = logging.getLogger(__name__)
_WINDOW_S = 30.0
"""What Whisper reads at once. A longer utterance gets no more partials, only its final text."""
NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    """How much work to spend."""

    partial_every_s: float = 1.0
    """New sound between two partial results. Each costs a whole decoding; 0 gives none."""
    beam_size: int = 5
    """Beams of the final decoding; partial ones are greedy."""
    threads: int = 2
    """CPU threads; leave one core for sound."""
    device: str = "cpu"
    """"cpu" or "cuda"."""
    compute_type: str = "int8"
    """CTranslate2's name of the arithmetic: "int8", "float32", "int8_float16" on CUDA."""


class WhisperRecogniser:
    """A Recogniser for any vocabulary, where the board is fast enough."""

    def __init__(self, model: str | Path, language: str = "en", options: WhisperOptions | None = None) -> None:
        """Load a folder of CTranslate2 weights, or a model that the Hugging Face cache holds. Never downloads.

        Raises EngineMissing when it is in neither place or incomplete, EngineFailed when it does not load.
        """
        self._options = options or WhisperOptions()
        self._language = language
        self._model = _load(find_weights(model), self._options)
        self.start()

    def start(self) -> None:
        self._pcm = bytearray()
        self._read = 0
        self._agreement = Agreement(agree=2)

    def feed(self, pcm: bytes) -> Partial | None:
        self._pcm += pcm
        every = int(self._options.partial_every_s * SAMPLE_RATE) * 2
        if not every or len(self._pcm) - self._read < every or len(self._pcm) > _WINDOW_S * SAMPLE_RATE * 2:
            return None
        self._read = len(self._pcm)
        heard = self._decode(beam_size=1)
        return self._agreement.add(heard.text.split())

    def finish(self) -> Heard:
        heard = self._decode(self._options.beam_size)
        text = " ".join(self._agreement.settle(heard.text.split()))
        self.start()
        return Heard(text, heard.confidence if text else 0.0)

    def _decode(self, beam_size: int) -> Heard:
        """Read the utterance so far. Silence never reaches Whisper, which invents words for it."""
        samples = np.frombuffer(bytes(self._pcm[: len(self._pcm) // 2 * 2]), "<i2").astype(np.float32) / 32768
        try:
            if not get_speech_timestamps(samples):
                return Heard("", 0.0)
            segments, _ = self._model.transcribe(
                samples,
                language=self._language,
                beam_size=beam_size,
                temperature=0.0,
                condition_on_previous_text=False,
                without_timestamps=True,
            )
            return _join(list(segments))
        except (RuntimeError, ValueError) as exc:
            raise EngineFailed(f"Whisper broke on {len(samples) / SAMPLE_RATE:.1f} s of sound: {exc}") from exc


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


def confidence(mean_log_probability: float, no_speech: float, compression: float) -> float:
    """Turn Whisper's own doubts into 0 to 1, with 0.5 at the thresholds of its paper (section 4.5).

    Those are: mean log probability of the tokens -1.0, probability of "no speech" 0.6, and 2.4 for
    how well gzip compresses the text, which catches loops. The worst of the three counts.
    """
    fit = _logistic(4.0 * (mean_log_probability + 1.0))
    speech = _logistic(10.0 * (0.6 - no_speech))
    no_loop = _logistic(5.0 * (2.4 - compression))
    return min(fit, speech, no_loop)


def plain(text: str) -> str:
    """Write a transcript as `Heard` wants it: lower case, no punctuation but apostrophes inside words."""
    words = re.sub(r"[^\w']+|_", " ", text.lower().replace("\u2019", "'")).split()
    return " ".join(word for word in (word.strip("'") for word in words) if word)


def _join(segments: list[Segment]) -> Heard:
    """Put segments together; the least certain one decides."""
    text = plain(" ".join(segment.text for segment in segments))
    doubts = [confidence(one.avg_logprob, one.no_speech_prob, one.compression_ratio) for one in segments]
    return Heard(text, min(doubts)) if text else Heard("", 0.0)


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))


def _load(folder: Path, options: WhisperOptions) -> WhisperModel:
    try:
        return WhisperModel(
            str(folder),
            device=options.device,
            compute_type=options.compute_type,
            cpu_threads=options.threads,
            local_files_only=True,
        )
    except (RuntimeError, ValueError) as exc:
        raise EngineFailed(f"cannot load Whisper from {folder}: {exc}") from exc
