"""Tries the sound devices and ends with 0 if sound moves in both: `python -m edge.sound_probe INPUT OUTPUT`.

A process of its own, because PortAudio lists devices only when it starts, and because a driver that hangs cannot be
interrupted: whoever asks kills this process when it takes too long.
"""

from __future__ import annotations

import asyncio
import os
import sys

from audio.frames import FRAME_BYTES, AudioDeviceError
from edge.config import AudioSection
from edge.sound import sound_card


async def try_sound(settings: AudioSection) -> None:
    """Hear a frame and play one of silence. Raises AudioDeviceError."""
    with sound_card(settings) as sound:
        await anext(sound.microphone.frames())
        await sound.speaker.write(bytes(FRAME_BYTES))
        await sound.speaker.drain()


if __name__ == "__main__":
    try:
        asyncio.run(try_sound(AudioSection(input=sys.argv[1], output=sys.argv[2])))
    except AudioDeviceError:
        os._exit(1)  # not exit: PortAudio would close its streams first, and wait for a device that is silent
