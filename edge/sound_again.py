"""Outlives a sound device that is unplugged: the process starts itself anew and waits until sound moves again.

PortAudio lists devices only when it starts, and ending it may wait for ever for the thread of a lost device. So the
process replaces itself: what must outlive is on disk, and terminal and process number stay.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from audio.frames import AudioDeviceError, AudioDeviceLost
from edge.config import AudioSection
from edge.timeline import Problem, Timeline

_WAITS = "EARRAND_WAITS_FOR_SOUND"
"""Set in the environment of a process that goes on after a loss."""
_TRY_S = 20.0
"""A try imports, opens two devices (2 s each at worst) and gives each 5 s to move; on a busy board all takes longer."""
_PAUSE_S, _LONGEST_PAUSE_S = 2.0, 30.0
"""Between two tries; each pause is half as long again as the last, for each try starts a process."""


def was_lost(environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether this process goes on for one that lost its sound device."""
    return _WAITS in environment


def is_only(error: Exception, kind: type[Exception]) -> bool:
    """Say whether an error, or all of a group, is of a kind."""
    return isinstance(error, kind) or (isinstance(error, ExceptionGroup) and error.split(kind)[1] is None)


@contextmanager
def going_on_after_loss() -> Iterator[None]:
    """Start this program anew when a sound device is lost; a device that was never there is the caller's error."""
    # A device that has just come back may be gone again when we open it.
    lost = AudioDeviceError if was_lost() else AudioDeviceLost
    try:
        yield
    except (AudioDeviceError, ExceptionGroup) as error:
        if not is_only(error, lost):
            raise
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(sys.executable, [sys.executable, "-m", "edge", *sys.argv[1:]], {**os.environ, _WAITS: "1"})


async def wait_for_sound(settings: AudioSection, show: Timeline) -> None:
    """Come back when the sound devices are there and sound moves in them; says once that it waits."""
    show.show(Problem(side="wearable", text="the sound device went away; waiting until it is back, Ctrl-C ends"))
    pause_s = _PAUSE_S
    while not await _answers(settings):  # PortAudio does not tell when a device is plugged in
        await asyncio.sleep(pause_s)
        pause_s = min(1.5 * pause_s, _LONGEST_PAUSE_S)


async def _answers(settings: AudioSection) -> bool:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "edge.sound_probe", settings.input, settings.output),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,  # ALSA's library tells its troubles there
    )
    try:
        async with asyncio.timeout(_TRY_S):
            return await process.wait() == 0
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
