"""Synthetic people who say sentences in a room, each the same way every time."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from audio.files import read_sound
from audio.frames import SAMPLE_RATE
from models.engine import EngineFailed
from models.espeak_tts import EspeakVoice

_LEAD_S, _TAIL_S = 0.3, 0.5
"""The pauses that an endpointer leaves around an utterance."""


class Speaker(Protocol):
    """Somebody who says sentences."""

    def speak(self, sentence: str) -> bytes:
        """Give the sound as s16le mono 16 kHz. Raises EngineError."""
        ...


@dataclass(frozen=True, slots=True)
class Flite:
    """A voice of the flite program, which Debian has under that name."""

    name: str

    def speak(self, sentence: str) -> bytes:
        """Give the sound as s16le mono 16 kHz. Raises EngineFailed."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "said.wav"
            try:
                subprocess.run(["flite", "-voice", self.name, "-t", sentence, "-o", str(path)], check=True, timeout=60)
            except (OSError, subprocess.SubprocessError) as exc:
                raise EngineFailed(f"flite does not say {sentence!r} as {self.name}: {exc}") from exc
            return read_sound(path)


@dataclass(frozen=True, slots=True)
class Espeak:
    """A voice of espeak-ng."""

    language: str
    words_per_minute: int
    pitch: int
    """0 to 99."""

    def speak(self, sentence: str) -> bytes:
        """Give the sound as s16le mono 16 kHz. Raises EngineError."""
        voice = EspeakVoice(self.language, words_per_minute=self.words_per_minute, pitch=self.pitch)
        return b"".join(voice.speak(sentence))


_ROBOTS = (Espeak("en-us", 150, 40), Espeak("en-us", 175, 60))
_PEOPLE = tuple(Flite(name) for name in ("slt", "rms", "awb", "kal16"))


def speakers() -> tuple[Speaker, ...]:
    """Give the voices of this machine; flite's sound more like people than espeak's."""
    return (*_PEOPLE, *_ROBOTS) if shutil.which("flite") else _ROBOTS


def in_a_room(pcm: bytes, dice: random.Random) -> bytes:
    """Put a sound between two pauses, at the loudness of one wearer or another, in a room that is never quite silent.

    Digital silence would upset the recogniser, which expects a microphone.
    """
    sound = np.frombuffer(pcm, "<i2") * dice.uniform(0.4, 1.0)
    padded = np.pad(sound, (round(_LEAD_S * SAMPLE_RATE), round(_TAIL_S * SAMPLE_RATE)))
    hiss = np.random.default_rng(dice.getrandbits(32)).normal(0, dice.uniform(5, 40), len(padded))
    return (padded + hiss).clip(-32768, 32767).astype("<i2").tobytes()
