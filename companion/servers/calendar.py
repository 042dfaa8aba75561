"""The calendar as an MCP server: events in calendar.ics, which any calendar program opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from icalendar import Component, Event
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from typing_extensions import TypedDict

from companion.servers import times
from companion.servers.documents import exclusively, read_text, replace_text
from companion.servers.failure import Failure
from companion.servers.ics import IcsFile, Part, value
from companion.servers.names import one, required
from companion.servers.recurrence import ends, occurrences
from companion.servers.serving import ADDS, READS, REMOVES, errand_id, serve


class CalendarEvent(TypedDict):
    """An event; `start` is a day for one that lasts all day, else RFC 3339."""

    title: str
    start: str
    all_day: bool


class DayOfEvents(TypedDict):
    """The events of a day, earliest first."""

    day: str
    events: list[CalendarEvent]


class RemovedEvent(TypedDict):
    """What is no longer there."""

    title: str
    start: str


class CalendarFile:
    """calendar.ics and what can be done with it."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._folder = folder
        self._path = folder / "calendar.ics"
        self._now = now

    def add(self, title: str, start: str, all_day: bool, id: str) -> CalendarEvent:
        """Add an event whose UID is the id; if it is there already, do nothing."""
        event = Event()
        event.add("uid", id)
        event.add("dtstamp", times.stored(self._now()))
        event.add("summary", required(title, "title"))
        begins = times.day(start) if all_day else times.moment(start)
        event.add("dtstart", times.stored(begins) if isinstance(begins, datetime) else begins)
        event.add("duration", timedelta(days=1) if all_day else timedelta(hours=1))
        with exclusively(self._folder):
            file = self._read()
            if not any(str(part.component.get("uid")) == id for part in file.parts):
                replace_text(self._path, file.added(event).text)
        return {"title": title.strip(), "start": begins.isoformat(), "all_day": all_day}

    def list(self, day: str) -> DayOfEvents:
        """Give what happens on a day, repeated events included."""
        wanted = times.day(day)
        events = [part.component for part in self._read().parts if _is_event(part)]
        found = occurrences(events, times.started(wanted), times.started(wanted + timedelta(days=1)))
        return {"day": wanted.isoformat(), "events": [_spoken(event, start) for event, start in found]}

    def remove(self, title: str, id: str) -> RemovedEvent:
        """Remove the event that the title means; events that are over count only if nothing else fits."""
        required(title, "title")
        with exclusively(self._folder):
            file = self._read()
            for note in (dict(parse_qsl(note, keep_blank_values=True)) for note in file.notes):
                if note.get("id") == id:
                    return {"title": note["title"], "start": note["start"]}
            parts = [part for part in file.parts if _is_event(part)]
            ahead = [part for part in parts if ends(part.component) >= self._now()]
            part = _meant(title, ahead, parts)
            if "RRULE" in part.component:
                raise Failure("ambiguous", "that event repeats; one voice command will not remove all of them")
            start = times.spoken(value(part.component, "DTSTART").dt)
            removed: RemovedEvent = {"title": _title(part), "start": start}
            replace_text(self._path, file.without(part, urlencode({"id": id, **removed})).text)
        return removed

    def _read(self) -> IcsFile:
        return IcsFile.parse(read_text(self._path), self._path.name)


def _meant(title: str, ahead: list[Part], parts: list[Part]) -> Part:
    try:
        return one(title, ahead, _title, "event")
    except Failure as failure:
        if failure.code == "ambiguous":
            raise
        return one(title, parts, _title, "event")


def _title(part: Part) -> str:
    return str(part.component.get("summary", ""))


def _spoken(event: Component, start: date | datetime) -> CalendarEvent:
    all_day = not isinstance(start, datetime)
    return {"title": str(event.get("summary", "")), "start": times.spoken(start), "all_day": all_day}


def _is_event(part: Part) -> bool:
    return isinstance(part.component, Event) and "DTSTART" in part.component


def build(folder: Path) -> MCPServer:
    """Serve the calendar in this folder."""
    calendar = CalendarFile(folder)
    server = MCPServer("calendar", instructions="The user's calendar.")

    @server.tool(annotations=ADDS)
    def add_event(title: str, start: str, all_day: bool, context: Context) -> CalendarEvent:
        """Put an event into the calendar. `start` is RFC 3339; an event with a time lasts an hour."""
        return calendar.add(title, start, all_day, errand_id(context))

    @server.tool(annotations=READS)
    def list_events(day: str) -> DayOfEvents:
        """Give the events of a day (YYYY-MM-DD)."""
        return calendar.list(day)

    @server.tool(annotations=REMOVES)
    def remove_event(title: str, context: Context) -> RemovedEvent:
        """Remove the event with this title."""
        return calendar.remove(title, errand_id(context))

    return server


if __name__ == "__main__":
    serve("calendar", build)
