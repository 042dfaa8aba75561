"""Reminders as an MCP server: to-dos with an alarm in reminders.ics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from icalendar import Alarm, Todo
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from typing_extensions import TypedDict

from companion.servers import times
from companion.servers.documents import exclusively, read_text, replace_text
from companion.servers.ics import IcsFile, Part, value
from companion.servers.names import one, required
from companion.servers.serving import ADDS, READS, errand_id, serve

FINISHED_BY = "X-EARRAND-FINISHED-BY"


class Reminder(TypedDict):
    """Something to do; `due` is RFC 3339 or nothing."""

    what: str
    due: str | None


class Reminders(TypedDict):
    """What is still to do, the soonest first, those without a time last."""

    reminders: list[Reminder]


class RemindersFile:
    """reminders.ics and what can be done with it."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._folder = folder
        self._path = folder / "reminders.ics"
        self._now = now

    def add(self, what: str, due: str | None, id: str) -> Reminder:
        """Add a to-do whose UID is the id; if it is there already, do nothing."""
        todo = Todo()
        todo.add("uid", id)
        todo.add("dtstamp", times.stored(self._now()))
        todo.add("summary", required(what, "what"))
        moment = None if due is None else times.moment(due)
        if moment is not None:
            todo.add("due", times.stored(moment))
            todo.add_component(_alarm(what))
        with exclusively(self._folder):
            file = self._read()
            if not any(str(part.component.get("uid")) == id for part in file.parts):
                replace_text(self._path, file.added(todo).text)
        return {"what": what.strip(), "due": None if moment is None else moment.isoformat()}

    def list(self) -> Reminders:
        """Give what is still to do."""
        waiting = sorted(filter(_is_waiting, self._read().parts), key=_order)
        return {"reminders": [_spoken(part) for part in waiting]}

    def finish(self, what: str, id: str) -> Reminder:
        """Mark the to-do as completed; it stays in the file, as calendar programs keep it."""
        required(what, "what")
        with exclusively(self._folder):
            file = self._read()
            for part in file.parts:
                if str(part.component.get(FINISHED_BY)) == id:
                    return _spoken(part)
            part = one(what, list(filter(_is_waiting, file.parts)), _what, "reminder")
            part.component["STATUS"] = "COMPLETED"
            part.component.pop("COMPLETED", None)
            part.component.add("completed", times.stored(self._now()))
            part.component[FINISHED_BY] = id
            replace_text(self._path, file.changed(part).text)
        return _spoken(part)

    def _read(self) -> IcsFile:
        return IcsFile.parse(read_text(self._path), self._path.name)


def _alarm(what: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", what.strip())
    alarm.add("trigger", timedelta(0), parameters={"RELATED": "END"})  # a to-do's end is when it is due
    return alarm


def _is_waiting(part: Part) -> bool:
    status = str(part.component.get("status", "")).upper()
    return isinstance(part.component, Todo) and status not in ("COMPLETED", "CANCELLED")


def _what(part: Part) -> str:
    return str(part.component.get("summary", ""))


def _order(part: Part) -> tuple[bool, float]:
    due = value(part.component, "DUE")
    return (due is None, 0.0 if due is None else times.started(due.dt).timestamp())


def _spoken(part: Part) -> Reminder:
    due = value(part.component, "DUE")
    return {"what": _what(part), "due": None if due is None else times.spoken(due.dt)}


def build(folder: Path) -> MCPServer:
    """Serve the reminders in this folder."""
    reminders = RemindersFile(folder)
    server = MCPServer("reminders", instructions="The user's reminders.")

    @server.tool(annotations=ADDS)
    def add_reminder(what: str, due: str | None, context: Context) -> Reminder:
        """Note something to do. `due` is RFC 3339, or null for no time."""
        return reminders.add(what, due, errand_id(context))

    @server.tool(annotations=READS)
    def list_reminders() -> Reminders:
        """Give what is still to do."""
        return reminders.list()

    @server.tool(annotations=ADDS)
    def finish_reminder(what: str, context: Context) -> Reminder:
        """Mark a reminder as done."""
        return reminders.finish(what, errand_id(context))

    return server


if __name__ == "__main__":
    serve("reminders", build)
