"""Contacts as an MCP server: vCards in contacts.vcf."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import vobject  # type: ignore[import-untyped]  # vobject has no stubs
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from typing_extensions import TypedDict

from companion.servers.documents import exclusively, read_text, replace_text
from companion.servers.failure import Failure
from companion.servers.names import one, required
from companion.servers.serving import ADDS, READS, errand_id, serve


class Contact(TypedDict):
    """A person; what is not known is empty."""

    name: str
    phone: str
    email: str


class NewContact(TypedDict):
    """A person as added."""

    name: str
    phone: str


class ContactsFile:
    """contacts.vcf and what can be done with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "contacts.vcf"

    def find(self, name: str) -> Contact:
        """Give the person that the name means."""
        card = one(required(name, "name"), self._cards(read_text(self._path)), _name, "contact")
        return {"name": _name(card), "phone": _first(card, "tel"), "email": _first(card, "email")}

    def add(self, name: str, phone: str, id: str) -> NewContact:
        """Append a card whose UID is the id; the cards before it stay byte for byte."""
        name, phone = required(name, "name"), required(phone, "phone")
        with exclusively(self._folder):
            text = read_text(self._path)
            if not any(_first(card, "uid") == id for card in self._cards(text)):
                gap = "" if not text or text.endswith("\n") else "\r\n"
                replace_text(self._path, text + gap + _card(name, phone, id))
        return {"name": name, "phone": phone}

    def _cards(self, text: str) -> list[Any]:
        try:
            return [card for card in vobject.readComponents(text) if card.name == "VCARD"]
        except (vobject.base.VObjectError, ValueError, LookupError, AttributeError) as exc:
            raise Failure("tool_failed", f"{self._path.name} does not hold vCards; it is left as it is") from exc


def _card(name: str, phone: str, id: str) -> str:
    card = vobject.vCard()
    card.add("fn").value = name
    given, _, family = name.rpartition(" ")
    card.add("n").value = vobject.vcard.Name(family=family if given else "", given=given or family)
    card.add("tel").value = phone
    card.add("uid").value = id
    text: str = card.serialize()
    return text


def _name(card: Any) -> str:
    return _first(card, "fn")


def _first(card: Any, field: str) -> str:
    values = card.contents.get(field)
    return str(values[0].value) if values else ""


def build(folder: Path) -> MCPServer:
    """Serve the contacts in this folder."""
    contacts = ContactsFile(folder)
    server = MCPServer("contacts", instructions="The people that the user knows.")

    @server.tool(annotations=READS)
    def find_contact(name: str) -> Contact:
        """Give the phone number and address of a person."""
        return contacts.find(name)

    @server.tool(annotations=ADDS)
    def add_contact(name: str, phone: str, context: Context) -> NewContact:
        """Add a person with a phone number."""
        return contacts.add(name, phone, errand_id(context))

    return server


if __name__ == "__main__":
    serve("contacts", build)
