"""What pocketsphinx thought of our recordings while they grew, for policies that settle words. Run, it records it.

The words, with their times, are those of its own English model (CMU's 2016 one, which the package brings) at every
half second of the recordings in tests/data, which are made with a synthesizer, and of all of them in a row, which is
longer than what is kept of a window. No Whisper made them: its weights were not at hand.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pocketsphinx import Decoder, get_model_path  # type: ignore[import-untyped]  # ships no types

from audio.files import read_sound
from audio.frames import SAMPLE_RATE
from models.transcript import TimedWord

_FOLDER = Path(__file__).parent / "data"
_FILE = _FOLDER / "hypotheses.json"
_EVERY = SAMPLE_RATE // 2
_FRAME_S = 0.01
_Word = tuple[str, float, float]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The hypotheses of one growing utterance."""

    every_s: float
    """Seconds between two of them."""
    hypotheses: tuple[tuple[TimedWord, ...], ...]

    @property
    def seconds(self) -> float:
        """How long the utterance is."""
        return len(self.hypotheses) * self.every_s

    def words(self, start: float, end: float) -> tuple[TimedWord, ...]:
        """Give the hypothesis at `end`, without the words that were mostly before `start`."""
        count = min(len(self.hypotheses), round(end / self.every_s))
        whole = self.hypotheses[count - 1] if count else ()
        return tuple(word for word in whole if (word.start + word.end) / 2 >= start)


@functools.cache
def recorded() -> dict[str, Recorded]:
    """Read what was recorded: of each hypothesis, how many words it shares with the one before, and the others."""
    streams = {}
    for name, changes in json.loads(_FILE.read_text()).items():
        words: tuple[TimedWord, ...] = ()
        hypotheses = []
        for shared, new in changes:
            words = words[:shared] + tuple(TimedWord(text, start, end, 1.0, text) for text, start, end in new)
            hypotheses.append(words)
        streams[name] = Recorded(_EVERY / SAMPLE_RATE, tuple(hypotheses))
    return streams


def _hypotheses(pcm: bytes) -> Iterator[list[_Word]]:
    model = Path(get_model_path("en-us"))
    decoder = Decoder(
        hmm=str(model / "en-us"),
        lm=str(model / "en-us.lm.bin"),
        dict=str(model / "cmudict-en-us.dict"),
        loglevel="FATAL",
    )
    decoder.start_utt()
    for place in range(0, len(pcm) - 2 * _EVERY + 1, 2 * _EVERY):
        decoder.process_raw(pcm[place : place + 2 * _EVERY])
        yield [
            (one.word.partition("(")[0], round(one.start_frame * _FRAME_S, 2), round((one.end_frame + 1) * _FRAME_S, 2))
            for one in (decoder.seg() if decoder.hyp() else ())
            if not one.word.startswith(("<", "["))
        ]
    decoder.end_utt()


def _changes(pcm: bytes) -> list[tuple[int, list[_Word]]]:
    before: list[_Word] = []
    changes = []
    for words in _hypotheses(pcm):
        pairs = zip(before, words, strict=False)
        shared = next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(before), len(words)))
        changes.append((shared, words[shared:]))
        before = words
    return changes


def _record() -> None:
    sounds = {path.stem: read_sound(path) for path in sorted(_FOLDER.glob("*.flac"))}
    streams = {name: _changes(pcm) for name, pcm in sounds.items()}
    streams["all of them"] = _changes(b"".join(sounds.values()))
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(changes)}" for name, changes in streams.items())
    _FILE.write_text(f"{{\n{lines}\n}}\n")


if __name__ == "__main__":
    _record()
