"""Rewrites a text by an ordered list of rules: what each pattern finds is put into words."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence

Say = Callable[[re.Match[str]], str]
"""Gives the words for what was found."""
Rule = tuple[re.Pattern[str], Say]


def rewrite(text: str, rules: Sequence[Rule]) -> str:
    """Apply the rules in their order: what is more than a number comes before numbers."""
    for pattern, say in rules:
        text = pattern.sub(functools.partial(_apart, say), text)
    return text


def always(words: str) -> Say:
    """Say the same words for every match."""
    return lambda _match: words


def _apart(say: Say, match: re.Match[str]) -> str:
    """Say a match, apart from letters that touched it: "mp3", "B2B". Chinese characters need no space."""
    words = say(match)
    if not words:
        return words
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    gap_before = _is_letter(before) and _is_letter(words[0])
    gap_after = _is_letter(after) and _is_letter(words[-1])
    return f"{' ' if gap_before else ''}{words}{' ' if gap_after else ''}"


def _is_letter(character: str) -> bool:
    return character.isalnum() and not "\u2e80" <= character <= "\u9fff"
