"""Hears one utterance at a time: the words so far, and how much silence would end it."""

from __future__ import annotations

from audio.frames import SAMPLE_RATE
from audio.prosody import Prosody
from edge.completeness import Completeness, Judge
from edge.turn_end import TurnEnd
from models.asr import Heard, Partial, Recogniser

_PAUSE = SAMPLE_RATE * 3 // 20
"""Samples of silence after which words that are no command are read once more: longer than the stops within words. The
reading takes 0.43 s of processor time on average (x86-64); the silence after such words, 0.6 to 0.9 s."""
_MOST_REREADS = 2
"""In one utterance: other people's talk is no command in any pause."""
_COMMANDS = {Completeness.COMPLETE, Completeness.EXTENDABLE, Completeness.OPEN}


class Listener:
    """Lives on the recogniser's thread.

    As long as a recogniser that streams has misheard a word, a whole command looks unfinished, and the wearer waits for
    the long silence. So in a pause after words that are no command it reads again what it has.
    """

    def __init__(self, recogniser: Recogniser, judge: Judge, turn_end: TurnEnd) -> None:
        self._recogniser = recogniser
        self._judge = judge
        self._turn_end = turn_end
        self._begin()

    def start(self) -> None:
        """Begin an utterance; forget an unfinished one."""
        self._recogniser.start()
        self._begin()

    def hear(self, pcm: bytes, silent: int, *, asking: bool = False) -> tuple[Partial | None, int]:
        """Take sound that ends in `silent` samples of silence; give changed words, and the silence that ends it.

        `asking` is while a question of ours is open. Raises EngineFailed when the engine breaks.
        """
        partial = self._recogniser.feed(pcm)
        self._prosody.take(pcm)
        if silent < _PAUSE:
            self.reread, self._is_read_again = "", False
        if partial is not None:
            self.words = f"{partial.committed} {partial.tentative}".strip()
        completeness = self._judge.judge(self.words, expects_answer=asking)
        self._is_command = completeness in _COMMANDS
        if completeness is Completeness.UNKNOWN:
            if silent >= _PAUSE:
                self._read_again()
            completeness = self._judge.judge(self.reread, expects_answer=asking)
        return partial, self._turn_end.silence(completeness, self.fall, asking=asking)

    def finish(self) -> Heard:
        """End the utterance. Raises EngineFailed when the engine breaks."""
        return self._recogniser.finish(self.words if self._is_command else "")

    @property
    def fall(self) -> float | None:
        """How many semitones the voice has fallen at the end, as Prosody tells."""
        return self._prosody.fall()

    def _begin(self) -> None:
        self._prosody = Prosody()
        self.words = ""
        """What the utterance is so far, as it streams."""
        self.reread = ""
        """What it is by a closer look in the pause that goes on; empty outside, and where that found no words."""
        self._is_command = False
        self._is_read_again = False
        """Whether it was in this pause."""
        self._rereads = 0

    def _read_again(self) -> None:
        if not self._is_read_again and self._rereads < _MOST_REREADS:
            self._is_read_again = True
            self._rereads += 1
            self.reread = self._recogniser.reread()
