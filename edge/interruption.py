"""Decides what we do when somebody may be speaking into our speech: hold on, give way, or go on.

    state      becomes   when
    --------   -------   ---------------------------------------------------------------------------------
    silent     speaking  `begin`
    speaking   paused    sound rises over the rest of our echo, and it may be speech (Pause)
    paused     silent    words that are more than "mhm", speech that lasts, an utterance understood (Yield)
    paused     speaking  it was a cough or a click, an utterance not understood, or nothing came of it (Resume)

Holding on costs little and is undone to the sample, so it is done on a suspicion. While we hold, our own voice is not
in the room: what is heard then is not ours. What made us hold for nothing teaches how loud the rest of our echo is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from audio.frames import FRAME_SAMPLES, SAMPLE_RATE

_FRAME_S = FRAME_SAMPLES / SAMPLE_RATE
_RISE_DB = 0.4
"""In a frame: 20 dB a second."""
_LESSON_DB = 6.0
"""By how much holding on for nothing raises what is taken for our echo."""
BACKCHANNELS = frozenset(
    {"mhm", "mm", "hm", "hmm", "uh", "huh", "yeah", "yes", "yep", "okay", "right", "sure", "ah", "oh"}
    | {"嗯", "嗯嗯", "哦", "啊", "对", "是", "好", "好的", "是的"}
)
"""Words that say "I am listening", not "let me speak"."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold the loudspeaker at once."""


@dataclass(frozen=True, slots=True)
class Yield:
    """It is the wearer: what we were saying is over."""


@dataclass(frozen=True, slots=True)
class Resume:
    """It was nothing: go on with the next sample."""


Decision = Pause | Yield | Resume


@dataclass(frozen=True, slots=True)
class InterruptionOptions:
    """What is taken for the wearer. Times are samples."""

    likely: float = 0.19
    """Speech probability of a frame that is enough to hold, if it is louder than the rest of our echo."""
    faint: float = 0.05
    """The same for the last of `faint_frames` frames that repeat themselves: in a room the detector hesitates."""
    repeats: float = 0.7
    """How much a frame must repeat itself for that, as vowels do, and coughs and water do not."""
    faint_frames: int = 2
    frames: int = 1
    """So many such frames in a row make us hold."""
    margin_db: float = 11.0
    """How much louder than the loudest rest of our echo it must be."""
    least_db: float = -55.0
    """Level under which nothing is the wearer, over full scale; the wearer's mouth is near the microphone."""
    most_db: float = -36.0
    """Level over which everything is heard: echo as loud as that is no rest, it means that the canceller fails."""
    voiced: float = 0.5
    """Speech probability of a frame that counts as speech while we hold."""
    lasting: int = SAMPLE_RATE * 9 // 10
    """Voiced sound after which we give way without a word understood; an "mhm" is shorter."""
    blip: int = SAMPLE_RATE * 15 // 100
    """Less voiced sound is a cough or a click, of which no words will come."""
    after_blip: int = SAMPLE_RATE // 4
    """Silence after one until we go on."""
    deadline: int = SAMPLE_RATE * 3 // 2
    """Silence after longer sound until we go on, if nobody says what it was."""
    open_for: int = SAMPLE_RATE * 3 // 10
    """How long the speech detector hears everything after a loud frame: speech has soft parts."""
    fade_db_a_s: float = 1.0
    """How fast the remembered level of our echo fades: rooms change, and the volume."""


class Interruption:
    """Feed it every frame; between `begin` and `end` or a Yield it decides, and is deaf else."""

    def __init__(
        self, options: InterruptionOptions | None = None, backchannels: Collection[str] = BACKCHANNELS
    ) -> None:
        self._options = options or InterruptionOptions()
        self._backchannels = frozenset(backchannels)
        self._echo_db = self._options.least_db - self._options.margin_db
        """The loudest rest of our echo of late."""
        self._speaking = False
        self._paused = False
        self._last_voiced = 0
        self._voiced = 0
        """Samples of speech since we hold."""
        self._run = 0
        """Frames in a row that may be the wearer's."""
        self._faint = 0
        """Loud frames in a row that repeat themselves and may be a voice."""
        self._open = 0
        """Samples for which the detector still hears everything."""
        self._loudest_db = self._options.least_db

    @property
    def paused(self) -> bool:
        """True between a Pause and the Yield or Resume after it."""
        return self._paused

    def begin(self) -> None:
        """Say that we begin to speak. What was learned about our echo is kept."""
        self._forget()
        self._speaking = True

    def end(self) -> None:
        """Say that we have ended, or were made to."""
        self._forget()
        self._speaking = False

    def masks(self, level_db: float) -> bool:
        """Say whether the speech detector must not hear this frame; ask before `frame`.

        It is so soft that it may be the rest of our echo, which is speech too: in 87 of 100 frames of espeak's voice
        40 dB under the wearer's the detector is sure of speech. Without this, 9 of 9 coughs over it made us hold.
        """
        if not self._speaking:
            return False
        if self.paused or self._is_loud(level_db):
            self._open = self._options.open_for
        else:
            self._open = max(0, self._open - FRAME_SAMPLES)
        return not self._open

    def frame(self, end: int, probability: float, level_db: float, repeats: float) -> Decision | None:
        """Take the frame that ends at sample `end`, our echo taken out.

        Of it count the speech probability, the level, and how much it repeats itself, 0 to 1.
        """
        if not self._speaking:
            return None
        if self.paused:
            return self._wait(end, probability)
        is_loud = self._is_loud(level_db)
        if not (is_loud and self._may_be_speech(probability, repeats)):
            self._learn(level_db, is_loud)
            self._run = 0
            self._faint = self._faint if is_loud else 0
            return None
        self._run += 1
        self._loudest_db = max(self._loudest_db, level_db)
        if self._run < self._options.frames:
            return None
        self._paused, self._last_voiced = True, end
        self._voiced = self._run * FRAME_SAMPLES
        return Pause()

    def words(self, text: str) -> Decision | None:
        """Take the words so far that the recogniser has settled on."""
        if self.paused and not self._backchannels.issuperset(text.split()):
            return self._yield()
        return None

    def ended(self, *, understood: bool) -> Decision | None:
        """Take the end of the utterance: whether it was more than noise and than "mhm"."""
        if not self.paused:
            return None
        return self._yield() if understood else self._resume()

    def _may_be_speech(self, probability: float, repeats: float) -> bool:
        is_faint = probability >= self._options.faint and repeats >= self._options.repeats
        self._faint = self._faint + 1 if is_faint else 0
        return probability >= self._options.likely or self._faint >= self._options.faint_frames

    def _is_loud(self, level_db: float) -> bool:
        bar_db = min(self._echo_db + self._options.margin_db, self._options.most_db)
        return level_db >= max(self._options.least_db, bar_db)

    def _wait(self, end: int, probability: float) -> Decision | None:
        if probability >= self._options.voiced:
            self._voiced += FRAME_SAMPLES
            self._last_voiced = end
        if self._voiced >= self._options.lasting:
            return self._yield()
        patience = self._options.after_blip if self._voiced < self._options.blip else self._options.deadline
        return self._resume() if end - self._last_voiced >= patience else None

    def _resume(self) -> Resume:
        if self._voiced < self._options.blip:
            # It went with our own voice, so it may have been its echo; but a cough must not make us deaf.
            self._echo_db = max(self._echo_db, min(self._loudest_db, self._echo_db + _LESSON_DB))
        self._forget()
        return Resume()

    def _yield(self) -> Yield:
        self.end()
        return Yield()

    def _forget(self) -> None:
        self._paused = False
        self._voiced = 0
        self._run = 0
        self._faint = 0
        self._open = 0
        self._loudest_db = self._options.least_db

    def _learn(self, level_db: float, is_loud: bool) -> None:
        """Follow the rest of our echo; not in louder sound, lest the wearer be learned."""
        faded = self._echo_db - self._options.fade_db_a_s * _FRAME_S
        self._echo_db = faded if is_loud else max(faded, min(level_db, self._echo_db + _RISE_DB))
