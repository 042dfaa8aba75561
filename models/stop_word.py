"""Hears "stop", and nothing else, while we speak or ring: one word, decoded where a sound begins.

There is no bundled model for "stop", and pocketsphinx's own keyphrase spotting is of no use for a word so short. So the
word is let compete with the words that sentences begin with: at each onset the sound is decoded, for a second at
most, with a unigram model of those, and it was "stop" when it stays the only word for three looks. "Stop" after other
words is left to the recogniser.
"""

from __future__ import annotations

import lzma
import tempfile
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pocketsphinx import Decoder, get_model_path  # type: ignore[import-untyped]  # ships no types

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE
from audio.level import level_db
from models.engine import EngineFailed, EngineMissing
from models.everyday import EVERYDAY
from models.onset import Onset
from models.pronunciations import dictionary_lines, pronounce
from models.stop_language import WORD, rivals, unigrams
from models.wake import Refractory

_MEAN = "41.00,-5.29,-0.12,5.09,2.48,-4.07,-1.37,-1.78,-5.08,-2.05,-6.45,-1.42,1.17"
"""The cepstral mean to begin with, as `models.pocketsphinx_asr` has it."""
_LEAD_FRAMES = 15
"""Sound before an onset that is decoded too, 0.3 s: the "st" is much softer than the vowel that may be the onset."""
_LOOK_EVERY = 3 * FRAME_SAMPLES
"""Samples between two looks at the hypothesis: 60 ms."""
_DECODER_FRAME = SAMPLE_RATE // 100
_GATE_DB = 3.0
_SOFTER = 10
"""20 dB."""


@dataclass(frozen=True, slots=True)
class StopWordOptions:
    """How readily "stop" is believed."""

    share: float = 0.05
    """0 to 1: what the language model expects of it before it has heard anything."""
    looks: int = 3
    """So many looks in a row must find it, and it alone."""
    least_frames: int = 20
    """It is at least so many frames of 10 ms long."""
    longest: int = 13 * SAMPLE_RATE // 10
    """Samples after the onset by which it must have been said."""
    refractory: int = SAMPLE_RATE
    """Samples after it in which it does not count again."""


class PocketsphinxStopWord:
    """A StopWord. It costs 30 to 60 ms of a core (x86-64) for a second of speech, next to nothing for silence.

    Measured on "stop" by six espeak and four flite voices at three paces, which it was tuned on too, 4 dB softer than
    what a voice gives; what is left of ours so many dB softer:

        clean                               0 of 30 missed
        a third, a tenth of the loudness    2 and 8
        ours left over at -25, -20, -15 dB  8, 16 and 28
        20, 10, 0 dB over noise             5, 7 and 9 of 9

    It is told 105 ms (-45 to 200) after the end of the word. People reading for 9.6 minutes set it off once (with 95%
    confidence not over 30 times an hour); our own voice, two minutes at 0 to -35 dB, never did.
    """

    _waiting: bytes
    """Sound that does not fill a frame yet."""

    def __init__(self, options: StopWordOptions | None = None, everyday: Path = EVERYDAY) -> None:
        """Load. Raises EngineMissing without the acoustic model, EngineFailed when the words cannot be read."""
        self._options = options or StopWordOptions()
        self._decoder = _decoder(self._options.share, everyday)
        self._refractory = Refractory(self._options.refractory)
        self._onset = Onset()
        self._decoding = False
        self.reset()

    def heard(self, pcm: bytes) -> bool:
        """Take any number of samples; say whether "stop" was noticed in them. Raises EngineFailed."""
        if len(pcm) % 2:
            raise EngineFailed("16 bit sound has an even number of bytes")
        self._waiting += pcm
        found = False
        while len(self._waiting) >= FRAME_BYTES:
            frame, self._waiting = self._waiting[:FRAME_BYTES], self._waiting[FRAME_BYTES:]
            found = self._take(frame) or found
        return found

    def reset(self) -> None:
        """Forget the sound so far."""
        self._stop_decoding()
        self._onset.reset()
        self._refractory.reset()
        self._recent: deque[bytes] = deque(maxlen=_LEAD_FRAMES)
        self._waiting = b""
        self._now = 0
        self._looks = 0

    def _take(self, frame: bytes) -> bool:
        self._now += FRAME_SAMPLES
        self._recent.append(frame)
        if self._onset.take(level_db(frame)):
            self._start_decoding()
            return False
        return self._decoding and self._decode(frame)

    def _start_decoding(self) -> None:
        self._stop_decoding()
        self._decoding = True
        self._onset_at = self._now - FRAME_SAMPLES
        self._first = self._now - FRAME_SAMPLES * len(self._recent)
        self._background_db = self._onset.background_db
        self._looks = 0
        try:
            self._decoder.set_cmn(_MEAN)
            self._decoder.start_utt()
            for frame in self._recent:
                self._decoder.process_raw(self._gated(frame))
        except RuntimeError as exc:
            raise EngineFailed(f"pocketsphinx broke: {exc}") from exc

    def _decode(self, frame: bytes) -> bool:
        try:
            self._decoder.process_raw(self._gated(frame))
            if (self._now - self._first) % _LOOK_EVERY == 0:
                self._looks = self._looks + 1 if self._is_stop() else 0
        except RuntimeError as exc:
            raise EngineFailed(f"pocketsphinx broke: {exc}") from exc
        found = self._looks >= self._options.looks
        if found or self._now - self._onset_at >= self._options.longest:
            self._stop_decoding()
        return found and self._refractory.counts(self._now)

    def _is_stop(self) -> bool:
        """Say whether all that was said since the onset is the word."""
        if self._decoder.hyp() is None:
            return False
        onset = (self._onset_at - self._first) // _DECODER_FRAME
        words = [
            (one.word.partition("(")[0], one.end_frame - one.start_frame)
            for one in self._decoder.seg()
            if one.end_frame > onset and not one.word.startswith(("<", "["))
        ]
        return len(words) == 1 and words[0][0] == WORD and words[0][1] >= self._options.least_frames

    def _stop_decoding(self) -> None:
        if self._decoding:
            self._decoding = False
            self._decoder.end_utt()

    def _gated(self, frame: bytes) -> bytes:
        """Soften a frame that is no louder than what went on before: the rest of our own voice is no word."""
        if level_db(frame) > self._background_db + _GATE_DB:
            return frame
        return (np.frombuffer(frame, "<i2") // _SOFTER).astype("<i2").tobytes()


def _decoder(share: float, everyday: Path) -> Decoder:
    acoustic, cmudict = Path(get_model_path("en-us/en-us")), Path(get_model_path("en-us/cmudict-en-us.dict"))
    if not acoustic.is_dir() or not cmudict.is_file():
        raise EngineMissing(f"pocketsphinx lacks its English model in {acoustic.parent}; install pocketsphinx again")
    try:
        against = rivals(everyday)
        said = pronounce([WORD, *against], cmudict)
        with tempfile.TemporaryDirectory() as folder:
            model, dictionary = Path(folder, "stop.arpa"), Path(folder, "stop.dict")
            model.write_text(unigrams(against, share), encoding="utf-8")
            dictionary.write_text("\n".join(dictionary_lines(said)) + "\n", encoding="utf-8")
            return Decoder(
                hmm=str(acoustic),
                lm=str(model),
                dict=str(dictionary),
                fwdflat=False,  # The last two passes come at the end of an utterance: that is too late here.
                bestpath=False,
                loglevel="FATAL",
            )
    except (OSError, ValueError, RuntimeError, lzma.LZMAError, EOFError) as exc:
        raise EngineFailed(f"the stop word cannot be prepared: {exc}") from exc
