"""Everything that listens for a phrase, ours and a peer, behind one face for the bench."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from pocketsphinx import Decoder, get_model_path  # type: ignore[import-untyped]  # ships no types

from audio.frames import FRAME_BYTES
from models.micro_wake import MicroWakeWords
from models.pronunciations import dictionary_lines, pronounce
from models.stop_language import WORD
from models.stop_word import PocketsphinxStopWord
from models.wake import Refractory

_THRESHOLD = 1e-20
"""Of the peer, chosen before any exam: pocketsphinx's manual gives 1e-1 for short words to 1e-50 for long phrases."""
_REFRACTORY = 32_000


class Listener(Protocol):
    """Listens for phrases."""

    name: str
    phrases: tuple[str, ...]

    def noticed(self, pcm: bytes) -> list[str]:
        """Listen to a recording from its beginning; give what was noticed in it. Raises EngineError."""
        ...


class OurWakeWords:
    """microWakeWord with our refractory time, all phrases at once."""

    name = "earrand"

    def __init__(self, phrases: Sequence[str], sensitivity: float) -> None:
        self._wake = MicroWakeWords(phrases, sensitivity)
        self.phrases = self._wake.names

    def noticed(self, pcm: bytes) -> list[str]:
        """Listen from the beginning."""
        self._wake.reset()
        told = (self._wake.detect(frame) for frame in _frames(pcm))
        return [name for name in told if name]


class OurStopWord:
    """The stop word."""

    name = "earrand, stop word"
    phrases: tuple[str, ...] = (WORD,)

    def __init__(self) -> None:
        self._stop = PocketsphinxStopWord()

    def noticed(self, pcm: bytes) -> list[str]:
        """Listen from the beginning."""
        self._stop.reset()
        return [WORD for frame in _frames(pcm) if self._stop.heard(frame)]


class Keyphrases:
    """The peer: keyphrase spotting of pocketsphinx, with the refractory time that ours has."""

    name = f"pocketsphinx keyphrase, threshold {_THRESHOLD:g}"

    def __init__(self, phrases: Sequence[str]) -> None:
        self.phrases = tuple(phrases)
        model, cmudict = get_model_path("en-us/en-us"), Path(get_model_path("en-us/cmudict-en-us.dict"))
        said = pronounce({word for phrase in phrases for word in phrase.split()}, cmudict)
        with tempfile.TemporaryDirectory() as folder:
            list_of_phrases, dictionary = Path(folder, "phrases"), Path(folder, "dictionary")
            list_of_phrases.write_text("".join(f"{phrase} /{_THRESHOLD}/\n" for phrase in phrases), encoding="utf-8")
            dictionary.write_text("\n".join(dictionary_lines(said)) + "\n", encoding="utf-8")
            self._decoder = Decoder(
                hmm=model, kws=str(list_of_phrases), dict=str(dictionary), lm=None, loglevel="FATAL"
            )

    def noticed(self, pcm: bytes) -> list[str]:
        """Listen from the beginning; spotting starts again after every phrase, or it would tell it for ever."""
        refractory = Refractory(_REFRACTORY)
        told = []
        self._decoder.start_utt()
        for number, frame in enumerate(_frames(pcm)):
            self._decoder.process_raw(frame)
            if (found := self._decoder.hyp()) is not None:
                if refractory.counts(number * FRAME_BYTES // 2):
                    told.append(found.hypstr.strip())
                self._decoder.end_utt()
                self._decoder.start_utt()
        self._decoder.end_utt()
        return told


def _frames(pcm: bytes) -> list[bytes]:
    return [pcm[place : place + FRAME_BYTES] for place in range(0, len(pcm), FRAME_BYTES)]
