"""Notes and lists as an MCP server: notes.md and lists/NAME.md, files that people read and edit too."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from typing_extensions import TypedDict

from companion.servers.documents import exclusively, read_text, replace_text
from companion.servers.failure import Failure
from companion.servers.names import folded, one, required
from companion.servers.serving import ADDS, READS, REMOVES, errand_id, serve

_MARK = re.compile(r"\s*<!-- earrand .* -->$")
"""The errand's id behind a line; Markdown does not show it."""
_BULLET = re.compile(r"^[-*+] (?:\[ \] )?(.*)$")
_TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d ")


class Note(TypedDict):
    """A note as taken."""

    text: str


class Notes(TypedDict):
    """All notes, oldest first."""

    notes: list[str]


class ListItem(TypedDict):
    """An item that went on or off a list."""

    item: str
    list_name: str


class ItemList(TypedDict):
    """What is on a list."""

    list_name: str
    items: list[str]


class NotesFolder:
    """The notes and lists and what can be done with them."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = datetime.now) -> None:
        self._folder = folder
        self._path = folder / "notes.md"
        self._now = now

    def take(self, text: str, id: str) -> Note:
        """Write a note down; if this errand has done so already, do nothing."""
        text = _line(required(text, "text"))
        with exclusively(self._folder):
            lines = read_text(self._path).splitlines() or ["# Notes", ""]
            if not any(line.endswith(_mark(id)) for line in lines):
                lines.append(f"- {self._now():%Y-%m-%d %H:%M} {text}{_mark(id)}")
                replace_text(self._path, _joined(lines))
        return {"text": text}

    def read(self) -> Notes:
        """Give all notes."""
        return {"notes": [_TIME.sub("", item) for item in _items(read_text(self._path).splitlines())]}

    def add(self, item: str, list_name: str) -> ListItem:
        """Put an item on a list; one that is there already is not added twice, which makes a second run harmless."""
        item = _line(required(item, "item"))
        path = self._list(list_name)
        with exclusively(self._folder):
            lines = read_text(path).splitlines() or [f"# {list_name.strip()}", ""]
            if folded(item) not in map(folded, _items(lines)):
                replace_text(path, _joined([*lines, f"- [ ] {item}"]))
        return {"item": item, "list_name": list_name.strip()}

    def remove(self, item: str, list_name: str, id: str) -> ListItem:
        """Take an item off a list. The last removal leaves its errand's id, in the same write, for a second run."""
        required(item, "item")
        path = self._list(list_name)
        with exclusively(self._folder):
            lines = read_text(path).splitlines()
            removed = next(
                (line for line in lines if line.startswith("<!-- removed ") and line.endswith(_mark(id))), ""
            )
            if removed:
                name = removed.removeprefix("<!-- removed ").removesuffix(_mark(id)).removesuffix(" -->")
                return {"item": name, "list_name": list_name.strip()}
            name = one(item, _items(lines), str, "item")
            kept = [line for line in lines if _item(line) != name]
            replace_text(path, _joined([*kept, f"<!-- removed {name} -->{_mark(id)}"]))
        return {"item": name, "list_name": list_name.strip()}

    def list(self, list_name: str) -> ItemList:
        """Give what is on a list. A list that nobody began is not found: its name may have been misheard."""
        path = self._list(list_name)
        text = read_text(path)
        if not text and not path.exists():
            raise Failure("not_found", f"there is no list {list_name!r}")
        return {"list_name": list_name.strip(), "items": _items(text.splitlines())}

    def _list(self, name: str) -> Path:
        stem = folded(required(name, "list_name"))
        if not re.fullmatch(r"\w[\w '-]{0,60}", stem):
            raise Failure("bad_arguments", f"{name!r} cannot be the name of a list")
        return self._folder / "lists" / f"{stem}.md"


def _line(text: str) -> str:
    return " ".join(text.split())


def _mark(id: str) -> str:
    return f" <!-- earrand {id} -->"


def _joined(lines: list[str]) -> str:
    """Give the file, with the traces of the last 20 removals only."""
    traces = [index for index, line in enumerate(lines) if line.startswith("<!-- removed ")]
    old = set(traces[:-20])
    return "\n".join(line for index, line in enumerate(lines) if index not in old) + "\n"


def _items(lines: list[str]) -> list[str]:
    return [item for item in map(_item, lines) if item]


def _item(line: str) -> str:
    """Give the text of an open item; nothing for done ones, headings and all else."""
    bullet = _BULLET.match(_MARK.sub("", line))
    return "" if bullet is None or bullet[1].lower().startswith("[x]") else bullet[1].strip()


def build(folder: Path) -> MCPServer:
    """Serve the notes and lists in this folder."""
    notes = NotesFolder(folder)
    server = MCPServer("notes", instructions="The user's notes and lists.")

    @server.tool(annotations=ADDS)
    def take_note(text: str, context: Context) -> Note:
        """Write a note down."""
        return notes.take(text, errand_id(context))

    @server.tool(annotations=READS)
    def read_notes() -> Notes:
        """Give all notes, oldest first."""
        return notes.read()

    @server.tool(annotations=ADDS.model_copy(update={"idempotent_hint": True}))
    def add_to_list(item: str, list_name: str) -> ListItem:
        """Put an item on a list."""
        return notes.add(item, list_name)

    @server.tool(annotations=REMOVES)
    def remove_from_list(item: str, list_name: str, context: Context) -> ListItem:
        """Take an item off a list."""
        return notes.remove(item, list_name, errand_id(context))

    @server.tool(annotations=READS)
    def read_list(list_name: str) -> ItemList:
        """Give what is on a list."""
        return notes.list(list_name)

    return server


if __name__ == "__main__":
    serve("notes", build)
