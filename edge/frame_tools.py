"""Which of the pocket model's tools a tool of the wearable is: the model has fewer, for it labels words, not values."""

from __future__ import annotations

from collections.abc import Mapping

from models.pocket.frames import ASK, NOTHING

_FRAME_OF: Mapping[str, str] = {
    "tell_time": "get_time",
    "tell_date": "get_time",
    "add_event": "create_event",
    "add_reminder": "create_event",
    "list_reminders": "list_events",
    "cancel_event": "remove_event",
    "finish_reminder": "remove_event",
    "find_contact": "contact",
    "add_contact": "contact",
    "wait_for_reply": "read_messages",
    "post": "send_message",
    "call_person": "call",
    "change_volume": "set_volume",
    "errand_status": "task_status",
    "cancel_errand": "cancel_task",
}
"""Where the names differ."""
_WITHOUT_EFFECT = frozenset(
    (
        *("timer_status", "list_alarms", "get_time", "list_events", "read_list", "read_notes", "read_messages"),
        *("contact", "song_info", "weather", "news", "search", "calculate", "convert", "order_status", "route"),
        *("find_place", "describe_view", "read_text", "translate", "scan", "battery", "task_status", "help"),
        *("confirm", "deny", "repeat", "either", "thanks", "status", ASK, NOTHING),
    )
)


def frame_tool(tool: str) -> str:
    """Give the model's name for a tool of the wearable; the same where it has no such tool."""
    return _FRAME_OF.get(tool, tool)


def has_effect(tool: str) -> bool:
    """Say whether the wearable would do more than answer; `tool` is a name of the model's, or one it does not have."""
    return tool not in _WITHOUT_EFFECT
