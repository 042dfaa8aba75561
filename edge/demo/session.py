"""Runs one demo from its options to its verdict."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio.files import read_sound, write_wav
from audio.frames import SAMPLE_RATE
from edge.demo.conductor import Conductor, DemoFailed, DemoOptions
from edge.demo.script import Say, Step, read_script
from edge.timeline import End, Timeline
from models.espeak_tts import EspeakVoice

_WORDS_PER_MINUTE = 150
_PITCH = 30
"""How a wearer sounds whose words were given as text: of the espeak voices that were tried, the recogniser understands
this one best, two commands of three. The recordings in tests/data are by a better one, which few machines have."""
_ROOM = 100.0
"""Standard deviation of the noise of a quiet room, in steps of 16 bits: -50 dBFS. espeak's stops are digital silence,
which no microphone gives and no acoustic model has learned."""
_PAUSE_S = 0.5
_AFTER_S = 1.5
"""Longer than the longest silence that is waited for: what follows the recording is digital silence too."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user of `earrand demo` asked for."""

    say: tuple[str, ...] = ()
    recordings: tuple[Path, ...] = ()
    microphone: bool = False
    out: Path | None = None
    pace: float = 1.0
    config: Path | None = None


async def run_demo(wish: Wish, folder: Path, screen: Timeline) -> End:
    """Run it; everything that comes of it lies in `folder`. Raises DemoFailed, ScriptError, AudioError, EngineError."""
    options = DemoOptions(
        folder,
        wish.out or folder / "replies.wav",
        wish.pace,
        wish.microphone,
        wish.config,
    )
    steps = await asyncio.to_thread(_steps, wish, folder)
    return await Conductor(options, steps, screen).run()


def make_folder(parent: Path) -> Path:
    """Make a new folder for a run, also when two begin in the same second. Raises DemoFailed."""
    name = time.strftime("demo-%Y%m%d-%H%M%S")
    for folder in (parent / name, parent / f"{name}-{os.getpid()}"):
        try:
            (folder / "phone").mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as exc:
            raise DemoFailed(
                f"no folder for the results in {parent} ({exc.strerror}); begin in another folder"
            ) from exc
        return folder
    raise DemoFailed(f"{parent / name} is there already")


def all_well(end: End) -> bool:
    """Say whether every errand reached its end and was spoken, and every timer rang."""
    spoken = all(errand["announced"] for errand in end.errands.values())
    return spoken and not end.unrung


def _in_a_room(pcm: bytes) -> bytes:
    before, after = np.zeros(round(_PAUSE_S * SAMPLE_RATE)), np.zeros(round(_AFTER_S * SAMPLE_RATE))
    said = np.concatenate([before, np.frombuffer(pcm, "<i2"), after])
    room = np.random.default_rng(1).normal(0.0, _ROOM, len(said))
    return (said + room).clip(-32768, 32767).astype("<i2").tobytes()


def _steps(wish: Wish, folder: Path) -> Sequence[Step]:
    steps: list[Step] = []
    for file in wish.recordings:
        read_sound(file)  # a file that is no sound is an error now, before anything is started
        steps.append(Say(file.resolve(), ""))
    if wish.say:
        voice = EspeakVoice("en-us", words_per_minute=_WORDS_PER_MINUTE, pitch=_PITCH)
        for number, words in enumerate(wish.say, 1):
            file = folder / f"say-{number}.wav"
            write_wav(file, _in_a_room(b"".join(voice.speak(words))))
            steps.append(Say(file, words))
    return steps or ([] if wish.microphone else read_script())
