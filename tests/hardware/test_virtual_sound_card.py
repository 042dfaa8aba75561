"""Real drivers, no hardware: PortAudio on ALSA on a PulseAudio card that exists only in memory.

Needs: apt-get install libportaudio2 pulseaudio pulseaudio-utils libasound2-plugins
"""

from __future__ import annotations

import asyncio
import ctypes.util
import importlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from audio.frames import SAMPLE_RATE, AudioDeviceError
from audio.wav_device import FileMicrophone

ALSA_PLUGINS = Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")
MISSING = [
    package
    for package, found in {
        "libportaudio2": ctypes.util.find_library("portaudio"),
        "pulseaudio": shutil.which("pulseaudio"),
        "pulseaudio-utils": shutil.which("pactl"),
        "libasound2-plugins": any(ALSA_PLUGINS),
    }.items()
    if not found
]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"a virtual sound card needs {' '.join(MISSING)}"),
    # ALSA's pulse plugin leaves no trace of what it waits for, so a hang must end by itself.
    pytest.mark.timeout(60),
]

CARD = """
load-module module-native-protocol-unix auth-anonymous=1 socket={folder}/native
load-module module-null-sink sink_name=glasses rate=16000 channels=1
set-default-sink glasses
set-default-source glasses.monitor
"""
ALSA = """
pcm.ear {{ type pulse device glasses hint {{ show on description "Ear" }} }}
pcm.mouth {{ type pulse device glasses.monitor hint {{ show on description "Mouth" }} }}
"""
OPTIONS = "--daemonize=no --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes --realtime=no --high-priority=no"


@dataclass
class Card:
    """A loudspeaker "ear" whose sound comes back through the microphone "mouth"."""

    device: ModuleType
    """audio.device, which may be imported only when the card is there."""
    process: subprocess.Popen[bytes]


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[Card]:
    # Not tmp_path: the path of a Unix socket may have only 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="card"))
    (folder / "card.pa").write_text(CARD.format(folder=folder))
    (folder / ".asoundrc").write_text(ALSA.format())
    for name, value in {"HOME": folder, "XDG_RUNTIME_DIR": folder, "PULSE_SERVER": f"unix:{folder}/native"}.items():
        monkeypatch.setenv(name, str(value))
    process = subprocess.Popen(
        ["pulseaudio", "-n", "-F", str(folder / "card.pa"), *OPTIONS.split()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_card(process)
        device = importlib.import_module("audio.device")
        # PortAudio lists the devices when it starts; an earlier test may have started it.
        sounddevice = importlib.import_module("sounddevice")
        sounddevice._terminate()
        sounddevice._initialize()
        yield Card(device, process)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def wait_for_card(process: subprocess.Popen[bytes]) -> None:
    """Ask until the daemon answers: pactl itself waits a moment for it."""
    for _ in range(200):
        assert process.poll() is None, "pulseaudio ended"
        if subprocess.run(["pactl", "info"], capture_output=True, timeout=10).returncode == 0:
            return
    pytest.fail("pulseaudio did not answer")


def tone(hertz: float, seconds: float) -> bytes:
    time = np.arange(round(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    return (np.sin(2 * np.pi * hertz * time) * 16000).astype("<i2").tobytes()


async def test_what_is_played_comes_back_through_the_microphone(card: Card) -> None:
    options = card.device.DeviceOptions
    speaker = card.device.SoundDeviceSpeaker(options("ear"))
    microphone = card.device.SoundDeviceMicrophone(options("mouth"))
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
    microphone = card.device.SoundDeviceMicrophone(card.device.DeviceOptions("mouth"))
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
    microphone = card.device.SoundDeviceMicrophone(card.device.DeviceOptions("mouth"))
    speaker = card.device.SoundDeviceSpeaker(card.device.DeviceOptions("ear"))
    try:
        async with asyncio.timeout(30):
            await anext(microphone.frames())
            card.process.kill()
            with pytest.raises(AudioDeviceError, match="microphone mouth went away"):
                await listen(microphone, bytearray())
            with pytest.raises(AudioDeviceError, match="speaker ear went away"):
                await speaker.write(tone(500, 20))
    finally:
        microphone.close()
        speaker.close()


async def test_an_unknown_device_is_refused_with_the_names_that_exist(card: Card) -> None:
    with pytest.raises(AudioDeviceError, match=r"nonesuch cannot be opened.*there are: .*ear.*mouth"):
        card.device.SoundDeviceMicrophone(card.device.DeviceOptions("nonesuch"))
    assert any(name.partition(": ")[2].startswith("ear (") for name in card.device.device_names())
