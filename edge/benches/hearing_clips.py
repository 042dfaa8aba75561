"""Reads a folder of recordings of people, and puts them into noise and into rooms, the same way every time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from audio.files import read_sound
from audio.frames import SAMPLE_RATE

HALVES = ("tune", "exam", "all")
_LEAD_S, _TAIL_S = 0.3, 0.5
"""The pauses that an endpointer leaves around an utterance."""
_HISS = 8.0
"""What a microphone adds to a pause, in steps of 16 bit: digital silence is no room's."""
_VOICED = 0.1
"""Speech is what is louder than this share of the loudest 20 ms: pauses do not make a voice quieter."""

_Samples = npt.NDArray[np.float64]


class Clip(msgspec.Struct, frozen=True):
    """A line of manifest.jsonl."""

    file: str
    text: str
    """What was said, as it is written."""
    speaker: str
    kind: str
    """"command" for a command; all else is not meant for us."""
    source: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Where a clip is heard."""

    noise_db: float | None = None
    """Of speech over noise; none for the recording as it is."""
    in_room: bool = False
    """Whether it comes through one of the rooms."""

    def __str__(self) -> str:
        noise = "as recorded" if self.noise_db is None else f"{self.noise_db:g} dB over noise"
        return f"{noise}, in a room" if self.in_room else noise


def read_clips(folder: Path, half: str = "all") -> list[Clip]:
    """Read the manifest. Raises OSError, and ValueError for what is in it or for an unknown half."""
    if half not in HALVES:
        raise ValueError(f"there is no half {half!r}; there is {', '.join(HALVES)}")
    lines = (folder / "manifest.jsonl").read_bytes().splitlines()
    clips = [msgspec.json.decode(line, type=Clip) for line in lines if line.strip()]
    return [clip for clip in clips if half in ("all", half_of(clip.file))]


def half_of(file: str) -> str:
    """Give the half that a recording belongs to: what is tuned on one is checked on the other."""
    return "exam" if _digest(file)[0] % 2 else "tune"


class Sounds:
    """The sound of the clips of one folder."""

    def __init__(self, folder: Path) -> None:
        """Find the noises and rooms; a clip in a condition that lacks its sounds raises ValueError."""
        self._folder = folder
        self._noises = sorted((folder / "noise").glob("*.flac"))
        self._rooms = sorted((folder / "rooms").glob("*.flac"))
        self._read = cache(_samples)

    def hear(self, clip: Clip, where: Condition) -> bytes:
        """Give a clip as a microphone there gives it, with the endpointer's pauses around. Raises AudioFileError."""
        speech = _samples(self._folder / clip.file)
        if where.in_room:
            speech = reverberated(speech, self._read(self._chosen(self._rooms, f"room {clip.file}")))
        padded = np.pad(speech, (round(_LEAD_S * SAMPLE_RATE), round(_TAIL_S * SAMPLE_RATE)))
        dice = np.random.default_rng(int.from_bytes(_digest(clip.file)[:8]))
        heard = padded + dice.normal(0, _HISS, len(padded))
        if where.noise_db is not None:
            noise = self._read(self._chosen(self._noises, f"noise {clip.file}"))
            noise = np.resize(np.roll(noise, -int(dice.integers(len(noise)))), len(padded))
            heard += noise * noise_gain(speech, noise, where.noise_db)
        return heard.clip(-32768, 32767).astype("<i2").tobytes()

    def _chosen(self, files: Sequence[Path], key: str) -> Path:
        if not files:
            raise ValueError(f"{self._folder} has no sounds for this condition: it needs noise/ and rooms/ with *.flac")
        return files[int.from_bytes(_digest(key)[:8]) % len(files)]


def noise_gain(speech: _Samples, noise: _Samples, above_db: float) -> float:
    """Give the factor for a noise that lets the voiced part of `speech` be so many dB over it."""
    power = float(np.mean(noise**2))
    return float(np.sqrt(voiced_power(speech) / power / 10 ** (above_db / 10))) if power else 0.0


def voiced_power(speech: _Samples) -> float:
    """Give the mean power of the 20 ms frames that are not pauses."""
    frame = SAMPLE_RATE // 50
    whole = speech[: len(speech) // frame * frame].reshape(-1, frame)
    power = np.mean(whole**2, axis=1)
    return float(np.mean(power[power >= np.max(power) * _VOICED**2]))


def reverberated(speech: _Samples, response: _Samples) -> _Samples:
    """Give speech as it is heard through a room, as loud and as long as before, its direct sound at the same time."""
    direct = int(np.argmax(np.abs(response)))
    length = len(speech) + len(response) - 1
    through = np.fft.irfft(np.fft.rfft(speech, length) * np.fft.rfft(response, length), length)
    through = through[direct : direct + len(speech)]
    power = float(np.mean(through**2))
    return through * np.sqrt(float(np.mean(speech**2)) / power) if power else through


def _samples(path: Path) -> _Samples:
    return np.frombuffer(read_sound(path), "<i2").astype(np.float64)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
