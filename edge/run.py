"""Runs the wearable until it is told to end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from audio.wav_device import FileMicrophone
from edge.assistant import Fed, FinishWanted, Source, Trouble
from edge.buttons import watch_device, watch_terminal
from edge.config import Config
from edge.feed import Feed
from edge.sound import Sound, recordings, sound_card
from edge.sound_again import wait_for_sound, was_lost
from edge.timeline import End, Timeline
from edge.wiring import wearable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run."""

    link: str
    """Transport spec of the radio."""
    feed: bool = False
    """Recordings, told on standard input, take the place of the microphone."""
    pace: float = 1.0
    """With a feed: stream seconds in a second."""
    out: Path | None = None
    """With a feed: WAV of what was spoken."""


async def run_wearable(config: Config, options: RunOptions, show: Timeline) -> End:
    """Assist until Ctrl-C, or until the feed is finished. Raises what `wiring.wearable` raises, and AudioError."""
    if not options.feed:
        if was_lost():
            await wait_for_sound(config.audio, show)
        with sound_card(config.audio) as sound:
            return await _assist(config, options, show, sound, *_buttons(config))
    microphone = FileMicrophone(pace=options.pace)
    with recordings(microphone, options.pace, options.out) as sound:
        return await _assist(config, options, show, sound, _feed(microphone))


async def _assist(config: Config, options: RunOptions, show: Timeline, sound: Sound, *sources: Source) -> End:
    async with wearable(config, sound, show, link=options.link, sources=sources) as assistant:
        return await assistant.run()


def _buttons(config: Config) -> list[Source]:
    """Give what presses for a wearer: the Enter key where there is a terminal, and the button of the settings."""
    device = config.wearable.button
    return [watch_terminal, *([partial(watch_device, Path(device))] if device else [])]


def _feed(microphone: FileMicrophone) -> Source:
    async def source(emit: Callable[[Any], Awaitable[None]]) -> None:
        finish = await Feed(microphone).run(lambda file: emit(Fed(file)), lambda text: emit(Trouble(text)), emit)
        await emit(FinishWanted(finish.within_s))

    return source


def until_told(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine; Ctrl-C and SIGTERM cancel it, and KeyboardInterrupt is raised when it has cleaned up."""

    async def main() -> T:
        task = asyncio.current_task()
        assert task is not None
        # Ctrl-C is asyncio.run's own; systemd and the demo send SIGTERM.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
