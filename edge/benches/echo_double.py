"""Measures what is left of the wearer's voice when both speak."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from audio.echo import EchoCanceller
from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE
from edge.benches.echo_path import cancel, pairs
from edge.benches.room import Room, RoomOptions, Signal, pcm, signal
from models.vad import VoiceActivity

_ALONE = 5 * SAMPLE_RATE
"""We speak alone for 5 s, so that the canceller has learned."""
_LONGEST_DELAY = 400
"""Samples by which a canceller may delay the wearer's voice."""
_SPEECH = 0.5


@dataclass(frozen=True, slots=True)
class Kept:
    """What a canceller leaves of the wearer's voice, on average over the voices."""

    canceller: str
    room: str
    wearer_db: float
    """Level of the wearer's voice over that of the echo."""
    level_db: float
    """What the canceller changed of the level of the wearer's voice."""
    correlation: float
    """Between the wearer's voice and what came out, 0 to 1."""
    heard: float
    """Share of the frames that the detector takes for speech when the wearer speaks alone, that it still does."""


def kept(
    name: str,
    room: tuple[str, Signal],
    wearer_db: float,
    voices: Sequence[Signal],
    played: Sequence[bytes],
    make: Callable[[], EchoCanceller],
    vad: VoiceActivity,
) -> Kept:
    """Let each voice speak into ours, through a canceller made anew."""
    echo = Room(room[1]).hear(signal(b"".join(played)))[_ALONE:]
    marks = np.array([_one(room[1], _scaled(voice, echo, wearer_db), played, make(), vad) for voice in voices])
    level, correlation, heard = (float(value) for value in marks.mean(0))
    return Kept(name, room[0], wearer_db, level, correlation, heard)


def _one(
    response: Signal, wearer: Signal, played: Sequence[bytes], canceller: EchoCanceller, vad: VoiceActivity
) -> tuple[float, float, float]:
    """Give level in dB, correlation and share heard."""
    whole = np.concatenate([np.zeros(_ALONE), wearer])[: len(played) * FRAME_SAMPLES]
    paired = list(pairs(played, Room(response, RoomOptions()), whole))
    run = cancel(canceller, paired)
    level, correlation = _compare(whole[_ALONE:], signal(run.out)[_ALONE:])
    alone = np.array(_speech(vad, pcm(np.pad(whole, (0, len(run.out) // 2 - len(whole))))))
    together = np.array(_speech(vad, run.out))
    voiced = max(1, int(alone.sum()))
    return level, correlation, float((together & alone).sum()) / voiced


def _compare(wearer: Signal, out: Signal) -> tuple[float, float]:
    """Give the level of the wearer's voice in `out`, in dB, and its correlation, at the delay that fits best."""
    best, level = 0.0, -100.0
    for delay in range(0, _LONGEST_DELAY, 2):
        shifted = out[delay : delay + len(wearer)]
        voice = wearer[: len(shifted)]
        both = float(voice @ shifted)
        correlation = both / math.sqrt(max(1e-12, float(voice @ voice) * float(shifted @ shifted)))
        if correlation > best:
            best, level = correlation, 20 * math.log10(both / float(voice @ voice))
    return level, best


def _speech(vad: VoiceActivity, sound: bytes) -> list[bool]:
    vad.reset()
    return [
        vad.probability(sound[at : at + FRAME_BYTES]) >= _SPEECH
        for at in range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES)
    ]


def _scaled(voice: Signal, echo: Signal, over_db: float) -> Signal:
    wanted = float(np.std(echo)) * 10 ** (over_db / 20)
    return np.asarray(voice * wanted / max(1e-9, float(np.std(voice))))
