"""Speech for tests: espeak-ng, from the library inside piper-tts.

It runs in a process of its own, because espeak-ng has one global state for each process and an engine under test may
be using it.
"""

from __future__ import annotations

import ctypes
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from audio.resample import Resampler

_ROOT = Path(__file__).parents[1]
_SYNCHRONOUS = 2
_UTF8 = 1
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def spoken(sentence: str) -> bytes:
    """Say a sentence as s16le mono 16 kHz; skip the test where piper-tts is not installed."""
    if importlib.util.find_spec("piper") is None:
        pytest.skip("needs piper-tts for espeak-ng")
    run = subprocess.run(
        [sys.executable, "-m", "tests.spoken", sentence], cwd=_ROOT, capture_output=True, check=True, timeout=60
    )
    rate, _, pcm = run.stdout.partition(b"\n")
    resampler = Resampler(int(rate))
    return resampler.push(pcm) + resampler.finish()


def _espeak(sentence: str) -> tuple[int, bytes]:
    """Give the sample rate and the sound."""
    package = importlib.util.find_spec("piper")
    assert package is not None
    assert package.submodule_search_locations
    folder = Path(package.submodule_search_locations[0])
    library = ctypes.CDLL(str(folder / "espeakbridge.so"))
    rate = int(library.espeak_Initialize(_SYNCHRONOUS, 60, str(folder / "espeak-ng-data").encode(), 0))
    pcm = bytearray()

    def collect(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if samples:
            pcm.extend(ctypes.string_at(samples, count * 2))
        return 0

    callback = _Callback(collect)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(b"en-us")
    text = sentence.encode() + b"\0"
    library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 0, 0, _UTF8, None, None)
    return rate, bytes(pcm)


if __name__ == "__main__":
    _rate, _pcm = _espeak(sys.argv[1])
    sys.stdout.buffer.write(b"%d\n" % _rate + _pcm)
