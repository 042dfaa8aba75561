"""Facts about what is done with every frame."""

from __future__ import annotations

import math
import struct

from audio.frames import FRAME_BYTES, FRAME_SAMPLES
from edge.detector import Detector

SILENCE = bytes(FRAME_BYTES)
VOWEL = struct.pack(
    f"<{FRAME_SAMPLES}h", *(round(8000 * math.sin(math.tau * number / 80)) for number in range(FRAME_SAMPLES))
)


class Sure:
    """A VoiceActivity that takes everything for speech, and counts."""

    def __init__(self) -> None:
        self.frames = 0

    def probability(self, pcm: bytes) -> float:
        self.frames += 1
        return 1.0

    def reset(self) -> None:
        pass


def test_what_is_masked_is_no_speech_and_is_not_shown_to_the_speech_detector() -> None:
    vad = Sure()
    detector = Detector(vad)
    found = [detector.detect(VOWEL, SILENCE, True, lambda level_db: True) for _ in range(3)]
    assert [frame.probability for frame in found] == [0.0] * 3
    assert vad.frames == 0
    assert detector.detect(VOWEL, SILENCE, True, lambda level_db: False).probability == 1.0


def test_while_we_speak_it_tells_how_much_sound_repeats_itself() -> None:
    detector = Detector(Sure())
    assert [detector.detect(VOWEL, SILENCE, False, lambda _: False).repeats for _ in range(3)] == [0.0] * 3
    assert [detector.detect(VOWEL, SILENCE, True, lambda _: False).repeats > 0.9 for _ in range(3)][1:] == [True] * 2
