"""Makes the language model in which "stop" competes with the words that sentences begin with."""

from __future__ import annotations

import lzma
import math
from collections.abc import Iterable, Mapping
from itertools import chain, takewhile
from pathlib import Path

WORD = "stop"
_RIVALS = 600
"""Words that "stop" competes with; half of them because sentences begin with them, half because they are frequent."""
_ALIKE = (
    "dog",
    "shop",
    "spot",
    "star",
    "start",
    "stay",
    "steps",
    "stock",
    "stopped",
    "stops",
    "stuff",
    "tap",
    "top",
    "up",
)
"""Words that sound like it and must not be taken for it, frequent or not."""
_END_SHARE = 0.1
"""Of the end of the sentence; in a unigram model it hardly matters."""


def rivals(everyday: Path) -> dict[str, float]:
    """Give the words that sentences begin with most, and frequent words, each with its probability.

    `everyday` is a compressed ARPA file. Raises OSError, ValueError, lzma.LZMAError, EOFError.
    """
    with lzma.open(everyday, "rt", encoding="utf-8") as lines:
        anywhere, first = _grams(lines)
    openers = sorted(first, key=lambda word: (-first[word], word))[: _RIVALS // 2]
    frequent = sorted(anywhere.keys() - set(openers), key=lambda word: (-anywhere[word], word))
    chosen = dict.fromkeys(chain(openers, frequent[: _RIVALS - len(openers)], _ALIKE))
    chosen.pop(WORD, None)
    return {word: max(first.get(word, 1e-9), anywhere.get(word, 1e-5)) for word in chosen}


def unigrams(words: Mapping[str, float], share: float) -> str:
    """Write an ARPA file in which WORD has this share and the others have theirs of the rest."""
    if not 0 < share < 1 - _END_SHARE:
        raise ValueError(f"the share of a word is over 0 and under {1 - _END_SHARE}, not {share}")
    scale = (1 - _END_SHARE - share) / sum(words.values())
    shares = {word: value * scale for word, value in words.items()} | {WORD: share, "</s>": _END_SHARE}
    lines = [f"{math.log10(value):.4f} {word}" for word, value in sorted(shares.items())]
    return "\n".join(["\\data\\", f"ngram 1={len(lines) + 1}", "", "\\1-grams:", "-99 <s>", *lines, "", "\\end\\", ""])


def _grams(lines: Iterable[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Read from an ARPA file how likely each word is anywhere, and how likely at the beginning of a sentence."""
    anywhere: dict[str, float] = {}
    first: dict[str, float] = {}
    order = 0
    for line in takewhile(lambda line: not line.startswith("\\3-grams"), lines):
        fields = line.split()
        if line.startswith("\\"):
            order = int(line[1]) if line[1].isdigit() else 0
        elif order == 1 and len(fields) >= 2 and not fields[1].startswith("<"):
            anywhere[fields[1]] = 10 ** float(fields[0])
        elif order == 2 and fields[1:2] == ["<s>"] and not fields[2].startswith("<"):
            first[fields[2]] = 10 ** float(fields[0])
    if not (anywhere and first):
        raise ValueError("no bigram model in the ARPA format")
    return anywhere, first
