"""A loudspeaker's driver, a room and a microphone, block by block: plays our speech, lets somebody speak into it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from audio.endpoint import Endpointer, SpeechEnded, SpeechStarted
from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE, Frame
from audio.level import level_db
from audio.outlet import UNHEARD_LIMIT, Outlet
from audio.periodicity import Periodicity
from audio.playout import Playout
from audio.ring import Ring
from edge.benches.barge_in_sounds import SPEECH_DB, Intrusion, Sentence, active_level
from edge.interruption import Decision, Interruption, Pause, Resume, Yield
from models.asr import Recogniser
from models.gated_vad import GatedVad
from models.vad import VoiceActivity

_CHUNK_BYTES = 3 * FRAME_BYTES
_HISS = 6.0
"""What the microphone adds, in steps of 16 bit."""
_AFTER = 2 * SAMPLE_RATE
"""Samples that a trial goes on after the intrusion: longer than any policy waits."""
_GAP = SAMPLE_RATE // 2
"""Silence between trials."""


class Policy(Protocol):
    """Says what to do with the sound while we speak."""

    def begin(self) -> None:
        """We begin to speak."""
        ...

    def masks(self, pcm: bytes) -> bool:
        """Say whether the speech detector must not hear this frame."""
        ...

    def frame(self, end: int, probability: float, pcm: bytes) -> Decision | None:
        """Take a frame."""
        ...


class Hold:
    """Ours: hold on at once, give way when the speech lasts."""

    def __init__(self, interruption: Interruption) -> None:
        self._interruption = interruption
        self._periodicity = Periodicity()

    def begin(self) -> None:
        """Keep what was learned about the echo."""
        self._interruption.begin()

    def masks(self, pcm: bytes) -> bool:
        """Keep the rest of our echo from the detector."""
        return self._interruption.masks(level_db(pcm))

    def frame(self, end: int, probability: float, pcm: bytes) -> Decision | None:
        """Ask the policy; no words are recognised here."""
        return self._interruption.frame(end, probability, level_db(pcm), self._periodicity.take(pcm))


class AtSpeechStarted:
    """A peer: what we say is over as soon as the endpointer has heard 0.1 s of speech."""

    def begin(self) -> None:
        """Start anew."""
        self._endpointer = Endpointer()

    def masks(self, pcm: bytes) -> bool:
        """Let the detector hear everything."""
        return False

    def frame(self, end: int, probability: float, pcm: bytes) -> Decision | None:
        """Ask the endpointer."""
        found = self._endpointer.take(end - FRAME_SAMPLES, probability)
        return Yield() if isinstance(found, SpeechStarted) else None


class AtFirstWord:
    """A peer: what we say is over when the recogniser gives a word. Its computing takes no time here."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser

    def begin(self) -> None:
        """Start anew."""
        self._endpointer, self._ring = Endpointer(), Ring()
        self._recogniser.start()

    def masks(self, pcm: bytes) -> bool:
        """Let the detector hear everything."""
        return False

    def frame(self, end: int, probability: float, pcm: bytes) -> Decision | None:
        """Ask the recogniser, while there is speech."""
        start = end - FRAME_SAMPLES
        self._ring.push(Frame(start, pcm))
        if isinstance(self._endpointer.take(start, probability), SpeechEnded):
            self._recogniser.start()
        if not self._endpointer.in_speech:
            return None
        partial = self._recogniser.feed(b"".join(held.pcm for held in self._ring.take()))
        return Yield() if partial and f"{partial.committed}{partial.tentative}" else None


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one intrusion."""

    kind: str
    name: str
    lag_ms: float | None
    """From its onset to our last audible sample; 0 when a breath before had silenced us, None when we never stopped."""
    spoilt: bool
    """Whether we were silent before it began: our own echo had done it."""
    yielded: bool
    """Whether what we said was given up."""
    held_ms: float
    """How long we were silent for it, if we went on."""
    stale: int
    """Samples of ours that the driver got between a decision to be silent and the one to go on."""
    not_exact: int
    """Samples of ours that were lost, doubled or counted wrongly."""
    unheard_letters: int
    """Letters that history holds and that were not played."""
    before_s: float
    """Our speech before it."""
    false_before: int
    """How often we held on in that time."""


class Talk:
    """Says sentences without end, keeping so much ahead as the program does."""

    def __init__(self, sentences: Sequence[Sentence], outlet: Outlet, first: int) -> None:
        self._sentences = sentences
        self._outlet = outlet
        self._next = first
        self._rest = b""
        self._start = outlet.played
        self.playout = Playout(outlet.played)
        self.written = bytearray()
        self.spoken: list[tuple[str, int, int]] = []
        """Each sentence with the first sample of its sound and the one after its last."""

    def fill(self) -> None:
        """Write until 0.3 s wait."""
        while self._outlet.unheard < UNHEARD_LIMIT:
            if not self._rest:
                sentence = self._sentences[self._next % len(self._sentences)]
                self._next += 1
                self.playout.begin(sentence.text)
                self._rest = sentence.pcm
                start = len(self.written) // 2
                self.spoken.append((sentence.text, start, start + len(sentence.pcm) // 2))
            chunk, self._rest = self._rest[:_CHUNK_BYTES], self._rest[_CHUNK_BYTES:]
            self.playout.wrote(len(chunk) // 2)
            self.written += chunk
            self._outlet.put(chunk)

    def heard(self) -> str:
        """Give what history would hold now."""
        return self.playout.heard(self._outlet.played)

    def played(self) -> int:
        """Give the samples that the outlet says were heard."""
        return self._outlet.played - self._start

    def may_be_heard(self, samples: int) -> int:
        """Give the most letters that so many samples of sound can have said."""
        letters = 0
        for text, start, end in self.spoken:
            letters += len(text) * max(0, min(samples, end) - start) // (end - start) + 1
        return letters


class World:
    """Runs trials one after the other; the microphone never closes."""

    def __init__(
        self,
        vad: VoiceActivity,
        policy: Policy,
        sentences: Sequence[Sentence],
        *,
        residual_db: Sequence[float],
        held_blocks: int,
    ) -> None:
        """`residual_db` is how far what is left of our echo lies under the wearer's speech, one of them by chance.

        The driver holds so many blocks, which cannot be called back.
        """
        self._vad = GatedVad(vad)
        self._policy = policy
        self._sentences = sentences
        loud = active_level(np.concatenate([np.frombuffer(one.pcm, "<i2") for one in sentences]).astype(np.float64))
        self._unity = 32768 * 10 ** (SPEECH_DB / 20) / loud
        self._residual_db = residual_db
        self._outlet = Outlet(held_blocks)
        self._held = deque([bytes(FRAME_BYTES)] * held_blocks)
        self._now = 0
        self._resting = False
        self._dice = np.random.default_rng(1)

    def trial(self, intrusion: Intrusion, seed: int) -> Trial:
        """Speak, let the intrusion begin after 1 to 2.5 s, and see what comes of it."""
        dice = np.random.default_rng(seed)
        begin = self._now + round(dice.uniform(1.0, 2.5) * SAMPLE_RATE)
        residual = self._unity * 10 ** (-float(dice.choice(self._residual_db)) / 20)
        talk = Talk(self._sentences, self._outlet, seed)
        run = _Run(self, talk, intrusion, begin, residual)
        self._policy.begin()
        while not run.over:
            run.step()
        found = run.result()
        self._outlet.hush()
        self._resting = True
        self._rest()
        self._resting = False
        return found

    def _rest(self) -> None:
        for _ in range(_GAP // FRAME_SAMPLES):
            self.play()
            self.hear(np.zeros(FRAME_SAMPLES), np.zeros(FRAME_SAMPLES))

    def play(self) -> tuple[bytes, bytes]:
        """Let the driver take its next block; give it, and the one that sounds meanwhile."""
        taken = self._outlet.pull(FRAME_BYTES)
        self._held.append(taken)
        return taken, self._held.popleft()

    def hear(self, wearer: npt.NDArray[np.float64], echo: npt.NDArray[np.float64]) -> tuple[float, bytes]:
        """Give the speech probability of the frame that the microphone gets, and the frame."""
        heard = wearer + echo + self._dice.normal(0, _HISS, FRAME_SAMPLES)
        pcm = heard.clip(-32768, 32767).astype("<i2").tobytes()
        self._now += FRAME_SAMPLES
        masked = not self._resting and self._policy.masks(pcm)
        return self._vad.probability(pcm, masked=masked), pcm

    def decide(self, probability: float, pcm: bytes) -> Decision | None:
        """Ask the policy, and do at once what it says."""
        decision = self._policy.frame(self._now, probability, pcm)
        match decision:
            case Pause():
                self._outlet.pause()
            case Resume():
                self._outlet.resume()
            case Yield():
                self._outlet.hush()
        return decision

    @property
    def now(self) -> int:
        """The sample at which the next block begins."""
        return self._now


class _Run:
    """One trial under way."""

    def __init__(self, world: World, talk: Talk, intrusion: Intrusion, begin: int, residual: float) -> None:
        self._world = world
        self._talk = talk
        self._intrusion = intrusion
        self._begin, self._onset = begin, begin + intrusion.onset
        self._end = begin + len(intrusion.pcm) + _AFTER
        self._residual = residual
        self._first = world.now
        self._heard = bytearray()
        self._silent = self._yielded = False
        self._stale = self._false_before = self._held_frames = 0
        self._lag: int | None = None
        self._spoilt = False
        self._after_yield = 0

    @property
    def over(self) -> bool:
        """Whether all is known."""
        return self._after_yield > 5 or self._world.now >= self._end

    def step(self) -> None:
        """Go through one device period."""
        start = self._world.now
        if not self._yielded:
            self._talk.fill()
        taken, sounding = self._world.play()
        self._note(start, np.frombuffer(taken, "<i2"), np.frombuffer(sounding, "<i2"))
        echo = np.frombuffer(sounding, "<i2") * self._residual
        probability, pcm = self._world.hear(self._wearer(start), echo)
        if self._yielded:
            self._after_yield += 1
            return
        match self._world.decide(probability, pcm):
            case Pause():
                self._false_before += start + FRAME_SAMPLES <= self._begin
                self._silent = True
            case Resume():
                self._silent = False
            case Yield():
                self._silent = self._yielded = True
                self._spoilt |= start < self._begin

    def _wearer(self, start: int) -> npt.NDArray[np.float64]:
        frame = np.zeros(FRAME_SAMPLES)
        first, last = max(start, self._begin), min(start + FRAME_SAMPLES, self._begin + len(self._intrusion.pcm))
        if first < last:
            frame[first - start : last - start] = self._intrusion.pcm[first - self._begin : last - self._begin]
        return frame

    def _note(self, start: int, taken: npt.NDArray[np.int16], sounding: npt.NDArray[np.int16]) -> None:
        """Note what the driver takes in the block that begins at `start`, and what sounds in it."""
        ours = sounding[sounding != 0]
        self._heard += ours.tobytes()
        if self._silent:
            self._stale += int(np.count_nonzero(taken))
            self._spoilt |= start < self._begin <= start + FRAME_SAMPLES
            if self._lag is None and start + FRAME_SAMPLES > self._onset and not len(ours):
                self._lag = max(0, start - self._onset)
            self._held_frames += start >= self._begin

    def result(self) -> Trial:
        """Give what came of it."""
        count = len(self._heard) // 2
        wrong = 0 if bytes(self._talk.written[: len(self._heard)]) == bytes(self._heard) else 1
        wrong += abs(self._talk.played() - count) if self._yielded else 0
        return Trial(
            self._intrusion.kind,
            self._intrusion.name,
            None if self._lag is None or self._spoilt else self._lag * 1000 / SAMPLE_RATE,
            self._spoilt,
            self._yielded,
            0.0 if self._yielded else self._held_frames * FRAME_SAMPLES * 1000 / SAMPLE_RATE,
            self._stale,
            wrong,
            max(0, len(self._talk.heard()) - self._talk.may_be_heard(count)) if self._yielded else 0,
            (self._begin - self._first) / SAMPLE_RATE,
            self._false_before,
        )
