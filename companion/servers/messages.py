"""Messages as an MCP server: outbox.jsonl (and the configured services) out, inbox.jsonl in.

A message is written as "sending" before a service gets it and as "sent" after. A second run of the same errand that
finds "sending" cannot know, and says so; it never sends again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

import anyio
import anyio.to_thread
import msgspec
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from typing_extensions import TypedDict

from companion.servers.delivery import AppriseDelivery, Delivery
from companion.servers.documents import exclusively, read_text, replace_text
from companion.servers.failure import Failure
from companion.servers.names import fits, folded, required
from companion.servers.serving import READS, SENDS, errand_id, serve
from firmware_bridge.errors import UNREADABLE

POLL_S = 0.2
"""How often the inbox is looked at while a reply is awaited: one stat() each time."""
NEWEST = 20
"""How many messages are read at most."""


class SentMessage(TypedDict):
    """A message that left, or that lies in the outbox."""

    to: str
    text: str
    how: Literal["outbox", "sent"]


class Message(TypedDict):
    """A message that came in."""

    sender: str
    text: str
    at: str


class Messages(TypedDict):
    """The newest messages, oldest of them first."""

    messages: list[Message]


class Reply(TypedDict):
    """What somebody answered."""

    sender: str
    text: str


class _Outgoing(msgspec.Struct):
    id: str
    to: str
    text: str
    at: str
    how: Literal["outbox", "sending", "sent", "failed"]


class _Incoming(msgspec.Struct):
    sender: str
    text: str
    at: str = ""


class MessagesFolder:
    """The outbox and the inbox."""

    def __init__(
        self,
        folder: Path,
        delivery: Delivery | None = None,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._folder = folder
        self._outbox = folder / "outbox.jsonl"
        self._inbox = folder / "inbox.jsonl"
        self._waits = folder / "waits.json"
        self._delivery = delivery
        self._now = now

    def send(self, to: str, text: str, id: str) -> SentMessage:
        """Put a message into the outbox, once for each id, and hand it on where that is configured."""
        to, text = required(to, "to"), required(text, "text")
        with exclusively(self._folder):
            messages = self._sent()
            for known in messages:
                if known.id == id:
                    return _known(known)
            at = self._now().isoformat(timespec="seconds")
            message = _Outgoing(id, to, text, at, "outbox" if self._delivery is None else "sending")
            self._write([*messages, message])
        if self._delivery is not None:  # without the lock: a service may take its time
            message.how = "sent" if self._delivery.deliver(to, text) else "failed"
            with exclusively(self._folder):
                self._write([message if other.id == id else other for other in self._sent()])
        return _known(message)

    def read(self, sender: str) -> Messages:
        """Give the newest messages, of one sender if one is named."""
        messages = [_incoming(line) for line in self._arrived(0)[0]]
        wanted = [message for message in messages if not sender.strip() or fits(sender, message.sender)]
        return {"messages": [{"sender": m.sender, "text": m.text, "at": m.at} for m in wanted[-NEWEST:]]}

    def begin_wait(self, id: str) -> int:
        """Give the place in the inbox behind which replies count; the same one when the errand is run again."""
        with exclusively(self._folder):
            waits = self._read_waits()
            if id not in waits:
                waits[id] = self._inbox.stat().st_size if self._inbox.exists() else 0
                kept = dict(list(waits.items())[-100:])
                replace_text(self._waits, msgspec.json.encode(kept).decode() + "\n")
            return waits[id]

    def look(self, sender: str, place: int) -> tuple[Reply | None, int]:
        """Give a reply of the sender behind the place, if there is one, and the place up to which was read."""
        lines, place = self._arrived(place)
        for message in map(_incoming, lines):
            if folded(message.sender) == folded(sender) or fits(sender, message.sender):
                return {"sender": message.sender, "text": message.text}, place
        return None, place

    def _arrived(self, place: int) -> tuple[list[bytes], int]:
        """Give the whole lines behind a place; a line that is still being written waits for its end."""
        try:
            with self._inbox.open("rb") as inbox:
                size = inbox.seek(0, os.SEEK_END)
                inbox.seek(place if place <= size else 0)  # a shorter inbox is a new one
                data = inbox.read()
                place = inbox.tell()
        except FileNotFoundError:
            return [], 0
        whole, _, rest = data.rpartition(b"\n")
        return [line for line in whole.split(b"\n") if line.strip()], place - len(rest)

    def _sent(self) -> list[_Outgoing]:
        return [_outgoing(line, number) for number, line in enumerate(read_text(self._outbox).splitlines(), 1)]

    def _write(self, messages: list[_Outgoing]) -> None:
        replace_text(self._outbox, "".join(msgspec.json.encode(m).decode() + "\n" for m in messages))

    def _read_waits(self) -> dict[str, int]:
        try:
            return msgspec.json.decode(read_text(self._waits) or "{}", type=dict[str, int])
        except msgspec.MsgspecError as exc:
            raise Failure("tool_failed", f"{self._waits.name} is damaged; remove it") from exc


def _known(message: _Outgoing) -> SentMessage:
    match message.how:
        case "sending":
            raise Failure("unknown_outcome", "the message was on its way when the phone stopped")
        case "failed":
            raise Failure("tool_failed", "a service did not take the message; it is in the outbox file")
        case "outbox" | "sent" as how:
            return {"to": message.to, "text": message.text, "how": how}


def _outgoing(line: str, number: int) -> _Outgoing:
    try:
        return msgspec.json.decode(line, type=_Outgoing)
    except msgspec.MsgspecError as exc:
        raise Failure(
            "tool_failed", f"outbox.jsonl: line {number} is not a message; the file is left as it is"
        ) from exc


def _incoming(line: bytes) -> _Incoming:
    try:
        return msgspec.json.decode(line, type=_Incoming)
    except UNREADABLE as exc:
        raise Failure("tool_failed", "inbox.jsonl holds a line that is not a message") from exc


def build(folder: Path) -> MCPServer:
    """Serve the messages in this folder; $APPRISE_URLS names services that outgoing ones are handed to."""
    targets = os.environ.get("APPRISE_URLS", "").split()
    messages = MessagesFolder(folder, AppriseDelivery(targets) if targets else None)
    server = MCPServer("messages", instructions="Messages to and from other people.")

    @server.tool(annotations=SENDS)
    def send_message(to: str, text: str, context: Context) -> SentMessage:
        """Send a message to somebody. Ask the user first."""
        return messages.send(to, text, errand_id(context))

    @server.tool(annotations=READS)
    def read_messages(sender: str = "") -> Messages:
        """Give the newest messages, of one sender or of all."""
        return messages.read(sender)

    @server.tool(annotations=READS)
    async def wait_for_reply(sender: str, context: Context) -> Reply:
        """Wait until somebody writes, and give what they wrote."""
        wanted = required(sender, "sender")
        place = await anyio.to_thread.run_sync(messages.begin_wait, errand_id(context))
        while True:
            reply, place = messages.look(wanted, place)
            if reply is not None:
                return reply
            await anyio.sleep(POLL_S)

    return server


if __name__ == "__main__":
    serve("messages", build)
