"""One errand of every tool of the phone, with the result that the phone gives."""

from __future__ import annotations

from typing import Any

NINE = "2026-11-23T09:00:00+01:00"
ERRANDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "calendar.add_event": (
        {"title": "dentist", "start": NINE, "all_day": False},
        {"title": "dentist", "start": NINE, "all_day": False},
    ),
    "calendar.list_events": (
        {"day": "2026-11-23"},
        {"day": "2026-11-23", "events": [{"title": "dentist", "start": NINE, "all_day": False}]},
    ),
    "calendar.remove_event": ({"title": "dentist"}, {"title": "dentist", "start": NINE}),
    "reminders.add_reminder": ({"what": "call mum", "due": NINE}, {"what": "call mum", "due": NINE}),
    "reminders.list_reminders": ({}, {"reminders": [{"what": "call mum", "due": None}]}),
    "reminders.finish_reminder": ({"what": "call mum"}, {"what": "call mum", "due": None}),
    "contacts.find_contact": ({"name": "anna"}, {"name": "Anna Bell", "phone": "55512", "email": None}),
    "contacts.add_contact": ({"name": "bob", "phone": "+49170"}, {"name": "bob", "phone": "+49170"}),
    "messages.send_message": ({"to": "anna", "text": "late"}, {"to": "Anna", "text": "late", "how": "outbox"}),
    "messages.read_messages": (
        {"sender": ""},
        {"messages": [{"sender": "Anna", "text": "where are you?", "at": NINE}]},
    ),
    "messages.wait_for_reply": ({"sender": "anna"}, {"sender": "Anna", "text": "ok"}),
    "notes.take_note": ({"text": "milk is out"}, {"text": "milk is out"}),
    "notes.read_notes": ({}, {"notes": ["milk is out"]}),
    "notes.add_to_list": ({"item": "milk", "list_name": "shopping"}, {"item": "milk", "list_name": "shopping"}),
    "notes.read_list": ({"list_name": "shopping"}, {"list_name": "shopping", "items": ["a", "b", "c", "d", "e"]}),
    "notes.remove_from_list": ({"item": "milk", "list_name": "shopping"}, {"item": "milk", "list_name": "shopping"}),
}

REASONS = [
    None,
    "",
    "not_found",
    "ambiguous",
    "unknown_outcome",
    "timed_out",
    "tool_failed",
    "no_such_tool",
    "no_consent",
]
REASONS += ["disk_full", "bad_arguments", "cancelled", "cancel_wanted", "something.new"]
