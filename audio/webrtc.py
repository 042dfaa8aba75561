"""Takes echo out of the microphone with WebRTC's audio processing, from the package livekit.

Importing this raises EchoError where the package does not load, as with a glibc older than 2.28. It costs 0.12 s of
processor time and 16 MB, the first canceller 9 MB and four idle threads (x86-64), so only a run with a loudspeaker
beside its microphone should import it. No network is used.
"""

from __future__ import annotations

from dataclasses import dataclass

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE, EchoError
from audio.headroom import Headroom, scaled

try:
    from livekit.rtc import AudioFrame, AudioProcessingModule
except (ImportError, OSError) as exc:
    raise EchoError(f"the echo canceller needs the package livekit, which does not load here ({exc})") from exc

_HALVES = 2
"""WebRTC takes 10 ms at a time."""
_HALF_SAMPLES = FRAME_SAMPLES // _HALVES
_HALF_BYTES = FRAME_BYTES // _HALVES
_LAG = 128
"""Samples by which what comes out is late: so long the gain of the frame before is undone."""


@dataclass(frozen=True, slots=True)
class WebRtcOptions:
    """What to do beside taking the echo out."""

    noise_suppression: bool = False
    high_pass_filter: bool = True


class WebRtcEchoCanceller:
    """An EchoCanceller that finds the delay by itself. Make one and keep it: it keeps what it learned between turns.

    WebRTC's thresholds are steps of 16 bit: under 50, which is -56 dB of full scale, it does not believe that it has
    learned, and of what was played it learns nothing under some 110 in a band (`subtractor_output_analyzer.cc`,
    `noise_gate` in `echo_canceller3_config.h`). Our voice at 40% came back at -51 dB, and its first second lost 17 dB.
    So both sounds are raised together as far as neither clips; then it lost 30. `earrand bench echo` measures it. The
    echo must come 20 ms or more after its reference.
    """

    def __init__(self, options: WebRtcOptions | None = None) -> None:
        """Raises EchoError when the native library does not load."""
        options = options or WebRtcOptions()
        try:
            self._processing = AudioProcessingModule(
                echo_cancellation=True,
                noise_suppression=options.noise_suppression,
                high_pass_filter=options.high_pass_filter,
                auto_gain_control=False,
            )
        except (ImportError, OSError) as exc:
            raise EchoError(f"the echo canceller's native library does not load here ({exc})") from exc
        self._headroom = Headroom()
        self._raised = 1.0
        """The factor of the frame before."""
        # Used again for every frame: the module works in place.
        self._near = AudioFrame(bytearray(_HALF_BYTES), SAMPLE_RATE, 1, _HALF_SAMPLES)
        self._far = AudioFrame(bytearray(_HALF_BYTES), SAMPLE_RATE, 1, _HALF_SAMPLES)

    def process(self, near: bytes, far: bytes) -> bytes:
        """Take one frame of the microphone and what the loudspeaker played; give `near` without its echo.

        Raises EchoError when WebRTC refuses it.
        """
        if len(near) != FRAME_BYTES or len(far) != FRAME_BYTES:
            raise ValueError(f"a frame has {FRAME_BYTES} bytes")
        factor = self._headroom.take(near, far)
        near, far = scaled(near, factor), scaled(far, factor)
        try:
            out = b"".join(
                self._half(near[start : start + _HALF_BYTES], far[start : start + _HALF_BYTES])
                for start in range(0, FRAME_BYTES, _HALF_BYTES)
            )
        except RuntimeError as exc:
            raise EchoError(f"the echo canceller failed ({exc})") from exc
        before, self._raised = self._raised, factor
        return scaled(out[: 2 * _LAG], 1 / before) + scaled(out[2 * _LAG :], 1 / factor)

    def _half(self, near: bytes, far: bytes) -> bytes:
        self._far.data.cast("B")[:] = far
        self._processing.process_reverse_stream(self._far)
        self._near.data.cast("B")[:] = near
        self._processing.process_stream(self._near)
        return bytes(self._near.data.cast("B"))
