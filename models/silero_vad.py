"""Silero's voice activity detector, version 6, on ONNX Runtime."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # ships no types
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors  # type: ignore[import-untyped]  # same

from models.engine import EngineFailed, EngineMissing

_WINDOW = 512
"""Samples that the network judges at a time: 32 ms."""
_CONTEXT = 64
"""Samples before the window that it sees too."""
_STATE = (1, 1, 128)
_ONNX_ERRORS = (
    onnx_errors.Fail,
    onnx_errors.InvalidArgument,
    onnx_errors.InvalidGraph,
    onnx_errors.InvalidProtobuf,
    onnx_errors.NotImplemented,
    onnx_errors.RuntimeException,
)
"""They share no class but Exception."""


@dataclass(frozen=True, slots=True)
class SileroOptions:
    """Where the network is."""

    model: Path | None = None
    """silero_vad_v6.onnx; None is the copy inside the faster-whisper package."""


class SileroVad:
    """Gives the speech probability of the latest whole window; frames are shorter, so every third or so repeats one.

    Costs about 6 ms of one core for a second of sound.
    """

    _waiting: NDArray[np.float32]
    """Samples that do not fill a window yet."""

    def __init__(self, options: SileroOptions | None = None) -> None:
        """Load and try the network. Raises EngineMissing when the file is not there, EngineFailed when it is broken."""
        model = (options or SileroOptions()).model or packaged_model()
        if not model.is_file():
            raise EngineMissing(f"the voice activity detector's file is not there: {model}")
        self._session = _load(model)
        self.reset()
        try:
            self._judge(np.zeros(_WINDOW, np.float32))
        except (ValueError, *_ONNX_ERRORS) as exc:
            raise EngineFailed(f"{model} is not Silero VAD version 6 ({exc})") from exc
        self.reset()

    def probability(self, pcm: bytes) -> float:
        """Take one frame; give 0 to 1 for the last whole window. Raises EngineFailed when it is not 16 bit sound."""
        if len(pcm) % 2:
            raise EngineFailed("a frame of 16 bit sound has an even number of bytes")
        sound = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
        self._waiting = np.concatenate([self._waiting, sound])
        while len(self._waiting) >= _WINDOW:
            self._latest = self._judge(self._waiting[:_WINDOW])
            self._waiting = self._waiting[_WINDOW:]
        return self._latest

    def reset(self) -> None:
        """Forget the sound so far."""
        self._waiting = np.zeros(0, np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)
        self._h = np.zeros(_STATE, np.float32)
        self._c = np.zeros(_STATE, np.float32)
        self._latest = 0.0

    def _judge(self, window: NDArray[np.float32]) -> float:
        sound = np.concatenate([self._context, window])[np.newaxis]
        output, self._h, self._c = self._session.run(None, {"input": sound, "h": self._h, "c": self._c})
        self._context = window[-_CONTEXT:]
        return float(output.reshape(-1)[0])


def packaged_model() -> Path:
    """Find the file without importing faster-whisper, which would take a second and 60 MB."""
    package = importlib.util.find_spec("faster_whisper")
    if package is None or not package.submodule_search_locations:
        raise EngineMissing("the voice activity detector comes with faster-whisper: pip install faster-whisper")
    return Path(package.submodule_search_locations[0], "assets", "silero_vad_v6.onnx")


def _load(model: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # The network is tiny: more threads cost more than they bring, and the cores belong to the other engines.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except _ONNX_ERRORS as exc:
        raise EngineFailed(f"{model} cannot be loaded ({exc})") from exc
