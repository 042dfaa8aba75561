"""The microphone and the speaker of a run: the sound card, or recordings in and a WAV out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audio.files import write_wav
from audio.frames import Microphone, Speaker
from audio.wav_device import FileMicrophone, FileSpeaker


@dataclass(frozen=True, slots=True)
class Sound:
    """Where sound comes from and goes to."""

    microphone: Microphone
    speaker: Speaker
    pace: float = 1.0
    """Stream seconds in a second."""
    echoes: bool = False
    """Whether the microphone may hear the loudspeaker; recordings never do."""


@contextmanager
def recordings(microphone: FileMicrophone, pace: float, out: Path | None) -> Iterator[Sound]:
    """Play recordings in real time or faster; what was spoken is written to `out` at the end."""
    speaker = FileSpeaker(pace)
    try:
        yield Sound(microphone, speaker, pace)
    finally:
        microphone.close()
        if out is not None:
            write_wav(out, speaker.recording())


def sound_devices() -> list[str]:
    """List the real devices as "number: name". Raises AudioDeviceError where PortAudio is not installed."""
    from audio.device import device_names  # as above

    return device_names()
