"""Learns how people talk to assistants, for the recogniser: writes the trigram of everyday sentences.

    python -m models.pocket.hearing --data FOLDER --dictionary cmudict-en-us.dict

FOLDER holds public sentences: nlu_train.jsonl (xliuhw/NLU-Evaluation-Data, CC BY 4.0), clinc_train.jsonl
(clinc/oos-eval, CC BY 3.0), snips_train.jsonl (sonos/nlu-benchmark, CC0) and hass_sentences.jsonl (OHF-Voice/intents,
CC BY 4.0). Our own are added. Only what several sentences share is kept: a sequence of words that one sentence alone
has is left out, so that no sentence can be read back.
"""

from __future__ import annotations

import argparse
import lzma
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from models.everyday import EVERYDAY
from models.ngram import END, Trigram, build_trigram, ngrams
from models.ngram_mix import without
from models.pocket.wording import as_heard
from models.pocket.written import read_lists, read_written
from models.pronunciations import read_dictionary

_SOURCES = {"nlu_train": 4, "clinc_train": 1, "snips_train": 1, "hass_sentences": 1}
"""How often each file counts. The first is speech to an assistant of all kinds; the others are narrow."""
_OURS = 2
"""How often our own sentences count."""
_FILLINGS = 8
"""Sentences made of each pattern with lists in it."""
_FEWEST = 2
"""Different sentences that an n-gram must be in."""
_DECIMALS = 3


class _Line(msgspec.Struct, frozen=True):
    text: str
    language: str = "en"


def everyday(sentences: Sequence[str], pronounceable: Iterable[str]) -> Trigram:
    """Build the trigram of sentences; those that are there several times count as often.

    A word is kept when two sentences have it, or when it is among `pronounceable`.
    """
    seen = Counter(gram for sentence in set(sentences) for gram in set(ngrams(sentence)))
    known = {(word,) for word in pronounceable} | {(END,)}
    return without(build_trigram(sentences), {gram for gram, times in seen.items() if times < _FEWEST} - known)


def public(folder: Path) -> Iterator[str]:
    """Yield the English sentences of the public files as they are heard."""
    for name, times in _SOURCES.items():
        for line in (folder / f"{name}.jsonl").read_bytes().splitlines():
            said = msgspec.json.decode(line, type=_Line)
            if said.language == "en" and (heard := as_heard(said.text)):
                yield from [heard] * times


def ours(seed: int = 1) -> Iterator[str]:
    """Yield the sentences that we wrote, their lists filled in by chance."""
    lists, dice = read_lists(), random.Random(seed)
    for written in read_written(lists):
        for _ in range(_FILLINGS if written.is_pattern else 1):
            yield from [as_heard(" ".join(written.example(lists, dice).words))] * _OURS


def packed(model: Trigram) -> bytes:
    """Give an ARPA file, compressed: no more decimals than matter, and no back-off weights, for they follow."""
    return lzma.compress("\n".join(_lines(model)).encode(), preset=9 | lzma.PRESET_EXTREME)


def _lines(model: Trigram) -> Iterator[str]:
    for order, grams in enumerate(model.orders, 1):
        yield f"\\{order}-grams:"
        yield from (f"{math.log10(grams[gram]):.{_DECIMALS}f} {' '.join(gram)}" for gram in sorted(grams))
    yield "\\end\\"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the public training files")
    parser.add_argument("--dictionary", type=Path, required=True, help="pronunciations, as CMUdict writes them")
    parser.add_argument("--out", type=Path, default=EVERYDAY)
    chosen = parser.parse_args(arguments)
    with chosen.dictionary.open(encoding="utf-8") as lines:
        known = read_dictionary(lines)
    model = everyday([*public(chosen.data), *ours()], known)
    chosen.out.write_bytes(packed(model))
    print(f"{[len(order) for order in model.orders]} n-grams, {chosen.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
