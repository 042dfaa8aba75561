"""What happens, as events: the documented interface of `--json`, and what the screen draws (docs/events.md)."""

from __future__ import annotations

import sys
from typing import Any, Protocol, TextIO

import msgspec

from firmware_bridge.errands import State


class Event(msgspec.Struct, tag_field="event", frozen=True, kw_only=True):
    """One thing that happened. Times named `_s` are seconds of stream: since the microphone opened."""


class Ready(Event, tag="ready", frozen=True, kw_only=True):
    """The process listens."""

    side: str
    engines: dict[str, str] = {}


class Link(Event, tag="link", frozen=True, kw_only=True):
    """The link between wearable and companion came up or went down."""

    side: str
    up: bool
    peer: str = ""
    why: str = ""
    """Why it is down."""


class Attention(Event, tag="attention", frozen=True, kw_only=True):
    """From now on what the wearer says is listened to, or is not."""

    listens: bool
    why: str
    """What opened or closed it: "start", "wake word", "button", "question", "stop", "taken off", or "over"."""
    at_s: float


class EchoFound(Event, tag="echo", frozen=True, kw_only=True):
    """What becomes of our own voice in the microphone, measured while we speak; when it stays in, we go half duplex."""

    what: str
    removed_db: float | None
    at_s: float


class Partial(Event, tag="partial", frozen=True, kw_only=True):
    """Words so far. `committed` will not change, `text` is all of it."""

    text: str
    committed: str
    at_s: float


class HeardWords(Event, tag="heard", frozen=True, kw_only=True):
    """An utterance is over and this is what it was; `understood` is false when it did not fit and is not acted on."""

    text: str
    at_s: float
    confidence: float
    understood: bool


class Call(Event, tag="call", frozen=True, kw_only=True):
    """Something understood the utterance."""

    tool: str
    arguments: dict[str, Any]
    by: str
    """Either "fast-path" or the model's name."""
    at_s: float


class ErrandMoved(Event, tag="errand", frozen=True, kw_only=True):
    """An errand is in this state on this side."""

    id: str
    state: State
    side: str
    tool: str
    progress: str | None = None


class Spoken(Event, tag="spoken", frozen=True, kw_only=True):
    """A sentence was spoken and heard to its end, or as far as `heard`."""

    text: str
    kind: str
    """"answer", "announcement" or "question"."""
    first_sound_ms: float | None
    """From the last voiced sample of the utterance to the first sound; none for announcements."""
    heard: str
    at_s: float
    errand: str | None = None


class Turn(Event, tag="turn", frozen=True, kw_only=True):
    """One utterance and its answer are over: the trace of the turn, in seconds of stream."""

    speech_end_s: float
    decided_s: float
    text_s: float
    call_s: float | None
    first_sound_s: float | None
    end_s: float


class Fed(Event, tag="fed", frozen=True, kw_only=True):
    """A recording was fed to its last sample (only with recordings in place of the microphone)."""

    file: str
    at_s: float


class Quiet(Event, tag="quiet", frozen=True, kw_only=True):
    """Nobody speaks, no turn runs and nothing waits to be announced."""

    at_s: float
    question_open: bool


class Problem(Event, tag="problem", frozen=True, kw_only=True):
    """Something went wrong that the owner can mend."""

    side: str
    text: str


class End(Event, tag="end", frozen=True, kw_only=True):
    """The run is over. `errands` maps ids to tool, state and whether the end was spoken."""

    errands: dict[str, dict[str, Any]]
    unrung: int = 0
    """Timers and alarms of this run that have not rung."""


AnyEvent = (
    Ready
    | Link
    | Attention
    | EchoFound
    | Partial
    | HeardWords
    | Call
    | ErrandMoved
    | Spoken
    | Turn
    | Fed
    | Quiet
    | Problem
    | End
)

_DECODER = msgspec.json.Decoder(AnyEvent)


def read_event(line: bytes) -> AnyEvent:
    """Read one line of `--json`. Raises msgspec.MsgspecError."""
    event: AnyEvent = _DECODER.decode(line)
    return event


class Timeline(Protocol):
    """Where events go."""

    def show(self, event: Event) -> None:
        """Take one event; never blocks for long and never raises."""
        ...


class JsonTimeline:
    """One JSON object a line."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout

    def show(self, event: Event) -> None:
        """Write the event and flush it."""
        self._out.write(msgspec.json.encode(event).decode() + "\n")
        self._out.flush()
