"""Speaks sentences with synthetic voices and writes down what the recogniser makes of them.

    python -m edge.lexicon > lexicon.json
    python -m models.pocket.noise --in sentences.jsonl --out pairs.jsonl --lexicon lexicon.json

Each line that goes in has a "text"; each that comes out has "text", "heard", "confidence" and "alternatives". What
comes out teaches a model of sentences which mistakes to expect. A run that was cut off goes on where it was.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from models.asr import Heard, Recogniser
from models.pocket.speakers import Speaker, in_a_room, speakers
from models.pocket.word_errors import word_error_rate
from models.pocket.wording import as_heard
from models.registry import open_recogniser

_CHUNK = 6400
"""Bytes handed to the recogniser at a time: 0.2 s."""
_TURN = 20
"""Sentences before the next voice speaks: the recogniser gets used to a speaker, as it does to a wearer."""


class Pair(msgspec.Struct, frozen=True):
    """A sentence and what was heard of it."""

    text: str
    heard: str
    confidence: float
    alternatives: tuple[str, ...]


class _Lexicon(msgspec.Struct, frozen=True):
    sentences: tuple[str, ...]
    vocabulary: tuple[str, ...]


class _Line(msgspec.Struct, frozen=True):
    text: str


_Record = TypeVar("_Record", Pair, _Line)


def listen(recogniser: Recogniser, pcm: bytes) -> Heard:
    """Give what a recogniser makes of an utterance."""
    recogniser.start()
    for start in range(0, len(pcm), _CHUNK):
        recogniser.feed(pcm[start : start + _CHUNK])
    return recogniser.finish()


def misheard(
    recogniser: Recogniser,
    voices: Sequence[Speaker],
    texts: Iterable[str],
    done: Container[str] = frozenset(),
    seed: int = 1,
) -> Iterator[Pair]:
    """Yield each sentence that is not `done` with what was heard of it. Raises EngineError."""
    for place, text in enumerate(texts):
        if text in done:
            continue
        pcm = voices[place // _TURN % len(voices)].speak(as_heard(text))
        heard = listen(recogniser, in_a_room(pcm, random.Random(f"{seed} {text}")))
        yield Pair(text, heard.text, round(heard.confidence, 4), heard.alternatives)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and work through the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--in", dest="source", type=Path, required=True, help='lines of {"text": ...}')
    parser.add_argument("--out", type=Path, required=True, help="pairs are added at its end")
    parser.add_argument("--lexicon", type=Path, required=True, help="what edge.lexicon wrote")
    parser.add_argument("--sample", type=int, help="take so many of the lines, by chance")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    lexicon = msgspec.json.decode(chosen.lexicon.read_bytes(), type=_Lexicon)
    texts = sorted({line.text for line in _lines(chosen.source, _Line) if as_heard(line.text)})
    random.Random(chosen.seed).shuffle(texts)
    pairs = list(_lines(chosen.out, Pair))
    with tempfile.TemporaryDirectory() as cache, chosen.out.open("ab") as out:
        recogniser = open_recogniser(
            "pocketsphinx", sentences=lexicon.sentences, vocabulary=lexicon.vocabulary, cache_dir=Path(cache)
        )
        done = frozenset(pair.text for pair in pairs)
        for pair in misheard(recogniser, speakers(), texts[: chosen.sample], done, chosen.seed):
            out.write(msgspec.json.encode(pair) + b"\n")
            out.flush()
            pairs.append(pair)
    rate = word_error_rate((as_heard(pair.text).split(), pair.heard.split()) for pair in pairs)
    print(f"{len(pairs)} sentences, {rate:.1%} of the words wrong")


def _lines(path: Path, kind: type[_Record]) -> Iterator[_Record]:
    """Read a file of JSON lines; one that is not there has none."""
    if path.is_file():
        yield from (msgspec.json.decode(line, type=kind) for line in path.read_bytes().splitlines())


if __name__ == "__main__":
    main()
