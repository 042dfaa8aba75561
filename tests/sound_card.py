"""A sound card that exists only in memory: real PortAudio on ALSA on PulseAudio, and nothing to hear it.

It has two channels and one clock: left is what the glasses' loudspeaker plays, right what is said in front of their
microphone. A recording of the card has both, so what happened when is told by counting samples.

Needs: apt-get install libportaudio2 pulseaudio pulseaudio-utils libasound2-plugins
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes.util
import importlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import platformdirs
import pytest

from audio.frames import SAMPLE_RATE

MISSING = [
    package
    for package, found in {
        "libportaudio2": ctypes.util.find_library("portaudio"),
        "pulseaudio": shutil.which("pulseaudio"),
        "pulseaudio-utils": shutil.which("pactl") and shutil.which("pacat"),
        "libasound2-plugins": any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")),
    }.items()
    if not found
]
WITH_SOUND_CARD = [
    pytest.mark.skipif(bool(MISSING), reason=f"a virtual sound card needs: apt-get install {' '.join(MISSING)}"),
    # ALSA's pulse plugin leaves no trace of what it waits for, so a hang must end by itself.
    pytest.mark.timeout(90),
]
AUDIBLE = 300
"""Steps of 16 bit, -41 dB: what is over it is sound."""
_NULL = "module-null-sink sink_name=card rate=16000 channels=2 channel_map=front-left,front-right"
_GLASSES = (
    "module-remap-sink sink_name=glasses master=card channels=1 channel_map=mono master_channel_map=front-left remix=no"
)
_ROOM = (
    "module-remap-sink sink_name=room master=card channels=1 channel_map=mono master_channel_map=front-right remix=no"
)
_LAPEL = (
    "module-remap-source source_name=lapel master=card.monitor channels=1 channel_map=mono "
    "master_channel_map=front-right remix=no"
)
_CARD = f"""
load-module module-native-protocol-unix auth-anonymous=1 socket={{folder}}/native
load-module {_NULL}
load-module {_GLASSES}
load-module {_ROOM}
load-module {_LAPEL}
set-default-sink glasses
set-default-source lapel
"""
_ALSA = """
pcm.ear { type pulse device glasses hint { show on description "Ear" } }
pcm.mouth { type pulse device lapel hint { show on description "Mouth" } }
pcm.loop { type pulse device glasses.monitor hint { show on description "Loop" } }
"""
_OPTIONS = "--daemonize=no --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes --realtime=no --high-priority=no"
_RAW = f"--raw --rate={SAMPLE_RATE} --format=s16le --latency-msec=20"

Samples = npt.NDArray[np.int16]


@dataclass
class Card:
    """A loudspeaker "ear", a microphone "mouth", and "loop", a microphone that hears nothing but the loudspeaker."""

    folder: Path
    process: subprocess.Popen[bytes]
    device: ModuleType = field(init=False)
    """audio.device, which may be imported only when the card is there."""

    def kill(self) -> None:
        """Let the sound server die."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        """Bring a sound server that died back."""
        self.process = _start(self.folder)

    def freeze(self) -> None:
        """Let the sound server stand still: it takes nothing, gives nothing and answers nobody."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen sound server go on."""
        self.process.send_signal(signal.SIGCONT)

    async def say(self, pcm: bytes) -> None:
        """Speak in front of the microphone, from a process of its own; comes back when all was said."""
        process = await asyncio.create_subprocess_exec(
            "pacat", "--playback", "--device=room", "--channels=1", *_RAW.split(), stdin=asyncio.subprocess.PIPE
        )
        await process.communicate(pcm)
        assert process.returncode == 0


class Recording:
    """What the card played and heard, on one clock: samples since the recording began."""

    def __init__(self) -> None:
        self._sound = bytearray()
        self._grew = asyncio.Event()

    @property
    def ear(self) -> Samples:
        """What the loudspeaker played."""
        return self._both()[:, 0]

    @property
    def mouth(self) -> Samples:
        """What was said in front of the microphone."""
        return self._both()[:, 1]

    async def until(self, ready: Callable[[], bool]) -> None:
        """Go on recording until something is so."""
        async with asyncio.timeout(30):
            while not ready():
                self._grew.clear()
                await self._grew.wait()

    async def quiet_for(self, seconds: float) -> None:
        """Go on recording until the loudspeaker, which has played something, has been silent for so long."""
        await self.until(lambda: (heard := audible(self.ear)) is not None and self._since(heard[1]) >= seconds)

    async def take(self, stream: asyncio.StreamReader) -> None:
        """Take what comes until there is no more."""
        while block := await stream.read(4096):
            self._sound += block
            self._grew.set()

    def _since(self, sample: int) -> float:
        return (len(self.ear) - sample) / SAMPLE_RATE

    def _both(self) -> Samples:
        whole = bytes(self._sound[: len(self._sound) // 4 * 4])
        return np.frombuffer(whole, "<i2").reshape(-1, 2)


def audible(sound: Samples) -> tuple[int, int] | None:
    """Give the first audible sample and the one after the last, if there are any."""
    places = np.flatnonzero(np.abs(sound.astype(np.int32)) > AUDIBLE)
    return (int(places[0]), int(places[-1]) + 1) if len(places) else None


@asynccontextmanager
async def recorded() -> AsyncIterator[Recording]:
    """Record the card, in a process of its own, from now until this is left."""
    process = await asyncio.create_subprocess_exec(
        *f"parec --device=card.monitor --channels=2 {_RAW}".split(), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    recording = Recording()
    try:
        async with asyncio.TaskGroup() as tasks:
            taking = tasks.create_task(recording.take(process.stdout))
            # The recorder has joined when sound comes, be it silence.
            await recording.until(lambda: len(recording.ear) > 0)
            yield recording
            taking.cancel()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[Card]:
    """Give a card of its own to a test."""
    # Not tmp_path: the path of a Unix socket may have only 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="card"))
    (folder / "card.pa").write_text(_CARD.format(folder=folder))
    (folder / ".asoundrc").write_text(_ALSA)
    # What the recogniser made once must be found although HOME is another.
    monkeypatch.setenv("XDG_CACHE_HOME", str(platformdirs.user_cache_path()))
    for name, value in {"HOME": folder, "XDG_RUNTIME_DIR": folder, "PULSE_SERVER": f"unix:{folder}/native"}.items():
        monkeypatch.setenv(name, str(value))
    card = Card(folder, _start(folder))
    try:
        card.device = importlib.import_module("audio.device")
        # PortAudio lists the devices when it starts; an earlier test may have started it.
        sounddevice = importlib.import_module("sounddevice")
        sounddevice._terminate()
        sounddevice._initialize()
        yield card
    finally:
        card.kill()
        shutil.rmtree(folder)


def _start(folder: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        ["pulseaudio", "-n", "-F", str(folder / "card.pa"), *_OPTIONS.split()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _wait_for(process)
    return process


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    """Ask until the daemon answers: pactl itself waits a moment for it."""
    for _ in range(200):
        assert process.poll() is None, "pulseaudio ended"
        if subprocess.run(["pactl", "info"], capture_output=True, timeout=10).returncode == 0:
            return
    process.kill()
    pytest.fail("pulseaudio did not answer")
