"""The microphone and the speaker of a run: the sound card, or recordings in and a WAV out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audio.files import write_wav
from audio.frames import Microphone, Speaker
from audio.wav_device import FileMicrophone, FileSpeaker
from edge.config import AudioSection

_LOGGER = logging.getLogger(__name__)


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
def sound_card(settings: AudioSection) -> Iterator[Sound]:
    """Open the real devices. Raises AudioDeviceError, also where PortAudio is not installed."""
    from audio.device import DeviceOptions, SoundDeviceMicrophone, SoundDeviceSpeaker  # needs PortAudio, the rest not

    speaker = SoundDeviceSpeaker(DeviceOptions(_device(settings.output)))
    try:
        microphone = SoundDeviceMicrophone(DeviceOptions(_device(settings.input)))
        try:
            yield Sound(microphone, speaker, echoes=True)
        finally:
            microphone.close()
            _LOGGER.info(
                "the microphone lost %d frames, the speaker ran dry %d times", microphone.dropped, speaker.underruns
            )
    finally:
        speaker.close()


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


def _device(name: str) -> int | str | None:
    return int(name) if name.isdigit() else name or None
