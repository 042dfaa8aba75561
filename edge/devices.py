"""The sound card of the settings, opened again whenever it went away: the wearable must not die of an earbud."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from typing import Any

from audio.frames import AudioDeviceError
from audio.reopening import DeviceBack, DeviceLost, OpenMicrophone, OpenSpeaker, ReopeningMicrophone, ReopeningSpeaker
from edge.config import AudioSection
from edge.sound import Sound

_CHANGES = 10
"""Losses and returns that wait to be told: the back-off keeps them seldom."""


class Devices:
    """Owns the microphone and the speaker. `run` is a Source: it tells DeviceLost and DeviceBack."""

    def __init__(self, settings: AudioSection) -> None:
        """Open the devices, inside the running loop. Raises AudioDeviceError, also where PortAudio is not installed."""
        self._settings = settings
        self._device: Any = importlib.import_module("audio.device")  # needs PortAudio, the rest not
        self._changes: asyncio.Queue[DeviceLost | DeviceBack] = asyncio.Queue(_CHANGES)
        self._speaker = ReopeningSpeaker(self._open_speaker, self._tell)
        try:
            self._microphone = ReopeningMicrophone(self._open_microphone, self._tell)
        except AudioDeviceError:
            self._speaker.close()
            raise

    @property
    def sound(self) -> Sound:
        """The microphone and the speaker."""
        return Sound(self._microphone, self._speaker, echoes=True)

    async def run(self, emit: Callable[[object], Awaitable[None]]) -> None:
        """Look after the devices until cancelled, and tell what becomes of them."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._speaker.keep())
            while True:
                await emit(await self._changes.get())

    def close(self) -> None:
        """Close the devices."""
        self._microphone.close()
        self._speaker.close()

    def _tell(self, change: DeviceLost | DeviceBack) -> None:
        if self._changes.full():
            self._changes.get_nowait()  # the oldest says least
        self._changes.put_nowait(change)

    def _open_microphone(self) -> OpenMicrophone:
        opened: OpenMicrophone = self._device.SoundDeviceMicrophone(self._options(self._settings.input))
        return opened

    def _open_speaker(self) -> OpenSpeaker:
        opened: OpenSpeaker = self._device.SoundDeviceSpeaker(self._options(self._settings.output))
        return opened

    def _options(self, name: str) -> Any:
        return self._device.DeviceOptions(int(name) if name.isdigit() else name or None)
