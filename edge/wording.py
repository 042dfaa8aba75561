"""Evens out what was heard: plain lower-case words, without the polite ones around a command."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_READINGS = 5
"""More than people put before a command: "hey could you please tell me". Bounds the time for "please please please"."""
_HALF_OF_DAY = re.compile(r"\b([ap])[ .]?m\b\.?")
_MINUS = re.compile(r"(?<![\w.])-(?=\d)")
_INSIDE_NUMBER = re.compile(r"(?<=\d)[:.](?=\d)")


@dataclass(frozen=True, slots=True)
class Wording:
    """A language's words that mean nothing for a command, and spellings that mean the same."""

    before: tuple[str, ...]
    """Cut from the start."""
    after: tuple[str, ...]
    """Always cut from the end."""
    after_if_needed: tuple[str, ...]
    """Cut from the end when nothing matches with them: they may be what somebody dictates."""
    same: Mapping[str, str]

    @classmethod
    def of(cls, table: Mapping[str, Sequence[str] | Mapping[str, str]]) -> Wording:
        """Take it from the language's polite.yaml."""
        same = table["same"]
        if not isinstance(same, Mapping):
            raise ValueError("'same' in polite.yaml is a mapping of words")
        return cls(tuple(table["before"]), tuple(table["after"]), tuple(table["after_if_needed"]), same)

    def plain(self, text: str) -> str:
        """Give the words as a recogniser would have: lower case, no punctuation but apostrophes, "9:30" as "9 30"."""
        lowered = unicodedata.normalize("NFC", text).lower().replace("\u2019", "'")
        lowered = _MINUS.sub(" minus ", lowered)
        lowered = _HALF_OF_DAY.sub(r"\1m", _INSIDE_NUMBER.sub(" ", lowered)).replace("%", " % ").replace("+", " plus ")
        kept = "".join(letter if letter.isalnum() or letter in "'%" else " " for letter in lowered)
        words = (word.strip("'") for word in re.sub(r"(?<=\d)(am|pm)\b", r" \1", kept).split())
        return " ".join(self.same.get(word, word) for word in words if word)

    def readings(self, text: str) -> tuple[str, ...]:
        """Give the ways to read a plain text, the likeliest first; a later one is for when no earlier one matches."""
        steps = _cuts_of_start(_cut_end(text, self.after), self.before)
        barest = _cut_end(steps[-1], self.after + self.after_if_needed)
        likely = (steps[-1], barest, *reversed(steps[:-1]))
        return tuple(dict.fromkeys(likely))[:MAX_READINGS]

    def written(self, words: str) -> str:
        """Give words of a plain text the way they are written."""
        return words


def _cuts_of_start(text: str, phrases: tuple[str, ...]) -> list[str]:
    """Give the text, then with one phrase less and so on; something always stays: "help me" alone means something."""
    longest_first = sorted(phrases, key=len, reverse=True)
    steps = [text]
    while phrase := next((p for p in longest_first if steps[-1].startswith(f"{p} ")), ""):
        steps.append(steps[-1][len(phrase) + 1 :])
    return steps


def _cut_end(text: str, phrases: tuple[str, ...]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    while phrase := next((p for p in longest_first if text.endswith(f" {p}")), ""):
        text = text[: -len(phrase) - 1]
    return text
