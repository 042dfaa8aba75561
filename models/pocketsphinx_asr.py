"""Recognises the sentences that Earrand can act on, as they are spoken, with pocketsphinx on one core of any board."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pocketsphinx import Decoder, get_model_path  # type: ignore[import-untyped]  # ships no types

from audio.frames import SAMPLE_RATE
from models.agreement import Agreement
from models.asr import Heard, Partial
from models.engine import EngineFailed, EngineMissing
from models.everyday import EVERYDAY
from models.language_cache import LanguageFiles, language_files
from models.ngram import END
from models.noise_suppression import suppress_noise
from models.pocket.word_errors import word_errors
from models.rejection import WordEvidence, confidence, is_foreseen

_LOOK_EVERY = SAMPLE_RATE // 10
"""Samples between two looks at the hypothesis: 0.1 s is as fine as a display or a reader can use."""
_AGREE = 3
_HOLD_BACK = 2
"""A word is committed when it has stood for 0.3 s, and the two words after it, among words that the language model
foresaw: for so far a trigram can still turn words around. Without those two, what had been committed spoilt 8 of 152
commands: "shut it timer for fifteen seconds"."""
_BEAMS = {"beam": 1e-52, "pbeam": 1e-52, "lpbeam": 1e-48, "wbeam": 1e-40, "lponlybeam": 1e-40}
"""Wider than pocketsphinx's own (1e-48, 1e-48, 1e-40, 7e-29, 7e-29), most where words end: "thank you" was "send queue"
with 1e-32 there. Among fifteen thousand words 1e-60, 1e-60, 1e-50, 1e-40, 1e-40 would take half as long again."""
_OWN_BEAMS = {"beam": 1e-60, "pbeam": 1e-60, "lpbeam": 1e-50, "wbeam": 1e-40, "lponlybeam": 1e-40}
_SEARCH = {"fwdflat": False, "lw": 7.5, "wip": 0.3}
"""The second, flat search over what the first has found is left out: of 152 commands by four synthetic voices 105 were
right with it, 108 without it, for 0.6 of the time after the end (language weight 8.5). With these weights, a little
over pocketsphinx's own (6.5, 0.65), it was 111. A bound on the words that end in a frame (`maxwpf`) saves a quarter
with 50 of them, but with 20 or 50 every word was lost of fifteen seconds of commands in a quiet room."""
_SURE = 0.9
"""Below this confidence an utterance is read a second time: 0.08 of its length once more, for 31 of 100 commands where
a fourth are by espeak."""
_HOPELESS = 0.1
"""Below this confidence of every other reading our own sentences are not tried: other people's talk would cost most."""
_SUPPORTED = 0.5
"""The largest share of the words of our own sentences that no other reading has heard."""
_LONGEST_REREAD = 6 * SAMPLE_RATE
"""Samples. Commands are shorter; a reading takes 0.15 of its length (x86-64), and what is said meanwhile waits."""
_PIECE = 2 * SAMPLE_RATE // 25
"""Bytes that are read at once, 0.04 s: pocketsphinx keeps Python's lock, and a whole utterance would stop the
microphone for half a second."""
_PART = SAMPLE_RATE // 2
"""Samples of which the cepstral mean is told at once, in 20 ms. A decoder that was told of so much as a whole must not
read more than that in a piece: its buffers are as long as a part, and pieces of 1 s ended in a segmentation fault."""
_WORDS, _NO_WORDS = "_default", "mean"
"""Names of searches: pocketsphinx's own for the language model, and ours for one that costs little."""
_FRAME_S = 0.01
_START_MEAN = "41.00,-5.29,-0.12,5.09,2.48,-4.07,-1.37,-1.78,-5.08,-2.05,-6.45,-1.42,1.17"
"""The cepstral mean to begin with, from CMU Sphinx's older English models; the default "40,3,-1" is no microphone's."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one pass over an utterance gave."""

    words: list[str]
    confidence: float
    mean: str
    """The cepstral mean after it, as pocketsphinx writes it."""


class PocketsphinxRecogniser:
    """A Recogniser of the given sentences and of what can be said with their words.

    Features are normalised by the cepstral mean of the utterances before, which is the microphone, the room and
    the wearer. Only utterances that were understood move it, for noise would spoil it. The first utterance, and one
    that does not convince, are read a second time with their own mean: of 13 commands by espeak, which is further from
    people than any of them, 8 instead of 5 are understood, and who puts the glasses on is understood at once. What has
    no sense even then is read without its noise, by which 8 instead of 6 of 18 commands by flite are understood in
    noise 10 dB under them (one wrongly, as before); and a last time as one of our own sentences.
    """

    def __init__(
        self,
        sentences: Sequence[str],
        vocabulary: Iterable[str],
        cache_dir: Path,
        everyday: Path | None = EVERYDAY,
        quieten: Callable[[bytes], bytes] = suppress_noise,
    ) -> None:
        """Load, or first make, the language model of lower-case `sentences` and of further words.

        A sentence that is there twice counts twice. `everyday` is a model of what people say besides; `quieten` gives
        an utterance without its noise.
        Raises EngineMissing without the acoustic model, EngineFailed when a word cannot be said or
        pocketsphinx refuses the files.
        """
        model, cmudict = Path(get_model_path("en-us/en-us")), Path(get_model_path("en-us/cmudict-en-us.dict"))
        if not model.is_dir() or not cmudict.is_file():
            raise EngineMissing(f"pocketsphinx lacks its English model in {model.parent}; install pocketsphinx again")
        words = tuple(vocabulary)
        self._decoder = _decoder(model, language_files(sentences, words, cmudict, cache_dir, everyday), _BEAMS)
        self._second = _decoder(model, language_files(sentences, words, cmudict, cache_dir, everyday), _BEAMS)
        """Reads what there is of an utterance that the first may have to go on with; 20 MB."""
        self._second.add_keyphrase(_NO_WORDS, sentences[0].split()[0])
        self._own = self._decoder
        """Knows nothing but the sentences, and looks further for them."""
        if everyday is not None:
            self._own = _decoder(model, language_files(sentences, words, cmudict, cache_dir), _OWN_BEAMS)
        self._quieten = quieten
        self._mean = _START_MEAN
        self._warm = False
        """Whether the mean is this wearer's."""
        self._listening = False
        self.start()

    def forget(self) -> None:
        """Hear the next utterance as that of somebody new: what was learned of the wearer's voice is forgotten."""
        self._mean, self._warm = _START_MEAN, False
        self.start()

    def start(self) -> None:
        """Begin an utterance; forget an unfinished one."""
        if self._listening:
            self._listening = False
            self._end(self._decoder)
        self._pcm = bytearray()
        self._unseen = 0
        self._agreement = Agreement(_AGREE, _HOLD_BACK)
        self._reread: tuple[list[str], _Reading] | None = None
        """The second reading in a pause, and what the first one was there."""

    def feed(self, pcm: bytes) -> Partial | None:
        """Take any number of samples; give the words so far when they changed."""
        self._pcm += pcm
        told = None
        while pcm:
            # Looks are at fixed times of the utterance, so that what is committed does not depend on the pieces.
            piece, pcm = pcm[: 2 * (_LOOK_EVERY - self._unseen)], pcm[2 * (_LOOK_EVERY - self._unseen) :]
            self._read(piece)
            self._unseen += len(piece) // 2
            if self._unseen == _LOOK_EVERY:
                self._unseen = 0
                told = self._look() or told
        return told

    def _look(self) -> Partial | None:
        """Give the words so far when they changed."""
        words = [one for one in _evidence(self._decoder) if one.word]
        # Nothing is settled with another microphone's mean: the second reading is quite another one.
        return self._agreement.add([one.word for one in words], [self._warm and is_foreseen(one) for one in words])

    def reread(self) -> str:
        """Read the utterance so far with its own mean; in the end that counts, unless the first reading changes.

        Not the first utterance, of which the silence after it makes part of the mean: it is read in the end.
        """
        if not self._listening or not self._warm or len(self._pcm) > 2 * _LONGEST_REREAD:
            return ""
        reading = self._read_again(self._second, bytes(self._pcm))
        self._reread = self._words(), reading
        return " ".join(self._agreement.settle(reading.words)) if reading.confidence >= 0.5 else ""

    def finish(self, sensible: str = "") -> Heard:
        """End the utterance; `sensible` words that convince need no second reading. Raises EngineFailed when it breaks.

        Of 250 commands by flite 15 were heard as some command with a confidence of 0.5 to 0.9: the first reading was
        right in 11 of them, and the second one put none of the other 4 right.
        """
        if not self._listening:
            return Heard("", 0.0)
        words = self._words()
        self._listening = False
        readings = [self._weigh(self._decoder)]
        if self._reread is not None and self._reread[0] == words:
            readings.append(self._reread[1])
        elif not self._warm or readings[0].confidence < (0.5 if readings[0].words == sensible.split() else _SURE):
            readings.append(self._read_again(self._second, bytes(self._pcm)))
        # With a mean that is not this wearer's the first reading's confidence means little.
        plain = max(readings, key=_by_confidence) if self._warm else readings[-1]
        best = plain if plain.confidence >= 0.5 else self._read_doubtful(plain, readings)
        if best.confidence >= 0.5:
            # Without its noise an utterance has another mean than the next one will have, which comes with it.
            self._mean, self._warm = plain.mean, True
        text = " ".join(self._agreement.settle(best.words))
        # What was committed too early stays in the text: the reading as it was is then the first alternative.
        others = dict.fromkeys(" ".join(one.words) for one in (best, *readings) if one.confidence >= 0.5)
        others.pop(text, None)
        self.start()
        return Heard(text, best.confidence if text else 0.0, tuple(others))

    def _words(self) -> list[str]:
        """Give the words of the first reading so far."""
        return [one.word for one in _evidence(self._decoder) if one.word]

    def _read_doubtful(self, best: _Reading, readings: list[_Reading]) -> _Reading:
        """Give a reading of what does not convince that does, if there is one; the new ones join `readings`."""
        pcm = self._quieten(bytes(self._pcm))
        if pcm != self._pcm:
            readings.append(self._read_again(self._second, pcm))
            if readings[-1].confidence >= 0.5:
                return readings[-1]
        if self._own is self._decoder or max(one.confidence for one in readings) < _HOPELESS:
            return best
        own = self._read_again(self._own, pcm)
        # Everything is likelier among our own sentences: "call anna" was "tell emma" there. So they are believed only
        # where there is no doubt, and where half of the words had been heard without them.
        differing = min(word_errors(own.words, one.words) for one in readings)
        return own if own.confidence >= _SURE and differing <= _SUPPORTED * len(own.words) else best

    def _read_again(self, decoder: Decoder, pcm: bytes) -> _Reading:
        """Read an utterance with its own mean, a little at a time."""
        try:
            decoder.set_cmn(self._own_mean(pcm))
            decoder.start_utt()
            for place in range(0, len(pcm), _PIECE):
                decoder.process_raw(pcm[place : place + _PIECE])
        except RuntimeError as exc:
            raise EngineFailed(f"pocketsphinx broke on {len(pcm) // 2} samples: {exc}") from exc
        return self._weigh(decoder)

    def _own_mean(self, pcm: bytes) -> str:
        """Give the cepstral mean of an utterance from its parts: pocketsphinx tells it of what it reads whole."""
        samples = np.frombuffer(pcm, "<i2")
        means = []
        self._second.activate_search(_NO_WORDS)
        for part in np.array_split(samples, -(-len(samples) // _PART)):
            self._second.start_utt()
            self._second.process_raw(part.tobytes(), full_utt=True)
            means.append([float(one) for one in self._second.get_cmn(False).split(",")])
            self._second.end_utt()
        self._second.activate_search(_WORDS)
        return ",".join(f"{mean:.4f}" for mean in np.mean(means, axis=0))

    def _weigh(self, decoder: Decoder) -> _Reading:
        evidence = self._end(decoder)
        words = [one.word for one in evidence if one.word]
        return _Reading(words, confidence(evidence), decoder.get_cmn(True))

    def _read(self, pcm: bytes) -> None:
        try:
            if not self._listening:
                self._decoder.set_cmn(self._mean)
                self._decoder.start_utt()
                self._listening = True
            self._decoder.process_raw(pcm)
        except RuntimeError as exc:
            raise EngineFailed(f"pocketsphinx broke on {len(pcm) // 2} samples: {exc}") from exc

    def _end(self, decoder: Decoder) -> list[WordEvidence]:
        """End the reading, which looks for the best path through its lattice, and give its words."""
        try:
            decoder.end_utt()
            return _evidence(decoder)
        except RuntimeError as exc:
            raise EngineFailed(f"pocketsphinx broke at the end of an utterance: {exc}") from exc


def _by_confidence(reading: _Reading) -> float:
    return reading.confidence


def _decoder(model: Path, files: LanguageFiles, beams: Mapping[str, float]) -> Decoder:
    names = {"hmm": str(model), "lm": str(files.language_model), "dict": str(files.dictionary)}
    try:
        # Its own messages would go to the terminal; what matters comes as an exception too.
        return Decoder(**names, loglevel="FATAL", **_SEARCH, **beams)
    except (RuntimeError, ValueError) as exc:
        raise EngineFailed(f"pocketsphinx does not load {files.language_model}: {exc}") from exc


def _evidence(decoder: Decoder) -> list[WordEvidence]:
    """Give the words of the best path so far and the end of the sentence, leaving out silences and noises."""
    words = []
    for segment in decoder.seg() if decoder.hyp() else ():
        word = segment.word.partition("(")[0]
        if word == END or not word.startswith(("<", "[")):
            seconds = (segment.end_frame - segment.start_frame + 1) * _FRAME_S
            words.append(WordEvidence("" if word == END else word, segment.lback, segment.prob, seconds))
    return words
