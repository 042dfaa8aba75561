"""Writes a sentence the way a recogniser would: lower case, numbers as words, no punctuation."""

from __future__ import annotations

import re

from models.spoken import spoken

_HALF_OF_DAY = re.compile(r"\b([ap]) m\b")
_NO_WORD = re.compile(r"[^a-z' ]+")
_LOOSE_APOSTROPHE = re.compile(r"(?<![a-z])'|'(?![a-z])")


def as_heard(text: str) -> str:
    """Give the words of a written sentence; empty when there are none in English letters.

    >>> as_heard("Wake me at 5 p.m., it's Anna's day")
    "wake me at five pm it's anna's day"
    """
    written = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("_", " ")
    letters = _LOOSE_APOSTROPHE.sub(" ", _NO_WORD.sub(" ", spoken(written).lower()))
    return _HALF_OF_DAY.sub(r"\1m", " ".join(letters.split()))
