"""The stages of the detect path, one at a time; as a program, one stage over raw sound, for valgrind to count.

python -m edge.benches.detect_stages "voice activity" SOUND SECONDS
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE

Take = Callable[[bytes], object]
"""Takes a frame."""


def _nothing() -> Take:
    return len


def _echo() -> Take:
    from audio.webrtc import WebRtcEchoCanceller

    canceller = WebRtcEchoCanceller()
    before = [bytes(FRAME_BYTES)]

    def take(frame: bytes) -> object:
        # The loudspeaker plays what the microphone hears a frame later: there is an echo to take out all the time.
        near, before[0] = before[0], frame
        return canceller.process(near, frame)

    return take


def _one_wake_word() -> Take:
    from models.micro_wake import MicroWakeWords

    return MicroWakeWords(["okay nabu"]).detect


def _all_wake_words() -> Take:
    from models.micro_wake import MicroWakeWords, bundled_wake_words

    return MicroWakeWords(bundled_wake_words()).detect


def _stop_word() -> Take:
    from models.stop_word import PocketsphinxStopWord

    return PocketsphinxStopWord().heard


def _voice_activity() -> Take:
    from models.silero_vad import SileroVad

    return SileroVad().probability


STAGES: dict[str, Callable[[], Take]] = {
    "nothing": _nothing,
    "echo canceller": _echo,
    "wake word, one": _one_wake_word,
    "wake words, four": _all_wake_words,
    "voice activity": _voice_activity,
    "stop word, while we speak": _stop_word,
}
"""Each imports what it needs when it is opened: a child process that counts one must not start the others."""


def feed(take: Take, sound: bytes, seconds: float) -> None:
    """Give a stage so much of a sound, again from the beginning when it is over."""
    starts = range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES)
    for start in islice(cycle(starts), round(seconds * SAMPLE_RATE / FRAME_SAMPLES)):
        take(sound[start : start + FRAME_BYTES])


def main(stage: str, path: str, seconds: str) -> None:
    """Open a stage, warm it up with a second, and feed it so many more."""
    sound = Path(path).read_bytes()
    take = STAGES[stage]()
    feed(take, sound, 1)
    feed(take, sound, float(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
