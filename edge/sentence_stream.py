"""Cuts a stream of text into pieces that can be spoken: the first at a clause, so that speech starts early.

Later pieces are sentences, or long clauses. A piece is given once what follows shows that it ends there; how the text
was cut into deltas changes nothing.
"""

from __future__ import annotations

import re

LONGEST_SENTENCE = 300
"""Characters after which a sentence is cut at a comma or space, so that a model that never stops is still spoken."""
_FIRST_CLAUSE, _FIRST_JOIN = 20, 40
"""Characters that the first piece has at least: at a comma, and before an "and"."""
_LATER_CLAUSE, _LATER_JOIN = 120, 160
_WIDE = re.compile("[\u2e80-\u9fff]")
_WIDE_WEIGHT = 3
"""A Chinese character takes about as long to say as three letters."""
_AHEAD = 16
"""More characters than any decision looks at behind the end of a piece."""

_CANDIDATE = re.compile(
    r"(?P<line>\n)"
    r"|(?P<stop>[.!?\u2026][\"')\]\u201d\u2019]{0,3})[^\S\n]+"
    r"|(?P<wide_stop>[\u3002\uff01\uff1f][\u3002\uff01\uff1f\u201d\u2019\u300d\uff09]{0,3})"
    r"|(?P<clause>[,;:]|(?<=[^\d\s]\s)[\u2013\u2014-])[^\S\n]+"
    r"|(?P<wide_clause>[\uff0c\uff1b\uff1a])"
    r"|(?P<join>\s)(?=(?:and|but|because|so|which|while)\s)"
)
"""Where a piece may end. A stop or comma of Latin scripts needs white space: "9.30", "1,234" and "x.org" stay whole."""
_TITLE = re.compile(
    r"(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|mt|vs|e\.g|i\.e|[ap]\.m)\.$|(?:^|[\s.(])[a-z]\.$", re.IGNORECASE
)
_BEFORE_NUMBER = re.compile(
    r"(?:^|[\s(])(?:no|nos|p|pp|ca|fig|approx|apt|rm|ste|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|\d{1,3})\.$",
    re.IGNORECASE,
)
"""They end a sentence only where no number follows; "3." begins the line of a list."""
_NO_JOIN = re.compile(r"(?:\d|between|both|bread|hundred|thousand|dollars?|euros?|pounds?)$")


class SentenceStream:
    """Deltas in, pieces out. But for white space between them, the pieces are the text."""

    def __init__(self) -> None:
        self._text = ""
        self._gave = False

    def feed(self, delta: str) -> list[str]:
        """Take a piece of text; give what it completed."""
        self._text = (self._text + delta).lstrip()
        return self._cut(whole=False)

    def finish(self) -> list[str]:
        """Give what is left."""
        pieces = self._cut(whole=True)
        rest, self._text = self._text.strip(), ""
        return [*pieces, rest] if rest else pieces

    def _cut(self, *, whole: bool) -> list[str]:
        pieces = []
        while (end := self._boundary(whole)) is not None:
            piece, self._text = self._text[:end].rstrip(), self._text[end:].lstrip()
            pieces.append(piece)
            self._gave = True
        return pieces

    def _boundary(self, whole: bool) -> int | None:
        """Give where the next piece ends; None when that is not known yet, or all is one piece."""
        for match in _CANDIDATE.finditer(self._text, 0, LONGEST_SENTENCE):
            end = match.end()
            if not whole and len(self._text) < end + _needed(match):
                return None
            if self._ends(match):
                return end
        if len(self._text) > LONGEST_SENTENCE + (0 if whole else _AHEAD):
            cut = max(self._text.rfind(mark, 0, LONGEST_SENTENCE) for mark in ", ")
            return cut + 1 if cut > 0 else LONGEST_SENTENCE
        return None

    def _ends(self, match: re.Match[str]) -> bool:
        before, after = self._text[: match.end()].rstrip(), self._text[match.end() : match.end() + _AHEAD]
        match match.lastgroup:
            case "stop":
                return _stops(before, after)
            case "clause" | "wide_clause":
                enough = _LATER_CLAUSE if self._gave else _FIRST_CLAUSE
                return _weight(before) >= enough and _pauses(before, after, wide=match.lastgroup == "wide_clause")
            case "join":
                enough = _LATER_JOIN if self._gave else _FIRST_JOIN
                return _weight(before) >= enough and _joins(before, after)
        return True


def _needed(match: re.Match[str]) -> int:
    """Give how many characters behind a candidate decide on it."""
    return {"line": 0, "wide_stop": 1, "wide_clause": 1, "stop": 1, "clause": 1}.get(match.lastgroup or "", _AHEAD)


def _stops(before: str, after: str) -> bool:
    """Say whether a full stop is one: not after a title, and not where the sentence goes on in small letters."""
    if before.endswith(("!", "?")):
        return True
    if _TITLE.search(before) or (after[:1].isdigit() and _BEFORE_NUMBER.search(before)):
        return False
    return not (after[:1].islower() or re.fullmatch(r"\d{1,3}\.", before))


def _pauses(before: str, after: str, *, wide: bool) -> bool:
    """Say whether a comma parts clauses: before a capital or a digit it stands in a date, an address or a list."""
    if wide:
        return not (before[-2:-1].isdigit() and after[:1].isdigit())
    return after[:1].islower() and not before.endswith((".,", ".;", ".:"))


def _joins(before: str, after: str) -> bool:
    """Say whether "and" parts clauses, and not numbers or halves of a pair."""
    words = after.split()
    follows = words[1] if len(words) > 1 else ""
    return follows[:1].islower() and follows not in ("a", "half", "one") and not _NO_JOIN.search(before)


def _weight(text: str) -> int:
    return len(text) + (_WIDE_WEIGHT - 1) * len(_WIDE.findall(text))
