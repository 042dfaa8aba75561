"""Takes an utterance through speech detection and recognition once, so that any rule for its end can be tried."""

from __future__ import annotations

import time
from dataclasses import dataclass

from audio.endpoint import Endpointer, EndpointOptions, SpeechStarted
from audio.frames import SAMPLE_RATE, split_frames
from audio.ring import Ring
from edge.benches.turn_sounds import Said
from edge.listener import Listener
from models.vad import VoiceActivity

_NEVER = 3600 * SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an utterance after a frame."""

    words: str = ""
    """So far, committed and tentative ones."""
    reread: str = ""
    """By a closer look in the pause that goes on; empty without."""
    fall: float | None = None
    """By how many semitones the voice has fallen."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What was known at which frame of an utterance."""

    said: Said
    probabilities: tuple[float, ...]
    """Of speech, by frame."""
    known: tuple[Known, ...]
    """By frame."""
    recogniser_s: float
    """Processor time of the recogniser."""


def trace(said: Said, vad: VoiceActivity, listener: Listener) -> Trace:
    """Hear an utterance to its end, whatever pauses are in it. Raises EngineError."""
    vad.reset()
    endless = Endpointer(EndpointOptions(end_silence=_NEVER, max_utterance=_NEVER))
    ring = Ring()
    probabilities, known = [], []
    listening, spent = False, 0.0
    for frame in split_frames(said.pcm):
        probabilities.append(vad.probability(frame.pcm))
        ring.push(frame)
        if isinstance(endless.take(frame.start, probabilities[-1]), SpeechStarted):
            listener.start()
            listening = True
        if listening:
            began = time.process_time()
            listener.hear(b"".join(held.pcm for held in ring.take()), endless.silence)
            spent += time.process_time() - began
        known.append(Known(listener.words, listener.reread, listener.fall) if listening else Known())
    if listening:
        listener.finish()  # so that it gets used to the speaker
    return Trace(said, tuple(probabilities), tuple(known), spent)
