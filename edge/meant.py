"""Turns what the pocket model read out of an utterance into calls of the wearable's tools.

The model gives arguments as the wearer's own words ("tomorrow at half past nine"). What they mean as a day, an hour or
a number is left to the sentence templates: the words are put into a sentence that a template surely knows, and the
template's values are taken. So a time has one meaning, whoever understood the sentence around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from models.llm import ToolCall
from models.pocket.frames import ASK, NOTHING, SEVERAL, Call

_SAME = frozenset(
    [
        "timer_status",
        "read_notes",
        "battery",
        "help",
        "confirm",
        "deny",
        "stop",
        "repeat",
        "thanks",
        "play_music",
        "play_media",
        "media_control",
        "song_info",
        "rate_music",
        "weather",
        "news",
        "search",
        "order_food",
        "order_status",
        "book_table",
        "hail_ride",
        "book_ticket",
        "route",
        "find_place",
        "control_home",
        "take_photo",
        "describe_view",
        "read_text",
        "scan",
        "translate",
        "device_setting",
        "privacy",
    ]
)
"""Frames that are tools of the same name and arguments."""
_RENAMED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "cancel_timer": ("cancel_timer", {"name": "name"}),
    "add_to_list": ("add_to_list", {"item": "item", "list": "list_name"}),
    "read_list": ("read_list", {"list": "list_name"}),
    "remove_from_list": ("remove_from_list", {"item": "item", "list": "list_name"}),
    "take_note": ("take_note", {"text": "text"}),
    "read_messages": ("read_messages", {"from": "sender"}),
    "call": ("call_person", {"to": "to"}),
    "contact": ("find_contact", {"name": "name"}),
    "list_alarms": ("list_alarms", {}),
    "task_status": ("errand_status", {}),
    "cancel_task": ("cancel_errand", {"task": "which"}),
}
_QUESTIONS = frozenset((ASK, "calculate", "convert"))
"""Tools that take the whole utterance."""
_NOT_ACTED_ON = frozenset((NOTHING, SEVERAL, "either"))
_REMINDING = frozenset(["remind", "reminder", "reminders", "reminded", "forget", "remember"])
_DATES = frozenset(["date", "day", "month", "year", "weekday", "today"])
_POSTING = frozenset(["tweet", "tweets", "tweeting", "post", "posts", "twitter", "facebook", "instagram", "status"])
_TITLE = "something"


class Templates(Protocol):
    """The fast path."""

    def match(self, text: str, *, expects_answer: bool = False) -> ToolCall | None:
        """Give the call that the text means, or none."""
        ...


@dataclass(frozen=True, slots=True)
class Unclear:
    """It is clear what is wanted, but not a part of it."""

    key: str
    """The phrase that says so."""


class Meant:
    """Makes tool calls of frames."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def tool_call(self, call: Call, text: str) -> ToolCall | Unclear | None:
        """Give the tool call; None when nothing is to be done."""
        if call.tool in _NOT_ACTED_ON:
            return None
        if call.tool in _SAME:
            return ToolCall(call.tool, _joined(call))
        if call.tool in _QUESTIONS:
            return ToolCall(call.tool, {"question": text})
        if call.tool in _RENAMED:
            tool, names = _RENAMED[call.tool]
            values = _joined(call)
            return ToolCall(tool, {ours: values[name] for name, ours in names.items() if name in values})
        match call.tool:
            case "set_timer":
                return self._timer(call)
            case "set_alarm" | "cancel_alarm":
                return self._alarm(call)
            case "get_time":
                return _time(call, text)
            case "create_event":
                return self._new_event(call, text)
            case "list_events":
                return self._events(call, text)
            case "remove_event":
                return _gone_event(call, text)
            case "send_message":
                return _message(call, text)
            case "set_volume":
                return self._volume(call)
        raise ValueError(f"no tool for {call.tool}")

    def _timer(self, call: Call) -> ToolCall | Unclear:
        duration = call.value("duration")
        if not duration:
            return ToolCall("set_timer", {})
        for words in (duration, duration.removeprefix("in ").removeprefix("for ")):
            found = self._templates.match(f"set a timer for {words}")
            if found is not None and found.tool == "set_timer" and found.arguments:
                return found
        return Unclear("turn.which_length")

    def _alarm(self, call: Call) -> ToolCall | Unclear:
        when = self._moment(call)
        if isinstance(when, Unclear):
            return when
        if call.tool == "set_alarm" and "hour" not in when:
            return Unclear("turn.which_time")
        return ToolCall(call.tool, when)

    def _new_event(self, call: Call, text: str) -> ToolCall | Unclear:
        when = self._moment(call)
        if isinstance(when, Unclear):
            return when
        who, title = call.value("who"), _value(call, "title")
        if _REMINDING & set(text.split()):
            return ToolCall("add_reminder", {"what": title or who, **when}) if title or who else Unclear("turn.what")
        if who:
            title = f"{title or 'meeting'} with {who}"
        return ToolCall("add_event", {"title": title, **when}) if title else Unclear("turn.what")

    def _events(self, call: Call, text: str) -> ToolCall | Unclear:
        if _REMINDING & set(text.split()):
            return ToolCall("list_reminders", {})
        when = self._moment(call)
        if isinstance(when, Unclear):
            return when
        return ToolCall("list_events", {"day": when["day"]} if "day" in when else {})

    def _volume(self, call: Call) -> ToolCall | Unclear:
        direction, level = call.value("direction"), call.value("level")
        if direction == "mute":
            return ToolCall("set_volume", {"percent": 0})
        for sentence in (f"set the volume {level}", f"set the volume to {level}") if level else ():
            found = self._templates.match(sentence)
            if found is not None and found.tool == "set_volume":
                return found
        return ToolCall("change_volume", {"direction": direction})

    def _moment(self, call: Call) -> dict[str, object] | Unclear:
        """Give day, hour, minute and part, as far as they were said."""
        when = _value(call, "when")
        if not when:
            return {}
        for before in ("", "at ", "on ", "in the "):
            found = self._templates.match(f"remind me {before}{when} to do {_TITLE}")
            if found is not None and found.tool == "add_reminder" and found.arguments.get("what") == f"do {_TITLE}":
                return {name: value for name, value in found.arguments.items() if name != "what"}
        return Unclear("turn.which_time")


def _time(call: Call, text: str) -> ToolCall:
    if call.arguments:
        return ToolCall(ASK, {"question": text})
    return ToolCall("tell_date" if _DATES & set(text.split()) else "tell_time", {})


def _gone_event(call: Call, text: str) -> ToolCall | Unclear:
    title = _value(call, "title") or call.value("who")
    if not title:
        return Unclear("turn.what")
    if _REMINDING & set(text.split()):
        return ToolCall("finish_reminder", {"what": title})
    return ToolCall("cancel_event", {"title": title})


def _message(call: Call, text: str) -> ToolCall | Unclear:
    if (_POSTING & set(text.split())) and not call.value("to"):
        return ToolCall("post", {name: call.value(name) for name in ("text", "app") if call.value(name)})
    if not call.value("to"):
        return Unclear("turn.to_whom")
    if not call.value("text"):
        return Unclear("turn.which_words")
    return ToolCall("send_message", {"to": _value(call, "to"), "text": _value(call, "text")})


def _joined(call: Call) -> dict[str, str]:
    return {name: _value(call, name) for name, _ in call.arguments}


def _value(call: Call, name: str) -> str:
    """Give the argument; of two values both, as "milk" and "eggs"."""
    return " and ".join(value for argument, value in call.arguments if argument == name)
