"""The built-in tools on files: what they write, what they keep of others, and that a second run adds nothing."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject  # type: ignore[import-untyped]  # no stubs

from companion.servers.calendar import CalendarFile
from companion.servers.contacts import ContactsFile
from companion.servers.documents import exclusively, replace_text
from companion.servers.failure import Failure
from companion.servers.messages import MessagesFolder
from companion.servers.notes import NotesFolder
from companion.servers.reminders import RemindersFile

ID, OTHER = "a" * 32, "b" * 32
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FOREIGN = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Somebody//Else//EN\r\nX-WR-CALNAME:Home\r\n"
    "BEGIN:VEVENT\r\nX-THEIRS;A=b:kept\r\nUID:theirs\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Team meeting\r\n"
    "DTSTART;TZID=Europe/Berlin:20261012T090000\r\nDTEND;TZID=Europe/Berlin:20261012T093000\r\n"
    "RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z\r\nEXDATE;TZID=Europe/Berlin:20261109T090000\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nUID:theirs\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Team meeting moved\r\n"
    "RECURRENCE-ID;TZID=Europe/Berlin:20261116T090000\r\nDTSTART;TZID=Europe/Berlin:20261117T100000\r\nEND:VEVENT\r\n"
    "BEGIN:VJOURNAL\r\nUID:j\r\nSUMMARY:diary folded ov\r\n er two lines\r\nEND:VJOURNAL\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def utc() -> Iterator[None]:
    """This machine's clock shows UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def calendar(folder: Path) -> CalendarFile:
    return CalendarFile(folder, lambda: NOW)


def test_an_event_is_written_once_for_its_errand(tmp_path: Path) -> None:
    for _ in range(2):
        result = calendar(tmp_path).add(" Dentist ", "2026-11-24T09:00:00+01:00", False, ID)
    assert result == {"title": "Dentist", "start": "2026-11-24T09:00:00+01:00", "all_day": False}
    (event,) = icalendar.Calendar.from_ical((tmp_path / "calendar.ics").read_bytes()).walk("VEVENT")
    assert (str(event["UID"]), str(event["SUMMARY"]), "DTSTAMP" in event) == (ID, "Dentist", True)
    assert event.decoded("DTSTART") == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.mark.usefixtures("utc")
def test_a_day_lists_timed_events_whole_days_and_occurrences_of_rules(tmp_path: Path) -> None:
    (tmp_path / "calendar.ics").write_bytes(FOREIGN.encode())
    calendar(tmp_path).add("Fair", "2026-11-23", True, ID)
    assert calendar(tmp_path).list("2026-11-23") == {
        "day": "2026-11-23",
        "events": [
            {"title": "Fair", "start": "2026-11-23", "all_day": True},
            {"title": "Team meeting", "start": "2026-11-23T08:00:00+00:00", "all_day": False},
        ],
    }
    for day, starts in {
        "2026-10-19": ["2026-10-19T07:00:00+00:00"],  # nine in Berlin, in summer time
        "2026-11-09": [],  # taken out
        "2026-11-16": [],  # moved
        "2026-11-17": ["2026-11-17T09:00:00+00:00"],
        "2027-01-04": [],  # after the rule's end
    }.items():
        assert [event["start"] for event in calendar(tmp_path).list(day)["events"]] == starts


def test_what_others_wrote_into_the_calendar_stays_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "calendar.ics"
    path.write_bytes(FOREIGN.encode())
    calendar(tmp_path).add("Dentist", "2026-11-24T09:00:00Z", False, ID)
    begun, _, rest = path.read_bytes().decode().partition("BEGIN:VEVENT\r\nSUMMARY:Dentist")
    assert begun + rest.partition("END:VEVENT\r\n")[2] == FOREIGN
    calendar(tmp_path).remove("dentist", OTHER)
    left = [line for line in path.read_bytes().decode().splitlines(True) if not line.startswith("X-EARRAND-DONE")]
    assert "".join(left) == FOREIGN


def test_an_event_is_removed_once_for_its_errand(tmp_path: Path) -> None:
    calendar(tmp_path).add("Dentist, again; ümlaut", "2026-11-24T09:00:00Z", False, ID)
    first = calendar(tmp_path).remove("again;", OTHER)
    calendar(tmp_path).add("Dentist, again; ümlaut", "2026-11-25T09:00:00Z", False, "c" * 32)
    assert calendar(tmp_path).remove("again;", OTHER) == first
    assert len(icalendar.Calendar.from_ical((tmp_path / "calendar.ics").read_bytes()).walk("VEVENT")) == 1


def test_removing_prefers_what_is_ahead_and_never_guesses(tmp_path: Path) -> None:
    book = calendar(tmp_path)
    book.add("Dentist", "2026-11-01T09:00:00Z", False, ID)
    book.add("Dentist", "2026-12-01T09:00:00Z", False, OTHER)
    assert book.remove("dentist", "c" * 32)["start"].startswith("2026-12-01")
    book.add("Dentist", "2026-12-02T09:00:00Z", False, "d" * 32)
    book.add("Dentist", "2026-12-03T09:00:00Z", False, "e" * 32)
    assert failing(lambda: book.remove("dentist", "f" * 32)) == "ambiguous"
    assert failing(lambda: book.remove("hairdresser", "f" * 32)) == "not_found"
    (tmp_path / "calendar.ics").write_bytes(FOREIGN.encode())
    assert failing(lambda: book.remove("team meeting", "f" * 32)) == "ambiguous"


@pytest.mark.usefixtures("utc")
def test_reminders_ring_are_listed_by_time_and_finished_once(tmp_path: Path) -> None:
    book = RemindersFile(tmp_path, lambda: NOW)
    for _ in range(2):
        assert book.add("water plants", None, ID) == {"what": "water plants", "due": None}
        book.add("call Anna", "2026-11-23T10:00:00+01:00", OTHER)
    (alarm,) = icalendar.Calendar.from_ical((tmp_path / "reminders.ics").read_bytes()).walk("VALARM")
    assert str(alarm["ACTION"]) == "DISPLAY"
    anna = {"what": "call Anna", "due": "2026-11-23T09:00:00+00:00"}
    assert book.list() == {"reminders": [anna, {"what": "water plants", "due": None}]}
    for _ in range(2):
        assert book.finish("call", "c" * 32) == anna
    assert [entry["what"] for entry in book.list()["reminders"]] == ["water plants"]
    assert failing(lambda: book.finish("call", "d" * 32)) == "not_found"


def test_a_contact_is_added_behind_the_others_and_found_by_part_of_the_name(tmp_path: Path) -> None:
    path = tmp_path / "contacts.vcf"
    theirs = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ben Ali\r\nN:Ali;Ben;;;\r\nX-ODD:1\r\nEMAIL:ben@example.org\r\nEND:VCARD"
    path.write_bytes(theirs.encode())
    book = ContactsFile(tmp_path)
    for _ in range(2):
        assert book.add("Anna Schmidt", "+49 30 123", ID) == {"name": "Anna Schmidt", "phone": "+49 30 123"}
    assert path.read_bytes().startswith(theirs.encode())
    assert len(list(vobject.readComponents(path.read_text()))) == 2
    assert book.find("anna") == {"name": "Anna Schmidt", "phone": "+49 30 123", "email": ""}
    assert book.find("ben ali") == {"name": "Ben Ali", "phone": "", "email": "ben@example.org"}
    assert failing(lambda: book.find("clara")) == "not_found"
    book.add("Anna Weber", "1", OTHER)
    assert failing(lambda: book.find("Anna")) == "ambiguous"


class FakeDelivery:
    """A service that takes messages, or does not."""

    def __init__(self, works: bool = True) -> None:
        self.works = works
        self.delivered: list[tuple[str, str]] = []

    def deliver(self, to: str, text: str) -> bool:
        self.delivered.append((to, text))
        return self.works


def test_a_message_lies_in_the_outbox_once(tmp_path: Path) -> None:
    for _ in range(2):
        assert MessagesFolder(tmp_path).send("Anna", "on my way", ID) == {
            "to": "Anna",
            "text": "on my way",
            "how": "outbox",
        }
    (line,) = (tmp_path / "outbox.jsonl").read_text().splitlines()
    assert re.match(r'\{"id":"a{32}","to":"Anna","text":"on my way"', line)


def test_a_message_is_delivered_once_and_a_cut_delivery_is_not_repeated(tmp_path: Path) -> None:
    delivery = FakeDelivery()
    box = MessagesFolder(tmp_path, delivery)
    for _ in range(2):
        assert box.send("Anna", "hi", ID)["how"] == "sent"
    assert delivery.delivered == [("Anna", "hi")]
    path = tmp_path / "outbox.jsonl"
    path.write_text(path.read_text().replace('"sent"', '"sending"'))
    assert failing(lambda: box.send("Anna", "hi", ID)) == "unknown_outcome"
    delivery.works = False
    for _ in range(2):
        assert failing(lambda: box.send("Anna", "hi", OTHER)) == "tool_failed"
    assert len(delivery.delivered) == 2


def test_messages_are_read_by_sender_and_a_line_being_written_is_not_read(tmp_path: Path) -> None:
    box = MessagesFolder(tmp_path)
    assert box.read("") == {"messages": []}
    inbox = tmp_path / "inbox.jsonl"
    inbox.write_text('{"sender":"Anna Schmidt","text":"hi","at":"x","theirs":1}\n{"sender":"Ben","text":"yo"}\n{"sen')
    assert [message["text"] for message in box.read("")["messages"]] == ["hi", "yo"]
    assert box.read("anna") == {"messages": [{"sender": "Anna Schmidt", "text": "hi", "at": "x"}]}
    inbox.write_text("garbage\n")
    assert failing(lambda: box.read("")) == "tool_failed"


def test_a_reply_counts_from_the_place_where_the_errand_began_even_after_a_restart(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox.jsonl"
    inbox.write_text('{"sender":"Ben","text":"old"}\n')
    place = MessagesFolder(tmp_path).begin_wait(ID)
    assert MessagesFolder(tmp_path).look("ben", place)[0] is None
    with inbox.open("a") as file:
        file.write('{"sender":"Anna","text":"no"}\n{"sender":"Ben","text":"new"}\n')
    again = MessagesFolder(tmp_path).begin_wait(ID)
    assert MessagesFolder(tmp_path).look("ben", again)[0] == {"sender": "Ben", "text": "new"}


def test_notes_are_readable_and_written_once(tmp_path: Path) -> None:
    notes = NotesFolder(tmp_path, lambda: datetime(2026, 11, 22, 14, 3))
    for _ in range(2):
        notes.take("parking\nspace 42", ID)
    with (tmp_path / "notes.md").open("a") as file:
        file.write("- by hand\n")
    notes.take("third", OTHER)
    assert notes.read() == {"notes": ["parking space 42", "by hand", "third"]}
    assert "- 2026-11-22 14:03 parking space 42" in (tmp_path / "notes.md").read_text()


def test_lists_hold_items_once_and_lose_them_once(tmp_path: Path) -> None:
    notes = NotesFolder(tmp_path)
    for item in ("oat milk", "bread", "Oat  milk"):
        notes.add(item, "Shopping")
    with (tmp_path / "lists" / "shopping.md").open("a") as file:
        file.write("- [x] done\n* eggs\n")
    assert notes.list("shopping") == {"list_name": "shopping", "items": ["oat milk", "bread", "eggs"]}
    for _ in range(2):
        assert notes.remove("milk", "shopping", ID) == {"item": "oat milk", "list_name": "shopping"}
    assert failing(lambda: notes.remove("milk", "shopping", OTHER)) == "not_found"
    assert notes.list("shopping")["items"] == ["bread", "eggs"]
    assert failing(lambda: notes.list("packing")) == "not_found"


@pytest.mark.parametrize("list_name", ["../../etc/passwd", "a/b", ".", "", "x" * 100, "a\0b"])
def test_a_list_cannot_be_named_out_of_its_folder(tmp_path: Path, list_name: str) -> None:
    assert failing(lambda: NotesFolder(tmp_path).add("x", list_name)) == "bad_arguments"


CALLS: dict[str, Callable[[Path], Any]] = {
    "calendar.ics": lambda folder: calendar(folder).add("x", "2026-11-24T09:00:00Z", False, ID),
    "reminders.ics": lambda folder: RemindersFile(folder).add("x", None, ID),
    "contacts.vcf": lambda folder: ContactsFile(folder).add("x", "1", ID),
    "outbox.jsonl": lambda folder: MessagesFolder(folder).send("x", "y", ID),
    "notes.md": lambda folder: NotesFolder(folder).take("x", ID),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_file_that_cannot_be_read_is_left_as_it_is(tmp_path: Path, name: str) -> None:
    garbage = b"\x00\xff\xfe garbage\n" * 10
    (tmp_path / name).write_bytes(garbage)
    assert failing(lambda: CALLS[name](tmp_path)) == "tool_failed"
    assert (tmp_path / name).read_bytes() == garbage


@pytest.mark.parametrize(
    "call",
    [
        lambda folder: calendar(folder).add("", "2026-11-24", True, ID),
        lambda folder: calendar(folder).add("x", "tomorrow", False, ID),
        lambda folder: calendar(folder).list("soon"),
        lambda folder: RemindersFile(folder).add("x", "later", ID),
        lambda folder: ContactsFile(folder).add("x", " ", ID),
        lambda folder: MessagesFolder(folder).send("x", "", ID),
    ],
)
def test_arguments_without_sense_are_refused_and_write_nothing(tmp_path: Path, call: Callable[[Path], Any]) -> None:
    assert failing(lambda: call(tmp_path)) == "bad_arguments"
    assert list(tmp_path.iterdir()) == []


def test_replacing_keeps_the_mode_follows_links_and_leaves_no_rests(tmp_path: Path) -> None:
    real = tmp_path / "synchronised" / "notes.md"
    real.parent.mkdir()
    real.write_text("old")
    os.chmod(real, 0o640)
    (tmp_path / "notes.md").symlink_to(real)
    with exclusively(tmp_path):
        replace_text(tmp_path / "notes.md", "new")
    assert (real.read_text(), real.stat().st_mode & 0o777) == ("new", 0o640)
    assert (tmp_path / "notes.md").is_symlink()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".notes")] == []


def failing(call: Callable[[], object]) -> str:
    """Give the code that the call fails with."""
    with pytest.raises(Failure) as caught:
        call()
    return caught.value.code
