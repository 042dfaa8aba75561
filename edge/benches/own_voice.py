"""Our own voice for the echo bench: every sentence of the phrase book, and some with our own wake and stop words."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from audio.frames import FRAME_BYTES, split_frames
from models.tts import Voice

_PHRASES = Path(__file__).parents[1] / "phrases" / "en.toml"
_FILLINGS = ("the pasta timer", "seven", "Anna", "tomorrow at nine", "a large pizza", "twenty five minutes")
OWN_WORDS = (
    "Okay nabu.",
    "Stop.",
    "Say okay nabu when you need me, and stop when you do not.",
    "Hey jarvis, alexa and hey mycroft are wake words too.",
)
_EVERY = 8
"""After so many sentences comes one with our own words."""
_BETWEEN_FRAMES = 20
_TURN_FRAMES = 75
"""1.5 s of silence between answers of three sentences."""
_TURN_SENTENCES = 3


def sentences() -> list[str]:
    """Read the phrase book and fill its slots with something to say."""
    with _PHRASES.open("rb") as file:
        texts = list(_texts(tomllib.load(file)))
    fillings = cycle(_FILLINGS)
    return [re.sub(r"\{\w+\}", lambda _: next(fillings), re.sub(r"[\[\]]", "", text)) for text in texts]


def speech(voice: Voice, seed: int = 1) -> Iterator[bytes]:
    """Speak for ever, in frames, at full volume: answers of three sentences, in an order that `seed` chooses."""
    dice = random.Random(seed)
    known = sentences()
    own = cycle(OWN_WORDS)
    count = 0
    while True:
        for sentence in dice.sample(known, len(known)):
            count += 1
            yield from _spoken(voice, next(own) if count % _EVERY == 0 else sentence)
            yield from [bytes(FRAME_BYTES)] * (_TURN_FRAMES if count % _TURN_SENTENCES == 0 else _BETWEEN_FRAMES)


def _spoken(voice: Voice, sentence: str) -> Iterator[bytes]:
    for frame in split_frames(b"".join(voice.speak(sentence))):
        yield frame.pcm


def _texts(value: Any) -> Iterator[str]:
    """Walk through what a TOML file holds."""
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
