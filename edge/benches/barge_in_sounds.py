"""Gives the sounds of `earrand bench barge-in`: our voice, people who speak into it, and what only seems to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio.files import read_sound
from audio.frames import SAMPLE_RATE
from edge.benches.hearing_clips import noise_gain, read_clips, reverberated
from edge.benches.turn_sounds import levels, voiced_start
from models.espeak_tts import EspeakVoice

_Samples = npt.NDArray[np.float64]

SPEECH_DB = -26.0
"""Level of a voice over full scale, pauses left out: that of telephone measurements (ITU-T P.56)."""
_ONSET_UNDER_PEAK_DB = 20.0
"""Speech begins where the first 30 ms are within this of its peak: a soft breath or "h" before it is no onset."""
_RUMBLE_HZ = 100.0
"""Onsets are looked for above this: below it there is wind and a hand on the microphone, and no word begins there.

Of 154 clips one begins 0.7 s later for it, one 40 ms, two are 10 ms off, and the others begin where they did.
"""
_ACTIVE = 0.1
_LONGEST_S = 1.6
"""Of a recording: by then we have long decided."""
_NOISE_S = 2.0
_NOISE_UNDER_SPEECH_DB = (0.0, 10.0)
_COUGH_DB = (-16.0, -4.0)
"""Peaks of coughs over full scale: they are loud."""
_NOISE_FLOOR_DB = 20.0
OWN = (
    "Your reminder to call the dentist is set for tomorrow at nine in the morning.",
    "There are three things on your shopping list: bread, butter and two bottles of milk.",
    "It will be cloudy this afternoon, with a high of fourteen degrees, and rain is expected after six.",
    "Anna wrote: are you coming tonight? Ben sent a photo.",
    "The next train to the city leaves at twenty past seven, from platform four.",
)
_OTHERS = ("what time is it", "set a timer for ten minutes", "tell anna i am running late", "no wait", "louder please")
_LISTENS = ("mhm", "yeah", "okay", "uh huh", "right")


@dataclass(frozen=True, slots=True)
class Intrusion:
    """A sound that begins while we speak."""

    kind: str
    """"speech", "cough", "noise" or "mhm"."""
    name: str
    pcm: _Samples
    onset: int
    """Its first sample that counts."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something we say."""

    text: str
    pcm: bytes
    """No sample is 0, so that each of ours can be told from silence."""


def our_sentences(words_per_minute: int = 165) -> list[Sentence]:
    """Speak what we say. Raises EngineMissing."""
    voice = EspeakVoice(words_per_minute=words_per_minute)
    return [Sentence(text, _marked(b"".join(voice.speak(text)))) for text in OWN]


def speakers(folder: Path | None, half: str) -> list[Intrusion]:
    """Give recordings of people; without a folder, of espeak, higher. Raises AudioFileError, OSError."""
    if folder is None:
        voice = EspeakVoice(words_per_minute=150, pitch=85)
        return [speech(text, b"".join(voice.speak(text))) for text in _OTHERS]
    return [speech(clip.file, read_sound(folder / clip.file)) for clip in read_clips(folder, half)]


def nuisances(folder: Path | None, count: int) -> list[Intrusion]:
    """Give what must not stop us: synthetic coughs, "mhm" by espeak and, where there are any, everyday noises."""
    coughs = [Intrusion("cough", f"cough {seed}", cough(seed), 0) for seed in range(count)]
    voice = EspeakVoice(words_per_minute=150, pitch=85)
    listens = [speech(text, b"".join(voice.speak(text)), "mhm") for text in _LISTENS]
    return [*coughs, *(listens[number % len(listens)] for number in range(count)), *_noises(folder, count)]


def _noises(folder: Path | None, count: int) -> Iterator[Intrusion]:
    files = sorted((folder / "noise").glob("*.flac")) if folder else []
    sounds = {path.stem: np.frombuffer(read_sound(path), "<i2").astype(np.float64) for path in files}
    for number in range(count if sounds else 0):
        name = list(sounds)[number % len(sounds)]
        dice = _dice(f"{name} {number}")
        noise = sounds[name]
        piece = np.roll(noise, -int(dice.integers(len(noise))))[: round(_NOISE_S * SAMPLE_RATE)]
        gain = _at(piece, SPEECH_DB - dice.uniform(*_NOISE_UNDER_SPEECH_DB))
        yield Intrusion("noise", name, piece * gain, 0)


def cough(seed: int) -> _Samples:
    """Make one to three bursts of breath through a throat. No recording: none that may be used was at hand."""
    dice = np.random.default_rng(seed)
    bursts = [_burst(dice) for _ in range(int(dice.integers(1, 4)))]
    sound = np.concatenate(bursts)
    return np.asarray(sound / np.abs(sound).max() * 32768 * 10 ** (dice.uniform(*_COUGH_DB) / 20))


def _burst(dice: np.random.Generator) -> _Samples:
    length = round(dice.uniform(0.12, 0.35) * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    envelope = np.minimum(time / 0.008, 1) * np.exp(-time / dice.uniform(0.04, 0.12))
    spectrum = np.fft.rfft(dice.standard_normal(length))
    throat = (np.fft.rfftfreq(length, 1 / SAMPLE_RATE) - dice.uniform(400, 1500)) / dice.uniform(400, 1500)
    breath = np.fft.irfft(spectrum / np.sqrt(1 + throat**2), length) * envelope
    pitch = dice.uniform(120, 300) * (1 - 0.3 * time / time[-1])
    voice = np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE) * envelope * (time > 0.06) * dice.uniform(0, 0.5)
    return np.concatenate(
        [breath / np.abs(breath).max() + voice, np.zeros(round(dice.uniform(0.05, 0.2) * SAMPLE_RATE))]
    )


class Places:
    """Puts intrusions into rooms and noise, by chance, the same way every time."""

    def __init__(self, folder: Path | None) -> None:
        """Read the rooms and noises of the folder. Raises AudioFileError."""
        self._rooms = _all(folder, "rooms")
        self._noises = _all(folder, "noise")

    def put(self, intrusion: Intrusion, seed: int) -> Intrusion:
        """Put half of them into a room and a third into noise that is 20 dB softer."""
        dice = np.random.default_rng(seed)
        sound = intrusion.pcm
        if self._rooms and dice.random() < 1 / 2:
            sound = reverberated(sound, self._rooms[int(dice.integers(len(self._rooms)))])
        if self._noises and dice.random() < 1 / 3:
            noise = self._noises[int(dice.integers(len(self._noises)))]
            noise = np.resize(np.roll(noise, -int(dice.integers(len(noise)))), len(sound))
            sound = sound + noise * noise_gain(intrusion.pcm, noise, _NOISE_FLOOR_DB)
        return Intrusion(intrusion.kind, intrusion.name, sound, intrusion.onset)


def active_level(sound: _Samples) -> float:
    """Give the level of the loud part, in steps of 16 bit."""
    level = levels(sound)
    return float(np.sqrt(np.mean(level[level >= level.max() * _ACTIVE] ** 2)))


def speech(name: str, pcm: bytes, kind: str = "speech") -> Intrusion:
    """Make a recording of speech an intrusion: its level that of a voice, its onset found, its end cut off."""
    sound = np.frombuffer(pcm, "<i2").astype(np.float64)
    sound = sound * (32768 * 10 ** (SPEECH_DB / 20) / active_level(sound))
    onset = voiced_start(_without_rumble(sound), _ONSET_UNDER_PEAK_DB)
    return Intrusion(kind, name, sound[: onset + round(_LONGEST_S * SAMPLE_RATE)], onset)


def _without_rumble(sound: _Samples) -> _Samples:
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE) < _RUMBLE_HZ] = 0
    return np.asarray(np.fft.irfft(spectrum, len(sound)))


def _at(sound: _Samples, level_db: float) -> float:
    return float(32768 * 10 ** (level_db / 20) / max(1e-9, np.sqrt(np.mean(sound**2))))


def _marked(pcm: bytes) -> bytes:
    sound = np.frombuffer(pcm, "<i2").copy()
    sound[sound == 0] = 1
    return sound.tobytes()


def _all(folder: Path | None, name: str) -> Sequence[_Samples]:
    files = sorted((folder / name).glob("*.flac")) if folder else []
    return [np.frombuffer(read_sound(path), "<i2").astype(np.float64) for path in files]


def _dice(text: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]))
