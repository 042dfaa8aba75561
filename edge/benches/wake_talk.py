"""Hours of sound without any wake word: noise, music and other people's talk, mixed anew from minutes of recordings."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np

from audio.files import read_sound
from audio.frames import SAMPLE_RATE
from edge.benches.hearing_clips import Clip
from edge.benches.room import Signal, pcm, signal
from edge.benches.wake_sounds import speakers, through

_SCENE_S = 30
_VOICES = (1, 5)
"""Who speaks in a scene, at least and at most; where they come together they speak over each other."""
_PACES = (0.9, 1.1)
"""Speed and with it pitch: people who are not in the recordings, nearly."""
_TALK_DB = (-45.0, -15.0)
"""Loudness of somebody, over full scale: from the next table to one's own ear."""
_NOISE_DB = (-60.0, -25.0)
_MUSIC = "music"
_KINDS = ("mixed talk", "mixed talk", "mixed music", "mixed noise", "synthetic talk")
"""In turn, once everything was heard as it was recorded."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Sound without any of the phrases."""

    kind: str
    pcm: bytes


class Recordings:
    """The recordings of a folder, without those in which somebody says one of the phrases."""

    def __init__(self, folder: Path | None, clips: Sequence[Clip], phrases: Sequence[str]) -> None:
        """Raises AudioFileError."""
        free = [clip for clip in clips if not any(phrase in clip.text.lower() for phrase in phrases)]
        self.texts = [clip.text.lower() for clip in free] or list(_SENTENCES)
        self.people = [read_sound(folder / clip.file) for clip in free] if folder else []
        self.noises = {path.stem: read_sound(path) for path in _flacs(folder, "noise")}
        self.rooms = [signal(read_sound(path)) for path in _flacs(folder, "rooms")]

    @property
    def minutes(self) -> float:
        """How much there is of people and noises."""
        return sum(map(len, [*self.people, *self.noises.values()])) / 2 / SAMPLE_RATE / 60


def talk(recordings: Recordings, seconds: float) -> Iterator[Talk]:
    """Yield people and noises as recorded, then scenes mixed of them, each another, until there is so much of it."""
    made = 0.0
    for one in _all_talk(recordings):
        yield one
        made += len(one.pcm) / 2 / SAMPLE_RATE
        if made >= seconds:
            return


def _all_talk(recordings: Recordings) -> Iterator[Talk]:
    yield from (Talk("people", sound) for sound in recordings.people)
    yield from (Talk("noise", sound) for sound in recordings.noises.values())
    voices, dice = speakers(), random.Random(1)
    kinds = [kind for kind in _KINDS if kind == "synthetic talk" or (recordings.people and recordings.noises)]
    for number in count():
        kind = kinds[number % len(kinds)]
        if kind == "synthetic talk":
            # Another order and another pace each time round: no sound comes twice.
            text = " ".join(dice.sample(recordings.texts, min(4, len(recordings.texts))))
            yield Talk(kind, voices[number // len(kinds) % len(voices)].say(text))
        else:
            yield Talk(kind, pcm(scene(recordings, kind, dice)))


def scene(recordings: Recordings, kind: str, dice: random.Random) -> Signal:
    """Mix half a minute: a piece of a noise or of music, and people who speak in a room, at random times."""
    wanted = [name for name in recordings.noises if (name == _MUSIC) == (kind == "mixed music")]
    noise = signal(recordings.noises[dice.choice(wanted or list(recordings.noises))])
    length = _SCENE_S * SAMPLE_RATE
    piece = np.resize(np.roll(noise, dice.randrange(len(noise))), length)
    loud_db = _TALK_DB if kind == "mixed music" else _NOISE_DB
    mixed = _at_level(piece, dice.uniform(*loud_db))
    for _ in range(dice.randint(*_VOICES) if kind == "mixed talk" else dice.randint(0, 1)):
        _add(mixed, _somebody(recordings, dice), dice.randrange(length))
    return mixed


def _somebody(recordings: Recordings, dice: random.Random) -> Signal:
    said = _paced(signal(dice.choice(recordings.people)), dice.uniform(*_PACES))
    if recordings.rooms and dice.random() < 0.5:
        said = through(said, dice.choice(recordings.rooms))
    return _at_level(said, dice.uniform(*_TALK_DB))


def _add(mixed: Signal, sound: Signal, start: int) -> None:
    """Add what fits; the rest is cut, as by a door."""
    part = sound[: len(mixed) - start]
    mixed[start : start + len(part)] += part


def _paced(sound: Signal, pace: float) -> Signal:
    places = np.arange(0, len(sound) - 1, pace)
    return np.asarray(np.interp(places, np.arange(len(sound)), sound))


def _at_level(sound: Signal, level_db: float) -> Signal:
    return np.asarray(sound * 10 ** (level_db / 20) / max(1e-9, float(np.std(sound))))


def _flacs(folder: Path | None, name: str) -> list[Path]:
    return sorted((folder / name).glob("*.flac")) if folder else []


_SENTENCES = (
    "set a timer for ten minutes",
    "what will the weather be like tomorrow",
    "tell anna that i am running late",
    "add bread and butter to the shopping list",
    "the train to the city leaves at nine and arrives at noon",
    "i would like to know how far it is to the next village",
)
"""Where no recordings are given."""
