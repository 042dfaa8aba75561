"""Real drivers, no hardware: our devices on PortAudio on ALSA on a card that exists only in memory."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import numpy as np
import pytest

from audio.frames import SAMPLE_RATE, AudioDeviceError
from audio.wav_device import FileMicrophone
from tests.sound_card import WITH_SOUND_CARD, Card

pytestmark = WITH_SOUND_CARD


def tone(hertz: float, seconds: float) -> bytes:
    time = np.arange(round(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    return (np.sin(2 * np.pi * hertz * time) * 16000).astype("<i2").tobytes()


async def test_what_is_played_comes_back_through_the_microphone(card: Card) -> None:
    options = card.device.DeviceOptions
    speaker = card.device.SoundDeviceSpeaker(options("ear"))
    microphone = card.device.SoundDeviceMicrophone(options("loop"))
    heard = bytearray()
    try:
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(listen(microphone, heard))
            # A null sink stalls for up to 2 s after it was opened: speak for longer.
            for _ in range(20):
                await speaker.write(tone(1000, 0.2))
            await speaker.drain()
            microphone.close()
        assert listening.done()
        assert speaker.played == SAMPLE_RATE * 4
    finally:
        speaker.close()
        microphone.close()
    sound = np.frombuffer(bytes(heard), "<i2")
    loud = sound[np.abs(sound) > 8000]
    assert len(loud) > SAMPLE_RATE
    last_second = np.trim_zeros(sound)[-SAMPLE_RATE:]
    assert np.abs(np.fft.rfft(last_second)).argmax() == pytest.approx(1000, abs=3)
    assert np.abs(last_second).max() == pytest.approx(16000, rel=0.05)


async def listen(microphone: object, heard: bytearray) -> None:
    async for frame in microphone.frames():  # type: ignore[attr-defined]  # its class is known only at run time
        heard.extend(frame.pcm)


async def test_hush_drops_what_the_driver_has_not_taken(card: Card) -> None:
    speaker = card.device.SoundDeviceSpeaker(card.device.DeviceOptions("ear"))
    try:
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            await speaker.write(tone(500, 0.5))
            tasks.create_task(speaker.write(tone(500, 20)))
            tasks.create_task(hush(speaker))
        assert SAMPLE_RATE * 0.2 <= speaker.played < SAMPLE_RATE * 3
    finally:
        speaker.close()


async def hush(speaker: object) -> None:
    speaker.hush()  # type: ignore[attr-defined]  # its class is known only at run time
    await speaker.drain()  # type: ignore[attr-defined]  # the same


async def test_a_late_reader_loses_the_oldest_frames_and_they_are_counted(card: Card) -> None:
    microphone = card.device.SoundDeviceMicrophone(card.device.DeviceOptions("loop"))
    try:
        async with asyncio.timeout(30), aclosing(microphone.frames()) as frames:
            first = await anext(frames)
            async for waited in FileMicrophone().frames():
                if waited.end >= 2 * SAMPLE_RATE:
                    break
            later = [await anext(frames) for _ in range(2)]
        assert later[0].start > first.end
        assert later[1].start == later[0].end
        assert microphone.dropped >= (later[0].start - first.end) // 320 > 0
    finally:
        microphone.close()


async def test_a_card_that_goes_away_is_a_device_error(card: Card) -> None:
    microphone = card.device.SoundDeviceMicrophone(card.device.DeviceOptions("loop"))
    speaker = card.device.SoundDeviceSpeaker(card.device.DeviceOptions("ear"))
    try:
        async with asyncio.timeout(30):
            await anext(microphone.frames())
            card.kill()
            with pytest.raises(AudioDeviceError, match="microphone loop went away"):
                await listen(microphone, bytearray())
            with pytest.raises(AudioDeviceError, match="speaker ear went away"):
                await speaker.write(tone(500, 20))
    finally:
        microphone.close()
        speaker.close()


async def test_an_unknown_device_is_refused_with_the_names_that_exist(card: Card) -> None:
    with pytest.raises(AudioDeviceError, match=r"nonesuch cannot be opened.*there are: .*ear.*mouth.*loop"):
        card.device.SoundDeviceMicrophone(card.device.DeviceOptions("nonesuch"))
    assert any(name.partition(": ")[2].startswith("ear (") for name in card.device.device_names())
