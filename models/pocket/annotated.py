"""Reads annotated sentences of public data sets and makes them calls of ours, by the table in mapping.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from models.pocket.frames import FRAMES, Call, Frame, call_of
from models.pocket.words import Span, Words, normalise

_TIME = ("date", "time", "timeofday", "general_frequency")
_SLOT = re.compile(r"\[([^\[\]:]+?)\s*:\s*([^\[\]]*)\]")
_FROM_OR_TO = "from_or_to"
_NO_ITEM = r"this|it\b|that\b|item|an item"
_ITEM_ADDED = re.compile(
    r"\b(?:add|put|include|insert|write|need|want)(?: in| down)? "
    rf"(?!to |in |on |new |a new |list|another list|{_NO_ITEM}|something|one |list)"
    r"((?:(?!\bto\b|\bon\b|\bin\b|\bonto\b|\blist\b).)+?) (?:to|on|in|into|onto)\b"
)
_ITEM_REMOVED = re.compile(
    r"\b(?:remove|delete|erase|take|clear|cross)(?: off| out)? "
    rf"(?!from |the list|my list|list|{_NO_ITEM}|all|everything|list)"
    r"((?:(?!\bfrom\b|\boff\b|\bon\b|\bin\b|\blist\b).)+?) (?:from|off|out|on|in)\b"
)
_SAYING = re.compile(
    r"\b(?:saying|that says|say that|tell (?:him|her|them)(?: that)?|to say|telling (?:him|her|them)|asking"
    r"|ask (?:him|her|them)|and say|let (?:him|her|them) know) (.+)$"
)


class Row(msgspec.Struct, frozen=True):
    """A line of a data file; fields of no use to us are ignored."""

    text: str
    intent: str
    annotation: str = ""
    source: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence whose meaning is known."""

    words: Words
    frame: Frame
    spans: tuple[Span, ...] = ()
    slots: tuple[str, ...] = ()
    """For each span the kind of value it holds, for swapping values of one kind in training."""
    tool_only: bool = False
    """Whether neither closed word nor spans are known."""

    @property
    def call(self) -> Call:
        """The call that the sentence means."""
        return call_of(self.frame, self.words, self.spans)


@dataclass(frozen=True, slots=True)
class _Meaning:
    frame: Frame
    arguments: Mapping[str, str]
    """Slot -> argument."""


def read_rows(path: Path) -> Iterator[Row]:
    """Give the rows of a JSON lines file. Raises ValueError for a line that is none, naming it."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield msgspec.json.decode(line, type=Row)
                except msgspec.MsgspecError as exc:
                    raise ValueError(f"{path}, line {number}: {exc}") from exc


def example_of(row: Row) -> Example | None:
    """Give the example that an annotated row is, or none when the table does not know its intent or it has no words."""
    # CLINC has intents of the same name ("play_music"), without slots.
    meaning = _meanings().get(row.intent) if row.annotation and not row.source.startswith("clinc") else None
    if meaning is None:
        return _tool_only(row)
    words, slots = _words_and_slots(row.annotation)
    if not words:
        return None
    spans, kinds, end = [], [], 0
    for slot in _with_found(meaning.frame.tool, words, slots, row):
        argument = meaning.arguments.get(slot.argument, "")
        if argument == _FROM_OR_TO:
            argument = "origin" if "from" in words[max(0, slot.start - 2) : slot.start] else "destination"
        if argument and slot.start >= end:
            spans.append(Span(slot.start, slot.end, argument))
            kinds.append(slot.argument)
            end = slot.end
    return Example(words, meaning.frame, tuple(spans), tuple(kinds))


def _tool_only(row: Row) -> Example | None:
    frame = _tools().get(row.intent)
    words = normalise(row.text)
    return Example(words, frame, tool_only=True) if frame and words else None


def _with_found(tool: str, words: Words, slots: list[Span], row: Row) -> list[Span]:
    """Add the spans that the data does not annotate: items and texts."""
    text = " ".join(words)
    match tool:
        case "add_to_list" if row.intent != "AddToPlaylist":
            slots = [slot for slot in slots if slot.argument == "list_name"] + _found(_ITEM_ADDED, text, "item")
        case "remove_from_list":
            slots = [slot for slot in slots if slot.argument == "list_name"] + _found(_ITEM_REMOVED, text, "item")
        case "send_message":
            said = _found(_SAYING, text, "text")
            slots = [slot for slot in slots if not said or slot.end <= said[0].start] + said
    return sorted(slots, key=lambda slot: (slot.start, slot.end, slot.argument))


def _found(expression: re.Pattern[str], text: str, argument: str) -> list[Span]:
    found = expression.search(text)
    if not found or not found[1].strip():
        return []
    start = len(text[: found.start(1)].split())
    return [Span(start, start + len(found[1].split()), argument)]


def _words_and_slots(annotation: str) -> tuple[Words, list[Span]]:
    words: list[str] = []
    slots: list[Span] = []
    end = 0
    for slot in _SLOT.finditer(annotation):
        words += normalise(annotation[end : slot.start()])
        value = normalise(slot[2])
        if value:
            slots.append(Span(len(words), len(words) + len(value), slot[1].strip()))
        words += value
        end = slot.end()
    return (*words, *normalise(annotation[end:])), slots


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(Path(__file__).with_name("mapping.toml").read_text("utf-8"))


@cache
def _meanings() -> dict[str, _Meaning]:
    frames = {(frame.tool, frame.word): frame for frame in FRAMES}
    meanings = {}
    for intent, row in _table()["sentences"].items():
        arguments = {
            slot: argument
            for argument, slots in row.items()
            if argument not in ("tool", "closed")
            for slot in slots.replace("@time", " ".join(_TIME)).split()
        }
        meanings[intent] = _Meaning(frames[row["tool"], row.get("closed", "")], arguments)
    return meanings


@cache
def _tools() -> dict[str, Frame]:
    first = {frame.tool: frame for frame in reversed(FRAMES)}
    return {intent: first[tool] for tool, intents in _table()["tools"].items() for intent in str(intents).split()}
