"""Gives the commands that the latency bench says: whole ones in a quiet room, and ones with a hesitation."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np

from audio.files import read_sound
from audio.frames import SAMPLE_RATE
from edge.benches.turn_sounds import commands
from edge.benches.turn_taking import command_texts
from edge.config import Config
from edge.fast_path import FastPath
from models.espeak_tts import EspeakVoice

_RECORDED = ("what_time_is_it.flac", "order_me_a_pizza.flac")
_SPOKEN = ("what day is it", "set the volume to fifty", "what can you do", "set a timer for twenty minutes")
"""Commands that need no phone. None rings while the bench runs."""
_DATA = Path(__file__).parents[2] / "tests" / "data"
_ROOM = 100.0
"""Standard deviation of the noise of a quiet room, in steps of 16 bits."""
_TELLS = ("calculate", "convert", "list_alarms", "read_list", "read_notes", "tell_date", "tell_time", "timer_status")
"""Tools that need no phone, change nothing and ask nothing: one command leaves no trace in the next one's turn."""


def plain_clips() -> list[bytes]:
    """Give the recordings that are there, and the commands that espeak speaks."""
    voice = EspeakVoice("en-us", words_per_minute=150, pitch=30)
    recorded = [_DATA / name for name in _RECORDED if (_DATA / name).exists()]
    return [
        *(_in_a_room(read_sound(path)) for path in recorded),
        *(_in_a_room(b"".join(voice.speak(words))) for words in _SPOKEN),
    ]


def hesitating_clips(count: int, config: Config, templates: FastPath) -> list[bytes]:
    """Give the first hesitating commands of `bench turn-taking` that settings were not tuned on and that only ask."""
    texts = command_texts(config, templates, 25 * count)
    asking = (
        one.pcm
        for one in commands(texts)
        if one.group.endswith("hesitating")
        and one.half == "exam"
        and (call := templates.match(one.text.replace(" ...", ""))) is not None
        and call.tool in _TELLS
    )
    return list(islice(asking, count))


def _in_a_room(pcm: bytes) -> bytes:
    said = np.concatenate([np.frombuffer(pcm, "<i2"), np.zeros(SAMPLE_RATE // 2)])
    noise = np.random.default_rng(1).normal(0.0, _ROOM, len(said))
    return (said + noise).clip(-32768, 32767).astype("<i2").tobytes()
