"""Recognises any speech with Whisper (faster-whisper), re-reading the utterance as it grows.

Whisper (A. Radford et al., "Robust speech recognition via large-scale weak supervision", 2022) reads a
window of 30 s at a time and was not made for streaming. What it reads when is decided by `models.whisper_stream`, what
of the sound it gets at all by `models.speech_gate`, what of its words is believed by `models.hallucination`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from faster_whisper.transcribe import Segment  # type: ignore[import-untyped]  # ships no types

from audio.frames import SAMPLE_RATE
from models.asr import Heard, Partial
from models.engine import EngineFailed
from models.hallucination import NOTHING, Doubts, Hypothesis, believe
from models.silero_vad import SileroVad
from models.speech_gate import WINDOW_BYTES, SpeechGate
from models.transcript import Piece, timed_words
from models.whisper_stream import Read, StreamOptions, WhisperStream
from models.whisper_weights import NEEDED_FILES as NEEDED_FILES
from models.whisper_weights import Samples, find_weights, known_language, load_weights

_OPENINGS = {"zh": "以下是普通话的句子。", "zh-tw": "以下是普通話的句子。", "zh-hk": "以下是普通話的句子。"}
"""Whisper writes simplified or traditional characters as its prompt does (github.com/openai/whisper discussion 277)."""
_BYTES_PER_S = 2 * SAMPLE_RATE
_LONGEST_TOKENS = 448
_PROMPT_TOKENS = 230
"""At most: faster-whisper keeps 223 of the prompt, and five say what is to be done."""
_TOKENS_AT_ONCE = 20
_TOKENS_PER_S = 15
"""More than anybody says: a loop ends here and not after 224 tokens, which are seconds of work."""


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    """How much work to spend, and on what."""

    partial_every_s: float = 1.0
    """New sound between two partial results, more when the utterance is long. Each costs a reading; 0 gives none, but
    where an utterance outgrows Whisper's window."""
    beam_size: int = 5
    """Beams of a reading that may be the last; the others are greedy."""
    threads: int = 2
    """CPU threads; leave one core for sound."""
    device: str = "cpu"
    """"cpu" or "cuda"."""
    compute_type: str = "int8"
    """CTranslate2's name of the arithmetic: "int8", "float32", "int8_float16" on CUDA."""
    reread: float = 4.0
    """Seconds of sound read for a second said, at most; 3 or more."""
    trim_above_s: float = 12.0
    """Sound with committed words is cut off where more than this would be read again."""
    pause_s: float = 0.3
    """Silence after which the utterance is read as if it were over, so that its end finds the work done; 0 waits."""
    opening: str | None = None
    """What Whisper is told was said before, as spelled there: names of people. None is nothing, but for Chinese a
    sentence that asks for its characters: simplified, or traditional for "zh-TW" and "zh-HK"."""
    short_windows: bool = False
    """Encode the sound and a second of silence instead of 30 s. Saves most of the work of a short command; what it
    does to the words with real weights was not measured."""


class WhisperRecogniser:
    """A Recogniser for any vocabulary, where the board is fast enough."""

    def __init__(self, model: str | Path, language: str = "en", options: WhisperOptions | None = None) -> None:
        """Load a folder of CTranslate2 weights, or a model that the Hugging Face cache holds. Never downloads.

        `language` is a code as "en", "zh" or "zh-CN". Raises EngineMissing when the weights are in neither place,
        incomplete or do not know the language, EngineFailed when they do not load.
        """
        self._options = options or WhisperOptions()
        self._model = load_weights(
            find_weights(model),
            device=self._options.device,
            compute_type=self._options.compute_type,
            threads=self._options.threads,
            short_windows=self._options.short_windows,
        )
        self._language = known_language(self._model, language)
        self._plan = _plan(self._options, language)
        self._vad = SileroVad()
        self.start()

    def start(self) -> None:
        """Begin an utterance; forget an unfinished one."""
        self._vad.reset()
        self._gate = SpeechGate()
        self._stream = WhisperStream(self._plan)
        self._waiting = bytearray()
        """Sound that does not fill a window of the detector yet."""
        self._kept = bytearray()
        self._gone = 0
        """Bytes of what was let through that were cut off."""

    def feed(self, pcm: bytes) -> Partial | None:
        """Take any number of samples; give the words so far when they changed."""
        self._waiting += pcm
        told = None
        while len(self._waiting) >= WINDOW_BYTES:
            window = bytes(self._waiting[:WINDOW_BYTES])
            del self._waiting[:WINDOW_BYTES]
            told = self._take(window) or told
        return told

    def reread(self) -> str:
        """Find nothing: the words that it tells in a pause are all that it can say."""
        return ""

    def finish(self, sensible: str = "") -> Heard:
        """End the utterance. Raises EngineFailed when the engine breaks."""
        stream, gate = self._stream, self._gate
        try:
            if read := stream.last_read(gate.kept_s, gate.voiced_s(stream.read_to)):
                stream.add(read, self._read(read))
            return stream.heard()
        finally:
            self.start()

    def _take(self, window: bytes) -> Partial | None:
        stream, gate = self._stream, self._gate
        self._kept += gate.push(window, self._vad.probability(window))
        read = stream.next_read(gate.kept_s, gate.voiced_s(stream.read_to), gate.silent_s)
        if read is None:
            return None
        partial = stream.add(read, self._read(read))
        del self._kept[: _bytes(stream.start) - self._gone]
        self._gone = _bytes(stream.start)
        return partial

    def _read(self, read: Read) -> Hypothesis:
        pcm = bytes(self._kept[_bytes(read.start) - self._gone : _bytes(read.end) - self._gone])
        samples = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
        try:
            segment = self._transcribe(samples, read)
        except (RuntimeError, ValueError) as exc:
            raise EngineFailed(f"Whisper broke on {read.end - read.start:.1f} s of sound: {exc}") from exc
        if segment is None:
            return NOTHING
        doubts = Doubts(segment.avg_logprob, segment.no_speech_prob, segment.compression_ratio)
        words = timed_words(_pieces(segment, read))
        return believe(words, doubts, self._gate.voiced_s(read.start, read.end), self._plan.opening)

    def _transcribe(self, samples: Samples, read: Read) -> Segment | None:
        """Encode and decode once.

        Without timestamps there is one segment for a window. Asked for the next one, faster-whisper would
        encode what is left after the last word once more, silence as a rule.
        """
        segments, _ = self._model.transcribe(
            samples,
            language=self._language,
            beam_size=self._options.beam_size if read.thorough else 1,
            temperature=0.0,
            condition_on_previous_text=False,
            initial_prompt=read.prompt or None,
            no_speech_threshold=None,
            without_timestamps=True,
            word_timestamps=True,
            max_new_tokens=_most_tokens(read),
        )
        return next(segments, None)


def _bytes(seconds: float) -> int:
    """Count the bytes of whole samples."""
    return round(seconds * SAMPLE_RATE) * 2


def _pieces(segment: Segment, read: Read) -> list[Piece]:
    """Give the words of a segment in the time of the utterance; evenly spread where Whisper could not place them."""
    if not segment.words:
        return [Piece(segment.text, read.start, read.end, math.exp(min(0.0, segment.avg_logprob)))]
    places = [(min(read.start + one.start, read.end), min(read.start + one.end, read.end)) for one in segment.words]
    return [
        Piece(one.word, start, max(start, end), min(1.0, float(one.probability)))
        for one, (start, end) in zip(segment.words, places, strict=True)
    ]


def _most_tokens(read: Read) -> int | None:
    """Bound the answer. CTranslate2 stops at half of prompt and answer together, so twice the need is asked for."""
    asked = 2 * (_TOKENS_AT_ONCE + math.ceil(_TOKENS_PER_S * (read.end - read.start)))
    return asked if asked <= _LONGEST_TOKENS - _PROMPT_TOKENS else None


def _plan(options: WhisperOptions, language: str) -> StreamOptions:
    opening = options.opening
    if opening is None:
        name = language.lower().replace("_", "-")
        opening = _OPENINGS.get(name, _OPENINGS.get(name.partition("-")[0], ""))
    return StreamOptions(
        every_s=options.partial_every_s,
        reread=options.reread,
        trim_above_s=options.trim_above_s,
        pause_s=options.pause_s,
        opening=opening,
    )
