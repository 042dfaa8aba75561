"""Sound as values: frames, utterance boundaries, what was heard, files and sound devices.

The sound card is in `audio.device`, which is not imported here: it needs PortAudio.
"""

from audio.endpoint import Boundary, Endpointer, EndpointOptions, SpeechEnded, SpeechStarted
from audio.files import read_sound, write_wav
from audio.frames import (
    FRAME_BYTES,
    FRAME_SAMPLES,
    SAMPLE_RATE,
    AudioDeviceError,
    AudioDeviceLost,
    AudioError,
    AudioFileError,
    Frame,
    Microphone,
    Speaker,
    split_frames,
)
from audio.playout import Playout
from audio.resample import Resampler
from audio.ring import Ring
from audio.timeline import Timeline, overlay
from audio.wav_device import FileMicrophone, FileSpeaker

__all__ = [
    "FRAME_BYTES",
    "FRAME_SAMPLES",
    "SAMPLE_RATE",
    "AudioDeviceError",
    "AudioDeviceLost",
    "AudioError",
    "AudioFileError",
    "Boundary",
    "EndpointOptions",
    "Endpointer",
    "FileMicrophone",
    "FileSpeaker",
    "Frame",
    "Microphone",
    "Playout",
    "Resampler",
    "Ring",
    "Speaker",
    "SpeechEnded",
    "SpeechStarted",
    "Timeline",
    "overlay",
    "read_sound",
    "split_frames",
    "write_wav",
]
