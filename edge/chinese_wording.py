"""Evens out what was heard in Mandarin: simplified characters one by one, the numbers of times in characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge.chinese_number import numeral
from edge.wording import Wording

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\u3007"
_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}])\s+|\s+(?=[{_HAN}])")
_WORD = re.compile(rf"[{_HAN}]|[^\s{_HAN}]+")
_CLOCK = re.compile(r"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?(?![\d:])(?![^\W\d]*分)")
_PERCENT = re.compile(r"(\d+)%")
_OF_TIME = re.compile(
    r"(?<![\d.])(?:(?<=点)\d{1,2}(?!\d)|\d{1,3}(?=\s*(?:点|时(?!候)|分|秒|刻|小时|个半|个小时|个钟头|个星期|天|周)))"
)
_O_CLOCK = re.compile(r"(?<=[零一二三四五六七八九十两])时(?=整|[零一二三四五六七八九十]{1,3}分|$)")


@dataclass(frozen=True, slots=True)
class ChineseWording:
    """Evens out Mandarin: every character becomes a word, so nothing else need know that no spaces are written."""

    polite: Wording
    """What is cut off, in such words."""
    same: Mapping[str, str]
    """Traditional characters and other spellings."""

    @classmethod
    def of(cls, table: Mapping[str, Sequence[str] | Mapping[str, str] | str]) -> ChineseWording:
        """Take it from the language's polite.yaml."""
        same, traditional, simplified = table["same"], table["traditional"], table["simplified"]
        if not isinstance(same, Mapping) or len(traditional) != len(simplified):
            raise ValueError("polite.yaml needs a mapping 'same', and 'traditional' as long as 'simplified'")
        before, after, needed = (tuple(map(spaced, table[key])) for key in ("before", "after", "after_if_needed"))
        return cls(Wording(before, after, needed, {}), {**dict(zip(traditional, simplified, strict=True)), **same})

    def plain(self, text: str) -> str:
        """Give the characters, and the words of other scripts in lower case, with a space between any two."""
        lowered = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")
        for said, meant in self.same.items():
            lowered = lowered.replace(said, meant)
        lowered = _CLOCK.sub(r" \1点\2 ", _BESIDE_HAN.sub("", lowered))
        lowered = _PERCENT.sub(r"百分之\1", lowered).replace("+", "加")
        kept = "".join(letter if letter.isalnum() or letter in "'." else " " for letter in lowered)
        kept = re.sub(r"(?<!\d)\.|\.(?!\d)", " ", kept)
        joined = _BESIDE_HAN.sub("", " ".join(kept.split()))
        return spaced(_O_CLOCK.sub("点", _OF_TIME.sub(_in_characters, joined)))

    def readings(self, text: str) -> tuple[str, ...]:
        """Give the ways to read a plain text, the likeliest first; a later one is for when no earlier one matches."""
        return self.polite.readings(text)

    def written(self, words: str) -> str:
        """Give words of a plain text the way they are written: spaces stand only between words of other scripts."""
        return _BESIDE_HAN.sub("", words.strip())


def spaced(text: str) -> str:
    """Put a space between any two characters, and around the words of other scripts."""
    return " ".join(_WORD.findall(text))


def _in_characters(match: re.Match[str]) -> str:
    digits = match[0].strip()
    after_hour = match.string[: match.start()].endswith("点")
    if after_hour and len(digits) == 2 and digits.startswith("0"):
        return f"零{numeral(int(digits))}"
    return numeral(int(digits))
