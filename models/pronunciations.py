"""Picks the pronunciations of exactly the words that a recogniser needs.

A small dictionary is what makes pocketsphinx start fast: 0.1 s instead of 4 s for all of CMUdict.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from models.letter_sounds import sound_out

_LOGGER = logging.getLogger(__name__)

Pronunciations = dict[str, list[str]]
"""The ways to say each word, likeliest first, as ARPAbet phones between spaces."""

_ENDINGS = {"'s": "s", "s'": "s", "s": "s", "ed": "d", "ing": "IH NG"}
_HISSING = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
_VOICELESS = frozenset(("P", "T", "K", "F", "TH", "S", "SH", "CH"))


def pronounce(words: Iterable[str], cmudict: Path) -> Pronunciations:
    """Say each word as the dictionary does, alternates included.

    A word that is not in it is an ending on one that is, or two that are ("doorcam"), or is
    sounded out, which is logged. Raises ValueError naming the words that cannot be said: numbers must
    come as words, letters must be English.
    """
    wanted = set(words)
    with cmudict.open(encoding="utf-8") as lines:
        known = read_dictionary(lines)
    said: Pronunciations = {}
    guessed, unsayable = [], []
    for word in sorted(wanted):
        ways = known.get(word) or _derived(word, known)
        if not ways:
            try:
                ways = [" ".join(sound_out(word))]
            except ValueError:
                unsayable.append(word)
                continue
            guessed.append(word)
        said[word] = ways
    if unsayable:
        raise ValueError(f"cannot say {', '.join(map(repr, unsayable))}: write numbers and signs as English words")
    if guessed:
        _LOGGER.info("not in the dictionary, sounded out: %s", " ".join(guessed))
    return said


def read_dictionary(lines: Iterable[str]) -> Pronunciations:
    """Read CMUdict lines: `word PH ON ES`, alternates as `word(2) PH ON ES`."""
    known: Pronunciations = {}
    for line in lines:
        word, _, phones = line.strip().partition(" ")
        if phones:
            known.setdefault(word.partition("(")[0] if word.endswith(")") else word, []).append(phones.strip())
    return known


def dictionary_lines(pronunciations: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield the lines that `read_dictionary` reads."""
    for word, ways in sorted(pronunciations.items()):
        for number, phones in enumerate(ways, 1):
            yield f"{word} {phones}" if number == 1 else f"{word}({number}) {phones}"


def _derived(word: str, known: Pronunciations) -> list[str]:
    """Build a word from one that is known and an ending, or from two of at least three letters."""
    for ending, sound in _ENDINGS.items():
        if word.endswith(ending) and (stems := known.get(word.removesuffix(ending))):
            return [f"{stem} {_ending_sound(sound, stem.split()[-1])}" for stem in stems]
    for cut in range(len(word) - 3, 2, -1):
        if (first := known.get(word[:cut])) and (second := known.get(word[cut:])):
            return [f"{first[0]} {second[0]}"]
    if word.startswith("un") and (rest := known.get(word[2:])):
        return [f"AH N {way}" for way in rest]
    return []


def _ending_sound(ending: str, last: str) -> str:
    """Say a plural, a possessive or a past tense after the last phone of the stem."""
    match ending:
        case "s":
            return "IH Z" if last in _HISSING else "S" if last in _VOICELESS else "Z"
        case "d":
            return "AH D" if last in ("T", "D") else "T" if last in _VOICELESS else "D"
    return ending
