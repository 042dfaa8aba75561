"""Natural voices: Piper's VITS networks on ONNX Runtime. The piper-tts package is GPL-3; it is called, not copied."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # ships no types
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors  # type: ignore[import-untyped]  # same
from piper import PiperVoice, SynthesisConfig
from piper.config import PhonemeType, PiperConfig

from audio.resample import Resampler
from models.cores import threads_to_use
from models.engine import EngineFailed, EngineMissing
from models.espeak_library import ESPEAK_LOCK, espeak
from models.speakable import pieces, speakable
from models.voices import family

_CHUNK_S = 0.1
"""Length of the chunks that a finished sentence is handed over in, so that an interrupt is heard soon."""
_ONNX_ERRORS = (
    onnx_errors.Fail,
    onnx_errors.InvalidArgument,
    onnx_errors.InvalidGraph,
    onnx_errors.InvalidProtobuf,
    onnx_errors.NotImplemented,
    onnx_errors.RuntimeException,
)
"""They share no class but Exception."""


class PiperVoiceEngine:
    """Speaks with a Piper voice: the network makes one sentence at a time, some 0.1 to 0.4 s for it on a PC."""

    def __init__(
        self,
        onnx_path: Path,
        *,
        language: str | None = None,
        threads: int | None = 2,
        speaker: int | None = None,
        slowness: float = 1.0,
    ) -> None:
        """Load the voice; its .onnx.json lies beside it. `slowness` over 1 stretches the speech.

        Raises EngineMissing when a file is not there or speaks another `language` (a BCP 47 tag; none for any),
        EngineFailed when one is broken.
        """
        config_path = onnx_path.with_name(onnx_path.name + ".json")
        for path in (onnx_path, config_path):
            if not path.is_file():
                raise EngineMissing(f"the voice's file is not there: {path}: pull the voice, or set another")
        espeak()  # Piper's phonemes come from it; started here, it is started with our settings.
        config = _config(config_path)
        if config.phoneme_type not in (PhonemeType.ESPEAK, PhonemeType.TEXT):
            # The others fetch or need further packages when the first word is spoken.
            raise EngineMissing(f"{onnx_path} needs {config.phoneme_type.value} phonemes: choose another voice")
        if language and family(language) != family(config.espeak_voice):
            raise EngineMissing(
                f"{onnx_path} speaks {config.espeak_voice}, not {language}: pull a voice for {language}, or set espeak"
            )
        self._voice = PiperVoice(session=_load(onnx_path, threads_to_use(threads)), config=config)
        self._synthesis = SynthesisConfig(speaker_id=speaker, length_scale=config.length_scale * slowness)
        self._rate = config.sample_rate
        self._interrupted = threading.Event()

    def speak(self, sentence: str) -> Iterator[bytes]:
        """Yield the sound in chunks of about 0.1 s; none for a text without letters and digits."""
        # Here, not at the first `next`: an interrupt in between must count.
        self._interrupted.clear()
        return self._chunks(sentence)

    def interrupt(self) -> None:
        """End the current `speak` at the next chunk; a sentence that the network is in is finished and dropped."""
        self._interrupted.set()

    def _chunks(self, sentence: str) -> Iterator[bytes]:
        resampler = Resampler(self._rate)
        step = int(self._rate * _CHUNK_S) * 2
        for piece in pieces(speakable(sentence)):
            for phonemes in self._phonemes(piece):
                if self._interrupted.is_set():
                    return
                pcm = self._pcm(phonemes)
                for start in range(0, len(pcm), step):
                    if self._interrupted.is_set():
                        return
                    if chunk := resampler.push(pcm[start : start + step]):
                        yield chunk
        if not self._interrupted.is_set() and (rest := resampler.finish()):
            yield rest

    def _phonemes(self, text: str) -> list[list[str]]:
        with ESPEAK_LOCK:
            try:
                return [phonemes for phonemes in self._voice.phonemize(text) if phonemes]
            except (RuntimeError, ValueError) as exc:
                raise EngineFailed(f"no phonemes for the text ({exc})") from exc

    def _pcm(self, phonemes: list[str]) -> bytes:
        ids = self._voice.phonemes_to_ids(phonemes)
        try:
            made = self._voice.phoneme_ids_to_audio(ids, self._synthesis)
        except (ValueError, *_ONNX_ERRORS) as exc:
            raise EngineFailed(f"the voice failed ({exc})") from exc
        sound = np.asarray(made[0] if isinstance(made, tuple) else made, np.float32).reshape(-1)
        loudest = float(np.max(np.abs(sound), initial=0.0))
        if not np.isfinite(loudest):
            raise EngineFailed("the voice gave no sound but not-a-number: its file is broken")
        # Networks differ in loudness; as Piper does, each sentence is brought to full scale.
        scaled = sound * (32767 / loudest) if loudest > 1e-8 else np.zeros_like(sound)
        return scaled.astype("<i2").tobytes()


def _config(path: Path) -> PiperConfig:
    try:
        return PiperConfig.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise EngineFailed(f"{path} does not describe a Piper voice ({exc})") from exc


def _load(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Threads that spin while they wait would take the cores from the recogniser.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _ONNX_ERRORS as exc:
        raise EngineFailed(f"{path} cannot be loaded as a voice ({exc})") from exc
