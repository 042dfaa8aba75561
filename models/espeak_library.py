"""The espeak-ng library that comes inside the piper-tts package (GPL-3), called through ctypes.

espeak keeps its state in global variables: there is one of it in a process, and Piper's phonemes come from the same
one. So there is one lock, and each use sets the voice it needs, which takes 0.2 ms. The functions are those of
espeak-ng's src/include/espeak-ng/speak_lib.h, version 1.52.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import threading
from collections.abc import Callable
from pathlib import Path

from models.engine import EngineFailed, EngineMissing

_OUTPUT_SYNCHRONOUS = 2
"""AUDIO_OUTPUT_SYNCHRONOUS. AUDIO_OUTPUT_RETRIEVAL polls in steps of 20 ms: forty times slower here."""
_CHUNK_MS = 60
_DO_NOT_EXIT = 0x8000
"""espeakINITIALIZE_DONT_EXIT: without it the library ends the process when its data is not there."""
_PLAIN_UTF8 = 1
"""espeakCHARS_UTF8 and nothing else: no espeakSSML, no espeakPHONEMES."""
_RATE, _PITCH = 1, 3

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)

ESPEAK_LOCK = threading.RLock()
"""Held by whoever uses the library, Piper's phonemes included."""


class Espeak:
    """The library. Get it with `espeak`; every method takes the lock."""

    def __init__(self) -> None:
        """Load and start it. Raises EngineMissing when the piper-tts package is not there."""
        folder = _folder()
        try:
            self._library = ctypes.CDLL(str(next(folder.glob("espeakbridge*.so"))))
        except (StopIteration, OSError) as exc:
            raise EngineMissing(f"espeak-ng is not in {folder}: reinstall piper-tts") from exc
        with ESPEAK_LOCK:
            self.rate = self._library.espeak_Initialize(
                _OUTPUT_SYNCHRONOUS, _CHUNK_MS, str(folder).encode(), _DO_NOT_EXIT
            )
        """Samples a second."""
        if self.rate <= 0:
            raise EngineMissing(f"espeak-ng cannot start with the data in {folder}: reinstall piper-tts")
        self._chunks: list[bytes] = []
        self._stopped: Callable[[], bool] = lambda: False
        self._callback = _Callback(self._take)

    def has_voice(self, language: str) -> bool:
        """Say whether there is a voice of this name."""
        with ESPEAK_LOCK:
            return bool(self._library.espeak_SetVoiceByName(language.encode()) == 0)

    def synthesise(
        self, text: str, *, language: str, words_per_minute: int, pitch: int, stopped: Callable[[], bool]
    ) -> list[bytes]:
        """Give the sound of a text in chunks of 60 ms, s16le at `rate`; what there is when `stopped` becomes true."""
        data = text.encode("utf-8", errors="ignore").replace(b"\0", b" ")
        with ESPEAK_LOCK:
            self._library.espeak_SetSynthCallback(self._callback)
            self._library.espeak_SetVoiceByName(language.encode())
            self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
            self._library.espeak_SetParameter(_PITCH, pitch, 0)
            self._chunks, self._stopped = [], stopped
            status = self._library.espeak_Synth(data, len(data) + 1, 0, 0, 0, _PLAIN_UTF8, None, None)
            if status:
                raise EngineFailed(f"espeak-ng failed with status {status}")
            return self._chunks

    def _take(self, samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        """Take a chunk; 1 ends the synthesis."""
        if samples and count > 0:
            self._chunks.append(ctypes.string_at(samples, count * 2))
        return int(self._stopped())


@functools.cache
def espeak() -> Espeak:
    """Give the one espeak of this process."""
    return Espeak()


def _folder() -> Path:
    """Find the package without importing it, which would import ONNX Runtime too."""
    package = importlib.util.find_spec("piper")
    if package is None or not package.submodule_search_locations:
        raise EngineMissing("espeak-ng comes with piper-tts: pip install piper-tts")
    return Path(package.submodule_search_locations[0])
