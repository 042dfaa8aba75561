"""Tools whose work belongs to the phone: they make errand requests with resolved arguments."""

from __future__ import annotations

from typing import Any

from edge.phone_number import phone_number
from edge.tools.tool import BadArguments, ErrandRequest, Risk, tool
from edge.tools.wording import Says
from edge.when import Day, NoSuchTime, Now, Part, day_of, resolve_loosely, start_of

LONGEST_TEXT = 2000
"""Characters in one argument; nobody says more in one utterance, and it fits a message of the link."""


class PhoneTools:
    """Calendar, reminders, contacts, messages, notes and lists."""

    def __init__(self, now: Now, phrases: Says) -> None:
        self._now = now
        self._phrases = phrases

    @tool(Risk.REVERSIBLE)
    def add_event(
        self, title: str, day: Day = "", hour: int | None = None, minute: int = 0, part: Part = ""
    ) -> ErrandRequest:
        """Put an appointment into the calendar; without an hour it lasts all day."""
        title = self._text(title)
        now = self._now()
        if hour is None and not part:
            if not day:
                raise BadArguments(self._phrases.say("when.which_day"))
            start = start_of(day_of(day, now), now.tzinfo).isoformat()
            return _ask("calendar.add_event", title=title, start=start, all_day=True)
        start_at = self._moment(day, hour, minute, part)
        return _ask("calendar.add_event", title=title, start=start_at, all_day=False)

    @tool(Risk.READS)
    def list_events(self, day: Day = "today") -> ErrandRequest:
        """Tell what is in the calendar on a day."""
        return _ask("calendar.list_events", day=day_of(day, self._now()).isoformat())

    @tool(Risk.REVERSIBLE)
    def cancel_event(self, title: str) -> ErrandRequest:
        """Take an appointment out of the calendar."""
        return _ask("calendar.remove_event", title=self._text(title))

    @tool(Risk.REVERSIBLE)
    def add_reminder(
        self, what: str, day: Day = "", hour: int | None = None, minute: int = 0, part: Part = ""
    ) -> ErrandRequest:
        """Set a reminder, at a time if one was given."""
        return _ask("reminders.add_reminder", what=self._text(what), due=self._moment(day, hour, minute, part))

    @tool(Risk.READS)
    def list_reminders(self) -> ErrandRequest:
        """Tell the open reminders."""
        return _ask("reminders.list_reminders")

    @tool(Risk.REVERSIBLE)
    def finish_reminder(self, what: str) -> ErrandRequest:
        """Tick off a reminder."""
        return _ask("reminders.finish_reminder", what=self._text(what))

    @tool(Risk.READS)
    def find_contact(self, name: str) -> ErrandRequest:
        """Look up the number and address of a person."""
        return _ask("contacts.find_contact", name=self._text(name))

    @tool(Risk.REVERSIBLE)
    def add_contact(self, name: str, phone: str) -> ErrandRequest:
        """Add a person with a telephone number to the contacts."""
        number = phone_number(phone)
        if number is None:
            raise BadArguments(self._phrases.say("phone.no_number"))
        return _ask("contacts.add_contact", name=self._text(name), phone=number)

    @tool(Risk.REACHES_OTHERS)
    def send_message(self, to: str, text: str) -> ErrandRequest:
        """Send a text message to a person."""
        return _ask("messages.send_message", to=self._text(to), text=self._text(text))

    @tool(Risk.READS)
    def read_messages(self, sender: str = "") -> ErrandRequest:
        """Read the latest messages, of one person if a name was given."""
        return _ask("messages.read_messages", sender=self._text(sender, needed=False))

    @tool(Risk.READS)
    def wait_for_reply(self, sender: str) -> ErrandRequest:
        """Tell the wearer when a person answers."""
        return ErrandRequest("messages.wait_for_reply", {"sender": self._text(sender)}, waits=True)

    @tool(Risk.REVERSIBLE)
    def take_note(self, text: str) -> ErrandRequest:
        """Write down a note."""
        return _ask("notes.take_note", text=self._text(text))

    @tool(Risk.READS)
    def read_notes(self) -> ErrandRequest:
        """Read the notes."""
        return _ask("notes.read_notes")

    @tool(Risk.REVERSIBLE)
    def add_to_list(self, item: str, list_name: str = "shopping") -> ErrandRequest:
        """Put something on a list."""
        return _ask("notes.add_to_list", item=self._text(item), list_name=self._list(list_name))

    @tool(Risk.READS)
    def read_list(self, list_name: str = "shopping") -> ErrandRequest:
        """Read a list."""
        return _ask("notes.read_list", list_name=self._list(list_name))

    @tool(Risk.REVERSIBLE)
    def remove_from_list(self, item: str, list_name: str = "shopping") -> ErrandRequest:
        """Take something off a list."""
        return _ask("notes.remove_from_list", item=self._text(item), list_name=self._list(list_name))

    def _text(self, said: str, *, needed: bool = True) -> str:
        """Give the words with plain spaces, so that what is read back is what will be used."""
        kept = "".join(letter if letter.isprintable() else " " for letter in said)
        words = " ".join(kept.split())
        if needed and not words:
            raise BadArguments(self._phrases.say("phone.nothing_said"))
        if len(words) > LONGEST_TEXT:
            raise BadArguments(self._phrases.say("phone.too_long"))
        return words

    def _list(self, said: str) -> str:
        return self._text(said, needed=False).removesuffix("list").rstrip() or "shopping"

    def _moment(self, day: Day, hour: int | None, minute: int, part: Part) -> str | None:
        try:
            moment = resolve_loosely(day, hour, minute, part, self._now())
        except NoSuchTime as exc:
            raise BadArguments(self._phrases.say(exc.key)) from exc
        return moment.isoformat(timespec="seconds") if moment else None


def _ask(errand: str, **arguments: Any) -> ErrandRequest:
    return ErrandRequest(errand, arguments)
