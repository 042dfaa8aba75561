"""An iCalendar file in which only the lines of a changed component change; all others stay byte for byte."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from icalendar import Calendar, Component

from companion.servers.failure import Failure

_NEW = (
    "BEGIN:VCALENDAR\r\n",
    "VERSION:2.0\r\n",
    "PRODID:-//Earrand//Companion//EN\r\n",
    "END:VCALENDAR\r\n",
)
_NOTE = "X-EARRAND-DONE:"
_MOST_NOTES = 50
"""As many removals as a second run could ever ask about, and far more."""


@dataclass(frozen=True, slots=True)
class Part:
    """One component directly inside VCALENDAR and the lines that it fills."""

    component: Component
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class IcsFile:
    """The lines of a file and what they mean."""

    lines: tuple[str, ...]
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    """What was removed for which errand, newest first."""

    @classmethod
    def parse(cls, text: str, name: str) -> IcsFile:
        """Read a whole file; an empty one is a new calendar. Raises Failure tool_failed for anything else."""
        lines = tuple(text.splitlines(keepends=True)) if text.strip() else _NEW
        try:
            calendars = Calendar.from_ical("".join(lines), multiple=True)
            spans = _spans(lines)
        except (ValueError, IndexError, KeyError, TypeError) as exc:
            raise Failure("tool_failed", f"{name} is not a calendar; it is left as it is") from exc
        components = [part for calendar in calendars for part in calendar.subcomponents]
        if len(components) != len(spans) or not calendars:
            raise Failure("tool_failed", f"{name} is not a whole calendar; it is left as it is")
        notes = [line.removeprefix(_NOTE).strip() for line in lines if line.startswith(_NOTE)]
        return cls(lines, tuple(Part(c, *span) for c, span in zip(components, spans, strict=True)), tuple(notes))

    @property
    def text(self) -> str:
        """The file as it is written."""
        return "".join(self.lines)

    def added(self, component: Component) -> IcsFile:
        """Give the file with one more component at its end."""
        last = max(index for index, line in enumerate(self.lines) if _keyword(line) == "END:VCALENDAR")
        return self._spliced(last, last, component.to_ical().decode())

    def changed(self, part: Part) -> IcsFile:
        """Give the file with the lines of this part written anew from its component."""
        return self._spliced(part.start, part.stop, part.component.to_ical().decode())

    def without(self, part: Part, note: str) -> IcsFile:
        """Give the file without this part; the note, in the same write, says for which errand. It is one line of
        plain characters: iCalendar escapes some that JSON needs.
        """
        file = self._spliced(part.start, part.stop, "")
        first = next(index for index, line in enumerate(file.lines) if _keyword(line) == "BEGIN:VCALENDAR") + 1
        file = file._spliced(first, first, f"{_NOTE}{note}\r\n")
        noted = [index for index, line in enumerate(file.lines) if line.startswith(_NOTE)]
        old = set(noted[_MOST_NOTES:])
        return replace(file, lines=tuple(line for index, line in enumerate(file.lines) if index not in old))

    def _spliced(self, start: int, stop: int, text: str) -> IcsFile:
        lines = (*self.lines[:start], *text.splitlines(keepends=True), *self.lines[stop:])
        return replace(self, lines=lines)


def _spans(lines: tuple[str, ...]) -> list[tuple[int, int]]:
    """Find the lines of each component that lies directly inside a VCALENDAR."""
    spans = []
    depth = start = 0
    for index, line in enumerate(lines):
        keyword = _keyword(line)
        if keyword.startswith("BEGIN:"):
            depth += 1
            if depth == 2:
                start = index
        elif keyword.startswith("END:"):
            if depth == 2:
                spans.append((start, index + 1))
            depth -= 1
    return spans


def _keyword(line: str) -> str:
    """Give a line for comparison; continued lines begin with a space and so fit nothing."""
    return line.rstrip("\r\n \t").upper()


def value(component: Component, name: str) -> Any:
    """Give a property as icalendar read it; None if it is not there. What it is, only its name says."""
    return component.get(name)
