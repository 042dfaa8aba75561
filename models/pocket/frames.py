"""What the pocket model can mean: tools, their arguments, and the closed words among them.

A frame is a tool together with its closed word ("control_home light_on"): the model chooses one of them, then labels
each word of the utterance with the argument that it belongs to, or none. So a value is always a piece of what was
said, a call always has the right form, and no text is ever generated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.pocket.words import Span, values_of

SEVERAL = "several"
"""The frame of an utterance that asks for more than one thing; its words between the parts are labelled `SPLIT`."""
NOTHING = "nothing"
"""The frame of what makes no sense, or was said to somebody else."""
ASK = "ask"
"""The frame of a question for a bigger mind."""
SPLIT = "split"

TOOLS: Mapping[str, tuple[str, ...]] = {
    "set_timer": ("duration",),
    "timer_status": (),
    "cancel_timer": ("name",),
    "set_alarm": ("when",),
    "cancel_alarm": ("when",),
    "list_alarms": ("when",),
    "get_time": ("place", "when"),
    "create_event": ("title", "who", "when"),
    "list_events": ("title", "who", "when"),
    "remove_event": ("title", "who", "when"),
    "add_to_list": ("item", "list"),
    "read_list": ("list",),
    "remove_from_list": ("item", "list"),
    "take_note": ("text",),
    "read_notes": (),
    "send_message": ("to", "text", "app"),
    "read_messages": ("from", "app", "when"),
    "call": ("to",),
    "contact": ("name", "field"),
    "play_music": ("what", "by", "app"),
    "play_media": ("kind", "what"),
    "media_control": ("action",),
    "song_info": (),
    "rate_music": ("what", "by"),
    "set_volume": ("direction", "level"),
    "weather": ("what", "place", "when"),
    "news": ("topic", "source", "when"),
    "search": ("query",),
    "ask": (),
    "calculate": (),
    "convert": (),
    "order_food": ("item", "place"),
    "order_status": ("place",),
    "book_table": ("place", "people", "when"),
    "hail_ride": ("app", "place", "when"),
    "book_ticket": ("mode", "origin", "destination", "when"),
    "route": ("mode", "origin", "destination", "when"),
    "find_place": ("kind", "place", "when"),
    "control_home": ("action", "device", "room", "value"),
    "take_photo": (),
    "describe_view": (),
    "read_text": (),
    "translate": ("text", "language"),
    "scan": (),
    "battery": (),
    "device_setting": ("setting", "value"),
    "privacy": ("state",),
    "task_status": (),
    "cancel_task": ("task",),
    "help": (),
    "confirm": (),
    "deny": (),
    "stop": (),
    "repeat": (),
    "either": (),
    "thanks": (),
    NOTHING: (),
    SEVERAL: (),
}
"""Tool -> its arguments. The order of tools is the order of their tokens: never change it without training again."""

CLOSED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("play_media", "kind"): ("radio", "podcast", "audiobook", "game"),
    ("set_volume", "direction"): ("up", "down", "mute"),
    ("control_home", "action"): (
        *("light_on", "light_off", "light_up", "light_down", "light_color"),
        *("on", "off", "clean", "coffee", "other"),
    ),
    ("privacy", "state"): ("on", "off"),
}
"""The arguments whose value is one of a few words of ours; a tool has at most one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A tool and its closed argument, if it has one."""

    tool: str
    argument: str = ""
    word: str = ""

    @property
    def name(self) -> str:
        """The frame as its token is called."""
        return f"{self.tool} {self.word}" if self.word else self.tool


@dataclass(frozen=True, slots=True)
class Call:
    """A tool and its arguments, as words of the utterance. An argument may be there twice ("milk and eggs")."""

    tool: str
    arguments: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> str:
        """Give the first value of an argument, empty without one."""
        return next((value for argument, value in self.arguments if argument == name), "")


@dataclass(frozen=True, slots=True)
class Effort:
    """What a call cost."""

    batches: int
    """Evaluations by llama.cpp; no token is ever generated."""
    tokens: int


@dataclass(frozen=True, slots=True)
class Understanding:
    """What an utterance most likely means."""

    calls: tuple[Call, ...]
    """One; or several, in the order they were said."""
    texts: tuple[str, ...]
    """For each call the words that it was read from."""
    confidence: float
    """0 to 1, calibrated: of the calls with 0.9 some nine in ten are right in the tool."""
    values: float
    """The least certain label among the words, 0 to 1, as the network gives it; 1 where there are no values."""
    effort: Effort


def _frames() -> tuple[Frame, ...]:
    frames = []
    for tool, arguments in TOOLS.items():
        closed = next((argument for argument in arguments if (tool, argument) in CLOSED), "")
        words = CLOSED.get((tool, closed), ("",))
        frames += [Frame(tool, closed, word) for word in words]
    return tuple(frames)


FRAMES = _frames()
_OPEN = {tool: tuple(a for a in arguments if (tool, a) not in CLOSED) for tool, arguments in TOOLS.items()}
LABELS = ("", SPLIT, *sorted({argument for arguments in _OPEN.values() for argument in arguments}))
"""What a word may be labelled with; the first label means that it belongs to no argument."""


def labels_of(tool: str) -> tuple[str, ...]:
    """Give the labels that words may have under a tool."""
    return ("", SPLIT) if tool == SEVERAL else ("", *_OPEN[tool])


def call_of(frame: Frame, words: tuple[str, ...], spans: tuple[Span, ...]) -> Call:
    """Make the call that a frame and the labelled words mean."""
    closed = ((frame.argument, frame.word),) if frame.argument else ()
    return Call(frame.tool, (*closed, *values_of(words, spans)))
