"""A simulated room: what a microphone hears of a loudspeaker, sample by sample and always the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.files import read_sound
from audio.frames import SAMPLE_RATE

Signal = NDArray[np.float64]
"""Samples, where 1.0 is full scale."""

EAR, WORN, ACROSS = "ear", "worn", "across"
"""How the names of rooms begin: nothing but the ear, a wearable in a room, a loudspeaker on the other side of it."""
_TAPS = 32
"""Of the interpolation between two clocks; its error lies 60 dB and more below speech."""
_WORN_DB = 15.0
"""Of the direct way over the room, assumed: the loudspeaker is some cm from the microphone, the walls some m."""
_BLOCK = SAMPLE_RATE // 50
_PHASES = np.arange(_TAPS) - _TAPS // 2 + 1


class Clipping(Enum):
    """What a small loudspeaker does when it is driven too hard."""

    NONE = "none"
    SOFT = "soft"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class RoomOptions:
    """What lies between loudspeaker and microphone."""

    coupling_db: float = -10.0
    """The level of the echo of white noise, over that of the noise played."""
    delay: int = SAMPLE_RATE * 8 // 100
    """Samples between the driver of the loudspeaker and that of the microphone, air not counted."""
    clipping: Clipping = Clipping.NONE
    ceiling: float = 0.25
    """Where clipping begins, of full scale."""
    drift_ppm: float = 0.0
    """How much faster the loudspeaker's clock is than the microphone's."""
    noise_db: float = -87.0
    """Of full scale: a still room of 30 dB SPL, and a microphone of 65 dB signal to noise and -26 dB at 94 dB SPL."""
    seed: int = 1


class Room:
    """Give it what the loudspeaker plays, piece by piece; it gives what the microphone hears, on its own clock.

    With two clocks that drift apart the pieces differ in length by a sample now and then.
    """

    def __init__(self, response: Signal, options: RoomOptions | None = None) -> None:
        """Take the impulse response; its beginning of silence is cut off, `delay` stands for it."""
        self._options = options or RoomOptions()
        self._response = _direct(response, self._options.coupling_db)
        self._tail = np.zeros(len(self._response) - 1)
        self._clocks = _Clocks(self._options.drift_ppm)
        self._late = np.zeros(self._options.delay)
        self._dice = np.random.default_rng(self._options.seed)

    def hear(self, played: Signal) -> Signal:
        """Give the next samples of the microphone: echo and noise, not yet limited to full scale."""
        echo = self._reverberate(clipped(played, self._options.clipping, self._options.ceiling))
        late = np.concatenate([self._late, echo])
        heard, self._late = late[: len(echo)], late[len(echo) :]
        heard = self._clocks.convert(heard)
        return heard + self._dice.standard_normal(len(heard)) * 10 ** (self._options.noise_db / 20)

    def _reverberate(self, dry: Signal) -> Signal:
        """Convolve, and keep the tail for the next piece."""
        if not len(dry):
            return dry
        length = len(dry) + len(self._response) - 1
        size = 1 << (length - 1).bit_length()
        wet = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(self._response, size), size)[:length]
        wet[: len(self._tail)] += self._tail
        self._tail = wet[len(dry) :]
        return np.asarray(wet[: len(dry)])


class _Clocks:
    """Gives sound at the rate of a second clock, by a windowed sinc."""

    def __init__(self, drift_ppm: float) -> None:
        self._step = 1 + drift_ppm * 1e-6
        self._held = np.zeros(_TAPS // 2 - 1)
        self._forgotten = -len(self._held)
        """Samples that came before those held; below 0 while silence from before the beginning is held."""
        self._made = 0

    def convert(self, sound: Signal) -> Signal:
        if self._step == 1:
            return sound
        held = np.concatenate([self._held, sound])
        last = len(held) - 1 - _TAPS // 2
        # Counted from the beginning, so that it does not matter in which pieces the sound comes.
        count = max(0, math.floor((last + self._forgotten) / self._step) + 1 - self._made)
        places = (self._made + np.arange(count)) * self._step - self._forgotten
        whole = np.floor(places).astype(np.int64)
        taps = _PHASES[None, :] - (places - whole)[:, None]
        # A raised cosine over the taps keeps the cut-off sinc from ringing.
        weights = np.sinc(taps) * (0.5 + 0.5 * np.cos(2 * np.pi * taps / _TAPS))
        out = (held[whole[:, None] + _PHASES[None, :]] * weights).sum(1)
        self._made += count
        keep = math.floor(self._made * self._step) - self._forgotten - (_TAPS // 2 - 1)
        self._held, self._forgotten = held[keep:], self._forgotten + keep
        return np.asarray(out)


def clipped(sound: Signal, clipping: Clipping, ceiling: float) -> Signal:
    """Play too loud for a small loudspeaker."""
    match clipping:
        case Clipping.NONE:
            return sound
        case Clipping.SOFT:
            return np.asarray(ceiling * np.tanh(sound / ceiling))
        case Clipping.HARD:
            return np.clip(sound, -ceiling, ceiling)


def rooms_of(folder: Path) -> dict[str, Signal]:
    """Give the ear alone, and each impulse response of the folder twice: worn in that room, and across it.

    Worn, the loudspeaker's direct way to the microphone lies 15 dB over what the room gives back. Raises
    AudioFileError.
    """
    rooms = {EAR: ear()}
    for path in sorted(folder.glob("*.flac")):
        response = without_noise(signal(read_sound(path)))
        rooms[f"{WORN} in {path.stem}"] = _worn(response)
        rooms[f"{ACROSS} {path.stem}"] = response
    return rooms


def without_noise(response: Signal) -> Signal:
    """Cut an impulse response where it sinks into the noise of its own recording: no room gives that back."""
    if len(response) < 5 * _BLOCK:
        return response
    blocks = response[: len(response) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    power = (blocks**2).mean(1)
    floor = power[-(len(power) // 5) :].mean()
    last = np.flatnonzero(power > 4 * floor)
    return response[: (last[-1] + 1) * _BLOCK] if len(last) else response


def ear() -> Signal:
    """Make the response between an earbud's loudspeaker and its own microphone: 6 ms that die away."""
    time = np.arange(SAMPLE_RATE * 6 // 1000)
    return np.asarray(np.random.default_rng(2).standard_normal(len(time)) * 0.5 ** (time / 16))


def _worn(response: Signal) -> Signal:
    """Put the ear's direct way before a room's response."""
    near, far = _direct(ear(), 0.0), _direct(response, -_WORN_DB)
    worn = np.zeros(max(len(near), len(far)))
    worn[: len(near)] += near
    worn[: len(far)] += far
    return worn


def signal(pcm: bytes) -> Signal:
    """Turn PCM into a signal."""
    return np.frombuffer(pcm, "<i2") / 32768.0


def pcm(sound: Signal) -> bytes:
    """Turn a signal into PCM; what is over full scale is clipped, as a microphone does."""
    return bytes(np.clip(np.round(sound * 32768), -32768, 32767).astype("<i2").tobytes())


def _direct(response: Signal, coupling_db: float) -> Signal:
    """Begin at the direct sound and set the level."""
    loud = np.flatnonzero(np.abs(response) > 0.1 * np.abs(response).max())
    direct = response[loud[0] :]
    return np.asarray(direct / np.sqrt((direct**2).sum()) * 10 ** (coupling_db / 20))
