"""Gives utterances whose end is known: recordings of people and synthetic commands, as said and with a hesitation."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pocketsphinx import Decoder  # type: ignore[import-untyped]  # ships no types

from audio.files import read_sound
from audio.frames import SAMPLE_RATE
from edge.benches.hearing_clips import Clip, half_of
from models.espeak_tts import EspeakVoice
from models.pocket.wording import as_heard

_Samples = npt.NDArray[np.float64]

STEP = SAMPLE_RATE // 100
"""10 ms: how finely ends are known."""
_UNDER_PEAK_DB = 30.0
"""What is so far under the loudest 10 ms of a clip is no speech: breath, room, the recorder."""
_OVER_FLOOR = 2.5
"""Nor what is not so many times the clip's own background."""
_LEAST_RUN = 3
"""Nor what is shorter than 30 ms: the click of a switch."""
_LEAD_S, _TAIL_S = 0.4, 1.6
_LEAST_FLOOR = 8.0
"""Steps of 16 bit: digital silence is no room's."""
_PAUSE_S = (0.2, 0.8)
"""How long a hesitation is, evenly."""
_FADE = SAMPLE_RATE // 100
_FLITE_VOICES = ("rms", "slt", "awb", "kal16")


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance."""

    name: str
    group: str
    half: str
    """"tune" or "exam"."""
    speaker: str
    text: str
    pcm: bytes
    """With background before and after it."""
    end: int
    """The sample after the last voiced one."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Where one word ends and the next one begins."""

    at: int
    """Its quietest sample."""
    words: int
    """How many words lie before it."""


class Aligner:
    """Finds the gaps between the words of a recording whose words are known, with pocketsphinx's alignment."""

    def __init__(self) -> None:
        self._decoder = Decoder(loglevel="FATAL", lm=None)

    def gaps(self, sound: _Samples, text: str) -> list[Gap]:
        """Give the gaps; none where a word is not in the dictionary or the words do not fit."""
        try:
            self._decoder.set_align_text(text)
            self._decoder.start_utt()
            self._decoder.process_raw(sound.astype("<i2").tobytes(), full_utt=True)
            self._decoder.end_utt()
            words = [part for part in self._decoder.seg() or () if not part.word.startswith("<")]
        except RuntimeError:
            return []
        starts = [part.start_frame * STEP for part in words[1:]]
        return [Gap(_quietest(sound, start), before + 1) for before, start in enumerate(starts)]


def people(folder: Path, clips: Sequence[Clip]) -> Iterator[Said]:
    """Yield each recording as it is, and where its words can be found, with a hesitation between two of them."""
    aligner = Aligner()
    for clip in clips:
        sound = np.frombuffer(read_sound(folder / clip.file), "<i2").astype(np.float64)
        text = as_heard(clip.text)
        yield from _both(f"people, {_kind(clip)}", clip.file, half_of(clip.file), clip.speaker, text, sound, aligner)


def commands(texts: Sequence[str]) -> Iterator[Said]:
    """Yield commands by a synthesizer (flite where it is installed, else espeak), each twice as `people` does."""
    aligner = Aligner()
    for number, text in enumerate(texts):
        speaker, sound = _speak(text, number)
        name = f"{speaker}: {text}"
        yield from _both("synthetic commands", name, half_of(text), speaker, text, sound, aligner)


def _kind(clip: Clip) -> str:
    return {"letters-digits": "letters and digits", "command": "commands"}.get(clip.kind, "read sentences")


def _both(
    group: str, name: str, half: str, speaker: str, text: str, sound: _Samples, aligner: Aligner
) -> Iterator[Said]:
    dice = np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]))
    yield _said(group, name, half, speaker, text, sound, dice)
    end = voiced_end(sound)
    gaps = [gap for gap in aligner.gaps(sound, text) if gap.at < end]
    if gaps:
        gap = gaps[int(dice.integers(len(gaps)))]
        slow = with_pause(sound, gap.at, round(dice.uniform(*_PAUSE_S) * SAMPLE_RATE), dice)
        words = text.split()
        marked = " ".join([*words[: gap.words], "...", *words[gap.words :]])
        yield _said(f"{group}, hesitating", name, half, speaker, marked, slow, dice)


def _said(
    group: str, name: str, half: str, speaker: str, text: str, sound: _Samples, dice: np.random.Generator
) -> Said:
    lead = round(_LEAD_S * SAMPLE_RATE)
    floor = background(sound)
    around = [dice.normal(0, floor, length) for length in (lead, round(_TAIL_S * SAMPLE_RATE))]
    whole = np.concatenate([around[0], sound[: voiced_end(sound) + _FADE], around[1]])
    return Said(name, group, half, speaker, text, _pcm(whole), lead + voiced_end(sound))


def levels(sound: _Samples) -> _Samples:
    """Give the level of each 10 ms, in steps of 16 bit."""
    steps = sound[: len(sound) // STEP * STEP].reshape(-1, STEP)
    return np.asarray(np.sqrt(np.mean(steps**2, axis=1)))


def background(sound: _Samples) -> float:
    """Give the level of a clip's own background."""
    return max(_LEAST_FLOOR, float(np.percentile(levels(sound), 5)))


def voiced_end(sound: _Samples) -> int:
    """Give the sample after the last voiced one."""
    return _bound(levels(sound), background(sound), last=True) * STEP


def voiced_start(sound: _Samples, under_peak_db: float = _UNDER_PEAK_DB) -> int:
    """Give the first sample of the first 30 ms that are not so far under the peak."""
    return _bound(levels(sound), background(sound), last=False, under_peak_db=under_peak_db) * STEP


def _bound(level: _Samples, floor: float, *, last: bool, under_peak_db: float = _UNDER_PEAK_DB) -> int:
    voiced = level >= max(np.max(level) * 10 ** (-under_peak_db / 20), floor * _OVER_FLOOR)
    runs = np.convolve(voiced, np.ones(_LEAST_RUN), "valid") == _LEAST_RUN
    places = np.flatnonzero(runs)
    if not len(places):
        return len(level) if last else 0
    return int(places[-1]) + _LEAST_RUN if last else int(places[0])


def with_pause(sound: _Samples, at: int, length: int, dice: np.random.Generator) -> _Samples:
    """Give the sound with so many samples of its own background put in, faded over 10 ms on both sides."""
    before, after = sound[:at].copy(), sound[at:].copy()
    slope = np.linspace(1, 0, _FADE)
    before[-_FADE:] *= slope[-len(before) :]
    after[:_FADE] *= slope[::-1][: len(after)]
    return np.concatenate([before, dice.normal(0, background(sound), length), after])


def _quietest(sound: _Samples, near: int) -> int:
    """Give the quietest 10 ms within 50 ms of a place."""
    first = max(0, near // STEP - 5)
    level = levels(sound)[first : near // STEP + 6]
    return (first + int(np.argmin(level))) * STEP + STEP // 2 if len(level) else near


def _pcm(sound: _Samples) -> bytes:
    return sound.clip(-32768, 32767).astype("<i2").tobytes()


def _speak(text: str, number: int) -> tuple[str, _Samples]:
    if shutil.which("flite") is None:
        pcm = b"".join(EspeakVoice().speak(text))
        return "espeak", np.frombuffer(pcm, "<i2").astype(np.float64)
    voice = _FLITE_VOICES[number % len(_FLITE_VOICES)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(file)], check=True, capture_output=True)
        return f"flite {voice}", np.frombuffer(read_sound(file), "<i2").astype(np.float64)
