"""Recognises the sentences that Earrand can act on, as they are spoken, with pocketsphinx on one core of any board."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pocketsphinx import Decoder, get_model_path

from audio.frames import SAMPLE_RATE
from models.agreement import Agreement
from models.asr import Heard, Partial
from models.engine import EngineFailed, EngineMissing
from models.language_cache import language_files
from models.ngram import END
from models.rejection import WordEvidence, confidence

_HYPOTHESIS_EVERY = SAMPLE_RATE // 10
"""Samples between two looks at the hypothesis: 0.1 s is as fine as a display or a reader can use."""
_AGREE = 10
_HOLD_BACK = 3
"""A word is committed 0.3 s after two others followed it; see `tests/scenario/test_pocketsphinx.py`."""
_SURE = 0.9
"""Less confident than this, the utterance is read a second time."""
_FRAME_S = 0.01
_START_MEAN = "41.00,-5.29,-0.12,5.09,2.48,-4.07,-1.37,-1.78,-5.08,-2.05,-6.45,-1.42,1.17"
"""The cepstral mean to begin with; pocketsphinx's own, "40,3,-1", is no microphone's."""


class PocketsphinxRecogniser:
    """A Recogniser of the given sentences and of what can be said with their words.

    The first reading streams, normalised by the cepstral mean of earlier utterances. When it does not
    convince, a second one takes the whole utterance with its own mean, and the more confident of the two
    counts: so a new room or a new wearer costs some latency once and not a mistake. The mean moves only with
    utterances that were understood, for noise would spoil it.
    """

    def __init__(self, sentences: Sequence[str], vocabulary: Iterable[str], cache_dir: Path) -> None:
        """Load, or first make, the language model of lower-case `sentences` and of further words.

        A sentence that is there twice counts twice. Raises EngineMissing without the acoustic model,
        EngineFailed when a word cannot be said or pocketsphinx refuses the files.
        """
        model, cmudict = Path(get_model_path("en-us/en-us")), Path(get_model_path("en-us/cmudict-en-us.dict"))
        if not model.is_dir() or not cmudict.is_file():
            raise EngineMissing(f"pocketsphinx lacks its English model in {model.parent}; install pocketsphinx again")
        files = language_files(sentences, vocabulary, cmudict, cache_dir)
        try:
            self._decoder = Decoder(
                hmm=str(model),
                lm=str(files.language_model),
                dict=str(files.dictionary),
                # Its messages go to the terminal; what matters comes as RuntimeError too.
                loglevel="FATAL",
            )
            self._decoder.set_cmn(_START_MEAN)
        except (RuntimeError, ValueError) as exc:
            raise EngineFailed(f"pocketsphinx does not load {files.language_model}: {exc}") from exc
        self._mean = _START_MEAN
        self._listening = False
        self.start()

    def start(self) -> None:
        """Begin an utterance; forget an unfinished one."""
        self._close()
        self._pcm = bytearray()
        self._looked = 0
        self._agreement = Agreement(_AGREE, _HOLD_BACK)

    def feed(self, pcm: bytes) -> Partial | None:
        """Take any number of samples; give the words so far when they changed."""
        if not pcm:
            return None
        self._pcm += pcm
        self._read(pcm)
        if (len(self._pcm) - self._looked) // 2 < _HYPOTHESIS_EVERY:
            return None
        self._looked = len(self._pcm)
        hypothesis = self._decoder.hyp()
        return self._agreement.add(hypothesis.hypstr.split()) if hypothesis else None

    def finish(self) -> Heard:
        """End the utterance. Raises EngineFailed when the engine breaks."""
        sound = bytes(self._pcm)
        agreement = self._agreement
        if not self._listening:
            return Heard("", 0.0)
        first = self._close()
        best, mean = first, self._decoder.get_cmn(True)
        if first.confidence < _SURE:
            second = self._read_whole(sound)
            if second.confidence > first.confidence:
                best, mean = second, self._decoder.get_cmn()
        if best.confidence >= 0.5:
            self._mean = mean
        self.start()
        words = agreement.settle(best.text.split())
        return Heard(" ".join(words), best.confidence if words else 0.0)

    def _read(self, pcm: bytes) -> None:
        try:
            if not self._listening:
                self._decoder.set_cmn(self._mean)
                self._decoder.start_utt()
                self._listening = True
            self._decoder.process_raw(pcm)
        except RuntimeError as exc:
            raise EngineFailed(f"pocketsphinx broke on {len(pcm) // 2} samples: {exc}") from exc

    def _read_whole(self, pcm: bytes) -> Heard:
        """Read an utterance at once, normalised by its own cepstral mean."""
        try:
            self._decoder.start_utt()
            self._listening = True
            self._decoder.process_raw(pcm, full_utt=True)
        except RuntimeError as exc:
            raise EngineFailed(f"pocketsphinx broke on {len(pcm) // 2} samples: {exc}") from exc
        return self._close()

    def _close(self) -> Heard:
        """End the reading, if there is one, and weigh its words."""
        if not self._listening:
            return Heard("", 0.0)
        self._listening = False
        try:
            self._decoder.end_utt()
            hypothesis = self._decoder.hyp()
            evidence = _evidence(self._decoder) if hypothesis else []
        except RuntimeError as exc:
            raise EngineFailed(f"pocketsphinx broke at the end of an utterance: {exc}") from exc
        return Heard(hypothesis.hypstr if hypothesis else "", confidence(evidence))


def _evidence(decoder: Decoder) -> list[WordEvidence]:
    """Read the words of the best path and the end of the sentence, leaving out silences and noises."""
    words = []
    for segment in decoder.seg():
        word = segment.word.partition("(")[0]
        if word == END or not word.startswith(("<", "[")):
            seconds = (segment.end_frame - segment.start_frame + 1) * _FRAME_S
            words.append(WordEvidence("" if word == END else word, segment.lback, segment.prob, seconds))
    return words
