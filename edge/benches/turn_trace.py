"""Takes an utterance through speech detection and recognition once, so that any rule for its end can be tried."""

from __future__ import annotations

import time
from dataclasses import dataclass

from audio.endpoint import Endpointer, EndpointOptions, SpeechStarted
from audio.frames import SAMPLE_RATE, split_frames
from audio.prosody import Prosody
from audio.ring import Ring
from edge.benches.turn_sounds import Said
from models.asr import Recogniser
from models.vad import VoiceActivity

_NEVER = 3600 * SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Trace:
    """What was known at which frame of an utterance."""

    said: Said
    probabilities: tuple[float, ...]
    """Of speech, by frame."""
    words: tuple[tuple[int, str], ...]
    """The frame after which the words so far changed, and what they became; committed and tentative ones."""
    falls: tuple[float | None, ...]
    """By how many semitones the voice had fallen, by frame."""
    recogniser_s: float
    """Processor time of the recogniser."""


def trace(said: Said, vad: VoiceActivity, recogniser: Recogniser) -> Trace:
    """Hear an utterance to its end, whatever pauses are in it. Raises EngineError."""
    vad.reset()
    endless = Endpointer(EndpointOptions(end_silence=_NEVER, max_utterance=_NEVER))
    ring, prosody = Ring(), Prosody()
    probabilities, words, falls = [], [], []
    listening, spent = False, 0.0
    for number, frame in enumerate(split_frames(said.pcm)):
        probabilities.append(vad.probability(frame.pcm))
        ring.push(frame)
        prosody.take(frame.pcm)
        falls.append(prosody.fall())
        if isinstance(endless.take(frame.start, probabilities[-1]), SpeechStarted):
            recogniser.start()
            listening = True
        if listening:
            began = time.process_time()
            partial = recogniser.feed(b"".join(held.pcm for held in ring.take()))
            spent += time.process_time() - began
            if partial is not None:
                words.append((number, f"{partial.committed} {partial.tentative}".strip()))
    if listening:
        recogniser.finish()  # so that it gets used to the speaker
    return Trace(said, tuple(probabilities), tuple(words), tuple(falls), spent)
