"""A device that is unplugged and plugged in again, by a real driver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from audio.frames import SAMPLE_RATE, Frame
from audio.reopening import DeviceBack, DeviceLost
from edge.config import AudioSection
from edge.devices import Devices
from tests.sound_card import AUDIBLE, WITH_SOUND_CARD, Card, audible, recorded

pytestmark = WITH_SOUND_CARD


def tone(seconds: float) -> bytes:
    time = np.arange(round(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    return (np.sin(2 * np.pi * 500 * time) * 16000).astype("<i2").tobytes()


def is_loud(frame: Frame) -> bool:
    return int(np.frombuffer(frame.pcm, "<i2").max()) > AUDIBLE


class Wearer:
    """Hears all that the microphone hears, and is told what becomes of the devices."""

    def __init__(self, devices: Devices) -> None:
        self.sound = devices.sound
        self.frames: list[Frame] = []
        self._heard = asyncio.Event()
        self.changes: asyncio.Queue[object] = asyncio.Queue()

    async def listen(self) -> None:
        async for frame in self.sound.microphone.frames():
            self.frames.append(frame)
            self._heard.set()

    async def told(self) -> object:
        async with asyncio.timeout(20):
            return await self.changes.get()

    async def hears(self, ready: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not ready():
                self._heard.clear()
                await self._heard.wait()


@asynccontextmanager
async def wearing() -> AsyncIterator[Wearer]:
    devices = Devices(AudioSection(input="mouth", output="ear"))
    wearer = Wearer(devices)
    try:
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(devices.run(wearer.changes.put))
            tasks.create_task(wearer.listen())
            yield wearer
            watching.cancel()
            devices.close()
    finally:
        devices.close()


async def test_a_loudspeaker_that_comes_back_is_heard_again(card: Card) -> None:
    async with recorded() as recording, wearing() as wearer:
        speaker = wearer.sound.speaker
        await speaker.write(tone(1))
        await recording.until(lambda: audible(recording.ear) is not None)
        card.unplug_loudspeaker()
        match await wearer.told():
            case DeviceLost("speaker", why):
                assert "speaker ear went away" in why
            case other:
                pytest.fail(f"{other}")
        played = speaker.played
        async with asyncio.timeout(5):
            await speaker.write(tone(10))  # nobody hears it, and nobody waits for it
            await speaker.drain()
        assert speaker.played == played
        card.plug_loudspeaker()
        assert await wearer.told() == DeviceBack("speaker")
        silent_since = len(recording.ear)
        await speaker.write(tone(1))
        await recording.until(lambda: audible(recording.ear, silent_since) is not None)
        await speaker.drain()
        assert speaker.played == played + SAMPLE_RATE


async def test_a_microphone_that_comes_back_hears_again_and_the_stream_goes_on_meanwhile(card: Card) -> None:
    async with recorded() as recording, wearing() as wearer:
        await recording.until(lambda: len(recording.mouth) > SAMPLE_RATE)
        card.unplug_microphone()
        assert isinstance(await wearer.told(), DeviceLost)
        lost = len(wearer.frames)
        await wearer.hears(lambda: len(wearer.frames) > lost + 25)
        assert not any(any(frame.pcm) for frame in wearer.frames[lost:])
        card.plug_microphone()
        assert await wearer.told() == DeviceBack("microphone")
        known = len(wearer.frames)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(card.say(tone(2)))
            tasks.create_task(wearer.hears(lambda: any(map(is_loud, wearer.frames[known:]))))


async def test_both_devices_survive_the_death_of_the_sound_server(card: Card) -> None:
    async with wearing() as wearer:
        card.kill()
        assert {type(await wearer.told()), type(await wearer.told())} == {DeviceLost}
        lost = len(wearer.frames)
        await wearer.hears(lambda: len(wearer.frames) > lost + 25)
        assert not any(any(frame.pcm) for frame in wearer.frames[lost:])
        card.start()
        assert {await wearer.told(), await wearer.told()} == {DeviceBack("speaker"), DeviceBack("microphone")}
        async with recorded() as recording, asyncio.TaskGroup() as tasks:
            tasks.create_task(wearer.sound.speaker.write(tone(2)))
            tasks.create_task(card.say(tone(2)))
            known = len(wearer.frames)
            tasks.create_task(wearer.hears(lambda: any(map(is_loud, wearer.frames[known:]))))
            await recording.until(lambda: audible(recording.ear) is not None)
        starts = [frame.start for frame in wearer.frames]
        assert starts == sorted(set(starts))
