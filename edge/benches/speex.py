"""The peer of the echo bench: Speex's echo canceller and residual echo suppressor, from the system's libspeexdsp."""

from __future__ import annotations

import ctypes

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE, EchoError

_LIBRARY = "libspeexdsp.so.1"
_TAIL_SAMPLES = SAMPLE_RATE * 3 // 10
"""0.3 s: the delay of a sound card and the room behind it."""
# From speex_echo.h and speex_preprocess.h.
_ECHO_SET_SAMPLING_RATE = 24
_PREPROCESS_SET_DENOISE = 0
_PREPROCESS_SET_ECHO_STATE = 24


class SpeexEchoCanceller:
    """An EchoCanceller."""

    def __init__(self, tail_samples: int = _TAIL_SAMPLES) -> None:
        """Raises EchoError where the library is not installed."""
        self._library = _load()
        self._echo = ctypes.c_void_p(self._library.speex_echo_state_init(FRAME_SAMPLES, tail_samples))
        rate = ctypes.c_int(SAMPLE_RATE)
        self._library.speex_echo_ctl(self._echo, _ECHO_SET_SAMPLING_RATE, ctypes.byref(rate))
        self._after = ctypes.c_void_p(self._library.speex_preprocess_state_init(FRAME_SAMPLES, SAMPLE_RATE))
        self._library.speex_preprocess_ctl(self._after, _PREPROCESS_SET_ECHO_STATE, self._echo)
        self._library.speex_preprocess_ctl(self._after, _PREPROCESS_SET_DENOISE, ctypes.byref(ctypes.c_int(0)))

    def process(self, near: bytes, far: bytes) -> bytes:
        """Take one frame of the microphone and what the loudspeaker played; give `near` without its echo."""
        if len(near) != FRAME_BYTES or len(far) != FRAME_BYTES:
            raise ValueError(f"a frame has {FRAME_BYTES} bytes")
        out = ctypes.create_string_buffer(FRAME_BYTES)
        self._library.speex_echo_cancellation(self._echo, near, far, out)
        self._library.speex_preprocess_run(self._after, out)
        return out.raw

    def close(self) -> None:
        """Free what the library holds; `process` must not be called after it."""
        self._library.speex_preprocess_state_destroy(self._after)
        self._library.speex_echo_state_destroy(self._echo)


def _load() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError as exc:
        raise EchoError(f"the peer needs {_LIBRARY}; install it with: sudo apt-get install libspeexdsp1") from exc
    library.speex_echo_state_init.restype = ctypes.c_void_p
    library.speex_preprocess_state_init.restype = ctypes.c_void_p
    library.speex_preprocess_ctl.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
    library.speex_echo_ctl.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
    return library
