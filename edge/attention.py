"""Decides whether sound is heard at all and whether an utterance is for us: wake word, open window, questions.

    state       begins with                         ends with                        an utterance nobody understood
    ---------   ---------------------------------   ------------------------------   ------------------------------
    asleep      silence, thanks, foreign talk       wake word, button, question      is not even recognised
    listening   wake word, button                   first utterance, `wait_s`        "I did not catch that", once
    answering   an utterance for us                 `answered`                       changes nothing
    window      `answered`                          `window_s`, thanks               closes it, without a word
    asking      a question of ours                  its answer, its own time-out     "I did not catch that"

In mode "always" there is no sleep: every utterance is for us. An utterance that began in time is heard to its end.
Times are seconds of the stream. The caller tells: `woke` (wake word noticed, button pressed), `began` (speech began),
`answered` (our answer was heard, or cut off, or there was none), `speaks` (we do, asked or not), `question` (opened,
closed), `sleep` (taken off, muted); it asks `hears` for every frame and `judge` when an utterance is understood.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

LONGEST_UTTERANCE_S = 30.0
"""After which speech that was never judged no longer keeps us awake; the endpointer ends an utterance long before."""


@dataclass(frozen=True, slots=True)
class AttentionOptions:
    """When we listen. Raises ValueError for a negative time."""

    mode: Literal["wake", "always"] = "wake"
    wait_s: float = 6.0
    """Silence after the wake word or button until we sleep again."""
    window_s: float = 6.0
    """Silence after an answer during which no wake word is needed; 0 for none."""
    tail_s: float = 0.3
    """An utterance that ended so soon after the wake word is the rest of it, unless it was understood."""

    def __post_init__(self) -> None:
        if min(self.wait_s, self.window_s, self.tail_s) < 0:
            raise ValueError("a time is at least 0")


class Meaning(Enum):
    """What an utterance turned out to be."""

    COMMAND = auto()
    """Understood: a command, a question, an answer to ours."""
    CLOSING = auto()
    """ "Thanks", "that's all": understood, and nothing more is wanted."""
    NOTHING = auto()
    """Not understood, or the recogniser was not sure, or no words."""


class Verdict(Enum):
    """What to do with an utterance."""

    FOR_US = auto()
    """Answer it."""
    NOT_CAUGHT = auto()
    """It was meant for us: say that we did not catch it."""
    IGNORE = auto()
    """Do nothing and say nothing."""


class Attention:
    """A pure policy over stream time."""

    def __init__(self, options: AttentionOptions | None = None) -> None:
        self._options = options or AttentionOptions()
        self.opened_by = "start"
        """What last opened our ears: "start" where nothing has to, "wake word", "button" or "question"."""
        self.closed_by = "start"
        """What last closed them, or will: "start", "stop", "taken off", or "over" when nothing more is said to us."""
        self._opened_s = math.inf
        """Utterances that ended before were not for us."""
        self._until_s = -math.inf
        """Utterances that begin later are not for us; speech and answers hold it up."""
        self._woke_s: float | None = None
        """Set until the first utterance after the wake word: only that one deserves an excuse."""
        self._speech_since_s: float | None = None
        """Speech that began in time and is not judged yet."""
        self._answering = False
        self._asking = False
        self._closing = False
        """The wearer said thanks: what we answer to that opens nothing."""

    def hears(self, now_s: float) -> bool:
        """Say whether sound should go to the recogniser."""
        return self._options.mode == "always" or self._awake(now_s)

    @property
    def asking(self) -> bool:
        """True while a question of ours waits for its answer."""
        return self._asking

    def woke(self, now_s: float, by: str = "wake word") -> None:
        """The wake word was noticed or the button pressed."""
        self.opened_by, self.closed_by = by, "over"
        self._open(now_s)
        self._woke_s = now_s
        self._until_s = now_s + self._options.wait_s
        self._answering = self._closing = False

    def began(self, at_s: float) -> None:
        """Speech began."""
        if self._awake(at_s):
            self._speech_since_s = at_s

    def judge(self, began_s: float, last_voiced_s: float, meaning: Meaning) -> Verdict:
        """Say what to do with an utterance, now that it is known what it was."""
        was_awake = self._belongs(began_s, last_voiced_s)
        self._speech_since_s = None
        if self._options.mode == "wake" and not was_awake:
            return Verdict.IGNORE
        if meaning is Meaning.NOTHING:
            return self._missed(last_voiced_s)
        self._woke_s = None
        self._answering = True
        self._closing = meaning is Meaning.CLOSING
        return Verdict.FOR_US

    def answered(self, now_s: float) -> None:
        """Our answer is over: heard to its end, cut off, or empty. Nothing, when nothing was for us to answer."""
        if not self._answering:
            return
        self._open(now_s)
        self._answering = False
        if self._closing or self._options.window_s == 0:
            self._close()
        else:
            self._until_s = now_s + self._options.window_s

    def speaks(self, now_s: float) -> None:
        """We speak, perhaps unasked: a window that is open stays so, for silence begins when nobody speaks."""
        if self._in_time(now_s):
            self._until_s = max(self._until_s, now_s + self._options.window_s)

    def question(self, is_open: bool) -> None:
        """A question of ours waits for its answer, or no longer does."""
        if is_open and not self._asking:
            self.opened_by, self.closed_by = "question", "over"
        self._asking = is_open

    def sleep(self, by: str) -> None:
        """Stop listening at once, whatever goes on; the wake word still opens."""
        self.closed_by = by
        self._asking = self._answering = False
        self._close()

    def _awake(self, now_s: float) -> bool:
        speech_s = self._speech_since_s
        is_spoken_to = speech_s is not None and now_s - speech_s <= LONGEST_UTTERANCE_S
        return self._asking or self._answering or is_spoken_to or self._in_time(now_s)

    def _in_time(self, now_s: float) -> bool:
        return self._opened_s <= now_s <= self._until_s

    def _belongs(self, began_s: float, last_voiced_s: float) -> bool:
        """Say whether we were awake in some part of an utterance."""
        overlaps = self._opened_s <= last_voiced_s and began_s <= self._until_s
        return self._asking or self._answering or self._speech_since_s is not None or overlaps

    def _missed(self, last_voiced_s: float) -> Verdict:
        if self._asking or self._options.mode == "always":
            self._answering = True
            return Verdict.NOT_CAUGHT
        if self._answering:
            return Verdict.IGNORE
        if self._woke_s is None:
            self._close()
            return Verdict.IGNORE
        if last_voiced_s <= self._woke_s + self._options.tail_s:
            return Verdict.IGNORE
        self._woke_s = None
        self._answering = True
        return Verdict.NOT_CAUGHT

    def _open(self, now_s: float) -> None:
        """Begin to listen; who listens already goes on, so that speech from before counts too."""
        self._opened_s = min(self._opened_s, now_s) if self._awake(now_s) else now_s

    def _close(self) -> None:
        self._opened_s, self._until_s = math.inf, -math.inf
        self._woke_s = self._speech_since_s = None
        self._closing = False
