"""The recognisers that `earrand bench hearing` compares, each as it would hear one wearer after another."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

from pocketsphinx import Decoder, get_model_path  # type: ignore[import-untyped]  # ships no types

from models.asr import Heard, Partial, Recogniser
from models.engine import EngineMissing


@runtime_checkable
class GetsUsed(Protocol):
    """A recogniser that gets used to whom it hears."""

    def forget(self) -> None:
        """Hear the next utterance as that of somebody new."""
        ...


def meet_somebody_new(recogniser: Recogniser) -> None:
    """Make a recogniser forget whom it heard, if it gets used to people at all."""
    if isinstance(recogniser, GetsUsed):
        recogniser.forget()


class PlainPocketsphinx:
    """The peer: pocketsphinx as it comes, with its own language model of general English and all of its dictionary.

    It has no confidence to give, so all that it hears is believed.
    """

    def __init__(self) -> None:
        """Load it. Raises EngineMissing."""
        if not Path(get_model_path("en-us/en-us.lm.bin")).is_file():
            raise EngineMissing("pocketsphinx lacks its own language model; install it again")
        self._decoder = Decoder(loglevel="FATAL")
        self._mean = str(self._decoder.get_cmn(False))
        self._listening = False

    def start(self) -> None:
        """Begin an utterance; forget an unfinished one."""
        if self._listening:
            self._decoder.end_utt()
        self._decoder.start_utt()
        self._listening = True

    def feed(self, pcm: bytes) -> Partial | None:
        """Take any number of samples; nothing is told before the end."""
        self._decoder.process_raw(pcm)
        return None

    def reread(self) -> str:
        """Find nothing: it has one way to read."""
        return ""

    def finish(self, sensible: str = "") -> Heard:
        """End the utterance."""
        self._decoder.end_utt()
        self._listening = False
        found = self._decoder.hyp()
        words = [word.partition("(")[0] for word in found.hypstr.split()] if found else []
        return Heard(" ".join(words), 1.0 if words else 0.0)

    def forget(self) -> None:
        """Hear the next utterance as that of somebody new."""
        self._decoder.set_cmn(self._mean)
