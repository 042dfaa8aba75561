"""The phrases for the bench of wake words: by many voices, in noise and in rooms."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from audio.files import read_sound
from audio.frames import SAMPLE_RATE
from edge.benches.room import Signal, pcm, signal
from models.engine import EngineFailed
from models.espeak_tts import EspeakVoice

_PACES = (140, 165, 190)
"""Words a minute."""
_FLITE_PACE = 165
"""That a flite voice is taken to have of itself."""
_VOICED = 0.1
_HISS = 15 / 32768
_LEVEL = 0.6


@dataclass(frozen=True, slots=True)
class Speaker:
    """A synthetic voice at one pace."""

    engine: str
    voice: str
    words_per_minute: int

    def __str__(self) -> str:
        return f"{self.engine} {self.voice}"

    def say(self, sentence: str) -> bytes:
        """Give s16le mono 16 kHz. Raises EngineError."""
        if self.engine == "espeak":
            return b"".join(EspeakVoice(self.voice, words_per_minute=self.words_per_minute).speak(sentence))
        return _flite(self.voice, sentence, _FLITE_PACE / self.words_per_minute)


def speakers() -> list[Speaker]:
    """Give the voices of this machine at three paces each; Debian has flite under that name."""
    voices = [("espeak", voice) for voice in ("en-us", "en-us+f3", "en-us+m3", "en-gb-scotland", "en-gb-x-rp")]
    if shutil.which("flite"):
        voices += [("flite", voice) for voice in ("slt", "rms", "awb", "kal16")]
    return [Speaker(engine, voice, pace) for engine, voice in voices for pace in _PACES]


def _flite(voice: str, sentence: str, stretch: float) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "said.wav")
        command = ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch}", "-t", sentence, "-o", str(path)]
        try:
            subprocess.run(command, check=True, timeout=60, capture_output=True)
        except (OSError, subprocess.SubprocessError) as exc:
            raise EngineFailed(f"flite does not say {sentence!r} as {voice}: {exc}") from exc
        return read_sound(path)


class Places:
    """Puts a phrase into a room with noise, the same way every time."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` has noise/ and rooms/; without it there is only the quiet place."""
        self._noises = sorted((folder / "noise").glob("*.flac")) if folder else []
        self._rooms = sorted((folder / "rooms").glob("*.flac")) if folder else []
        self._read = cache(lambda path: signal(read_sound(path)))

    def names(self) -> list[str]:
        """Give the places that there is sound for."""
        noisy = ["20 dB over noise", "10 dB over noise", "0 dB over noise"] if self._noises else []
        return ["quiet", *noisy, *(["in a room, 20 dB over noise"] if noisy and self._rooms else [])]

    def put(self, said: bytes, place: str, seed: int) -> bytes:
        """Give the phrase there, with a second before and two after."""
        dice = random.Random(f"{place} {seed}")
        sound = signal(said) * _LEVEL
        if "room" in place:
            sound = through(sound, self._read(dice.choice(self._rooms)))
        sound = np.pad(sound, (SAMPLE_RATE, 2 * SAMPLE_RATE))
        sound = sound + np.random.default_rng(seed).standard_normal(len(sound)) * _HISS
        if place != "quiet":
            over_db = float(place.removeprefix("in a room, ").split()[0])
            sound = sound + _noise(self._read(dice.choice(self._noises)), sound, over_db, dice)
        return pcm(sound)


def through(sound: Signal, response: Signal) -> Signal:
    """Convolve; the loudness stays."""
    wet = np.convolve(sound, response)
    return np.asarray(wet * np.sqrt((sound**2).sum() / max(1e-12, float((wet**2).sum()))))


def _noise(noise: Signal, sound: Signal, over_db: float, dice: random.Random) -> Signal:
    """Cut a piece of noise so long that speech lies so many dB over it; pauses do not count as speech."""
    voiced = np.abs(sound) > _VOICED * np.abs(sound).max()
    piece = np.resize(np.roll(noise, dice.randrange(len(noise))), len(sound))
    power = float((sound[voiced] ** 2).mean()) / 10 ** (over_db / 10)
    return np.asarray(piece * np.sqrt(power / max(1e-12, float((piece**2).mean()))))
