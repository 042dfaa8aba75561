"""Decides when Whisper reads which part of a growing utterance, and what of that is settled.

The policy is that of whisper_streaming (D. Macháček, R. Dabre and O. Bojar, "Turning Whisper into real-time
transcription system", 2023, arXiv 2307.14743; github.com/ufal/whisper_streaming): words are committed when two readings
in a row agree (LocalAgreement-2, `models.agreement`), sound whose words are committed is cut off when the window has
grown (their buffer trimming), and the last 200 characters of what was cut off prompt the next reading. Ours differs in
what a small board needs: nothing is read without new speech, the seconds read are bounded by a multiple of the seconds
said, a pause is read thoroughly at once so that the end of the utterance often costs nothing, and what is not believed
commits nothing.

All times are seconds of the sound that the gate let through.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.agreement import Agreement
from models.asr import Heard, Partial
from models.hallucination import NOTHING, Hypothesis
from models.transcript import TimedWord, as_written, join

_WINDOW_S = 28.0
"""More is never read at once: Whisper's own window is 30 s."""
_FORCE_ABOVE_S = 20.0
"""A window that is still longer after a reading is cut where nobody agreed: there are only 8 s left to the next."""
_FORCED_S = (10.0, 14.0)
"""What is left of the window then, at least and at most."""
_ANCHOR_WORDS = 2
"""Committed words that stay in the window, to find the place in the next hypothesis."""
_SLACK_S = 0.5
"""How far off the times of words may be. With real weights not measured."""
_PAUSE_S = 0.2
"""Silence between two words where a cut does no harm."""
_LEAST_NEW_S = 0.2
"""New speech that is worth a reading: the shortest words."""
_BLIP_S = 0.09
"""Less than three windows of the detector are a click."""
_LEAST_REREAD = 3.0
_BELIEVED = 0.5


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """How often Whisper reads, and how much."""

    every_s: float = 1.0
    """New sound between two readings; 0 reads only at the end, and before Whisper's window is full."""
    reread: float = 4.0
    """Seconds read for a second said, at most, the last reading included; 3 or more."""
    trim_above_s: float = 12.0
    """Window from which sound with committed words is cut off. whisper_streaming has 15 s; less is read less often."""
    pause_s: float = 0.3
    """Silence after which a thorough reading is made that may be the last; 0 waits for the end of the utterance."""
    prompt_characters: int = 200
    """Of the words that were cut off, given to the next reading."""
    opening: str = ""
    """Begins every prompt."""


@dataclass(frozen=True, slots=True)
class Read:
    """A reading that is to be made."""

    start: float
    """Seconds."""
    end: float
    """Seconds."""
    prompt: str
    """What was said before `start`."""
    thorough: bool
    """Whether this may be the last one."""


class WhisperStream:
    """One utterance. Ask `next_read` as it grows and `last_read` when it is over; `add` what was read."""

    def __init__(self, options: StreamOptions | None = None) -> None:
        self._options = options or StreamOptions()
        if self._options.reread < _LEAST_REREAD:
            raise ValueError(f"Whisper has to read each second at least {_LEAST_REREAD:g} times")
        self._agreement = Agreement(agree=2)
        self._done: list[TimedWord] = []
        """Committed words whose sound was cut off."""
        self._words: tuple[TimedWord, ...] = ()
        """Of the window: first the committed ones, then what the last reading adds."""
        self._start = 0.0
        self._last = Read(0.0, 0.0, "", True)
        self._spent = 0.0
        self._confidence = 1.0
        """The lowest of the readings that trimmed words were taken from."""
        self._latest = NOTHING
        self._told = Partial("", "")

    @property
    def start(self) -> float:
        """From where on the sound is still needed."""
        return self._start

    @property
    def read_to(self) -> float:
        """Up to where the sound was read."""
        return self._last.end

    @property
    def spent_s(self) -> float:
        """Seconds read so far, those that were read again included."""
        return self._spent

    def next_read(self, end: float, new_voiced_s: float, silent_s: float) -> Read | None:
        """Tell what to read now that there is sound up to `end`, if anything.

        `new_voiced_s` is the speech after `read_to`, `silent_s` the silence since the last of it.
        """
        window = end - self._start
        if window >= _WINDOW_S:
            return self._read(end, False)
        # The last reading, of as much sound, must stay within the bound, and one in a pause before it too.
        affordable = (self._options.reread * end - self._spent) // window if window else 0
        if not self._options.every_s or affordable < 2:
            return None
        unread = new_voiced_s >= _BLIP_S or not self._last.thorough
        if unread and 0 < self._options.pause_s <= silent_s:
            return self._read(end, True)
        due = end - self._last.end >= self._options.every_s and new_voiced_s >= _LEAST_NEW_S
        return self._read(end, False) if due and affordable >= 3 else None

    def last_read(self, end: float, new_voiced_s: float) -> Read | None:
        """Tell what is to be read when the utterance is over, if anything is left."""
        if self._last.thorough and new_voiced_s < _BLIP_S:
            return None
        return self._read(end, True)

    def add(self, read: Read, hypothesis: Hypothesis) -> Partial | None:
        """Take what a reading gave; give the words so far when they changed."""
        self._spent += read.end - read.start
        self._last, self._latest = read, hypothesis
        self._fit(hypothesis)
        if hypothesis.confidence >= _BELIEVED:
            self._agreement.add([word.text for word in self._words])
        if read.end - self._start > self._options.trim_above_s:
            self._cut_at_a_word()
        if read.end - self._start > _FORCE_ABOVE_S:
            self._cut_by_force(read.end)
        partial = self._partial()
        if hypothesis.confidence < _BELIEVED or partial == self._told:
            return None
        self._told = partial
        return partial

    def heard(self) -> Heard:
        """Give the utterance as it was last read."""
        text = join(word.text for word in (*self._done, *self._words))
        return Heard(text, min(self._confidence, self._latest.confidence) if text else 0.0)

    def _read(self, end: float, thorough: bool) -> Read:
        told: list[TimedWord] = []
        room = self._options.prompt_characters
        for word in reversed(self._done):
            room -= len(word.written) + 1
            if room < 0:
                break
            told.insert(0, word)
        return Read(self._start, end, f"{self._options.opening} {as_written(told)}".strip(), thorough)

    def _partial(self) -> Partial:
        settled = len(self._agreement.committed)
        committed = join(word.text for word in (*self._done, *self._words[:settled]))
        return Partial(committed, join(word.text for word in self._words[settled:]))

    def _fit(self, hypothesis: Hypothesis) -> None:
        """Put the new words after the committed ones, which keep their form whatever the hypothesis makes of them."""
        committed = self._words[: len(self._agreement.committed)]
        until = committed[-1].end if committed else self._start
        words = hypothesis.words
        if [word.text for word in words[: len(committed)]] == [word.text for word in committed]:
            self._words = committed + words[len(committed) :]
            return
        least = next((count for count, word in enumerate(words) if word.end > until - _SLACK_S), len(words))
        most = next((count for count, word in enumerate(words) if word.start >= until + _SLACK_S), len(words))
        fresh = len(self._agreement.settle([word.text for word in words], least, most)) - len(committed)
        self._words = committed + words[len(words) - fresh :]

    def _cut_at_a_word(self) -> None:
        """Cut after a committed word, best at the end of a sentence or in a pause, in the later half of them."""
        counts = range(1, len(self._agreement.committed) - _ANCHOR_WORDS + 1)
        if not counts:
            return
        half = (self._words[0].end + self._words[counts[-1] - 1].end) / 2
        late = [count for count in counts if self._words[count - 1].end >= half]
        best = max(
            late, key=lambda count: (self._words[count - 1].ends_sentence(), self._gap(count) >= _PAUSE_S, count)
        )
        self._drop(best, self._words[best - 1].end + self._gap(best) / 2)

    def _cut_by_force(self, end: float) -> None:
        """Cut although nobody agreed: what was heard before the cut is settled, if it was believed."""
        least, most = _FORCED_S
        believed = self._latest.confidence >= _BELIEVED
        words = self._words if believed else self._words[: len(self._agreement.committed)]
        count = next((count for count, word in enumerate(words) if word.end > end - least), len(words))
        if count > len(self._agreement.committed):
            self._agreement.commit([word.text for word in words[:count]])
        self._drop(count, max(words[count - 1].end if count else self._start, end - most))

    def _gap(self, count: int) -> float:
        """Measure the silence after the first `count` words."""
        return max(0.0, self._words[count].start - self._words[count - 1].end)

    def _drop(self, count: int, cut: float) -> None:
        self._done += self._words[:count]
        self._words = self._words[count:]
        self._agreement.trim(count)
        self._start = max(self._start, cut)
        self._confidence = min(self._confidence, self._latest.confidence)
