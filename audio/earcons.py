"""The fixed set of short sounds: each has one meaning, so that an ear learns them.

sound       contour                         it means
---------   -----------------------------   ---------------------------------------------
listening   soft pair, up a fourth          I listen, speak now
done        bright, up a fifth              an errand ended well
problem     low, down a fourth              it did not work
cancelled   one low knock                   stopped, as you said
no_link     low, three times the same       the phone is not there
ring        high, three notes               a timer, an alarm or a reminder
"""

from __future__ import annotations

import numpy as np

from audio.frames import SAMPLE_RATE

_PEAK = 0.25
"""Of full scale, -12 dB: speech must stay the loudest thing in the ear."""
_ATTACK_S = 0.008
"""Slow enough for no click."""
_HALVING_S = 0.03
"""The tone loses half of its strength in this time, like a struck bar."""


def listening() -> bytes:
    """Make one soft rising pair of tones: speak now."""
    return _tones((660, 0.07), (880, 0.11))


def done() -> bytes:
    """Make a bright step up by a fifth: an errand ended well."""
    return _tones((784, 0.08), (1175, 0.15))


def problem() -> bytes:
    """Make a low step down: it did not work."""
    return _tones((392, 0.10), (294, 0.13))


def cancelled() -> bytes:
    """Make one low knock: stopped."""
    return _tones((220, 0.15))


def no_link() -> bytes:
    """Make three equal low notes: nobody is at the other end."""
    return _tones((440, 0.08), (440, 0.08), (440, 0.08))


def ring() -> bytes:
    """Make one ring of a timer or an alarm."""
    return _tones((988, 0.09), (1319, 0.09), (988, 0.12))


def _tones(*notes: tuple[float, float]) -> bytes:
    """Make PCM of notes given as (hertz, seconds)."""
    sound = np.concatenate([_tone(hertz, seconds) for hertz, seconds in notes])
    return bytes((sound * _PEAK * 32767).astype("<i2").tobytes())


def _tone(hertz: float, seconds: float) -> np.ndarray:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    attack = np.minimum(1.0, time / _ATTACK_S)
    decay = 0.5 ** (time / _HALVING_S) * np.minimum(1.0, (time[-1] - time) / _ATTACK_S)
    # A little of the octave makes it audible on a speaker that has no bass.
    wave = 0.8 * np.sin(2 * np.pi * hertz * time) + 0.2 * np.sin(4 * np.pi * hertz * time)
    return np.asarray(wave * attack * decay)
