"""Says where the time of a turn goes, from the last voiced sample in to the first audible sample out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.benches.first_sound import Row, row
from edge.ledger import Span, busy

WHOLE = "LAST VOICED IN TO FIRST AUDIBLE OUT"
PARTS = ("the words are there and the turn is over", "the answer goes to the voice", "the first audible sample")
"""What both sides go through, one after the other."""
_ENGINES = ("asr", "pocket", "tts", "disk")
"""Threads whose computing for a turn is not our own share."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One turn on one clock, in monotonic seconds."""

    last_voiced: float
    """The wearer's last voiced sample."""
    speech_end: float
    """Where the detector put the end of speech."""
    decided: float
    text: float
    call: float | None
    """None when nothing was understood: then we say so."""
    written: float
    """The first sound was given to the speaker."""
    audible: float
    """The first audible sample."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one clip."""

    trace: Trace | None = None
    """None when nothing was answered, or too early."""
    cut_off: bool = False
    """Taken to be over before its last voiced sample."""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """How one assistant did on the clips."""

    name: str
    turns: int
    """Commands that were answered when the wearer had finished."""
    not_answered: int
    """Commands without any answer; they are in no row."""
    cut_off: int
    """Commands taken to be over before their last voiced sample; in no row either."""
    hesitating: int
    """Commands with a pause of 0.2 to 0.8 s between two words."""
    hesitating_cut_off: int
    rows: Sequence[Row]
    """The whole, then its stages; empty without turns."""
    parts: Sequence[Row]
    """The whole again, in the parts that both sides have."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a turn."""

    name: str
    seconds: Callable[[Trace], float]


STRETCHES = (
    Stretch(WHOLE, lambda one: one.audible - one.last_voiced),
    Stretch("last voiced sample to the detector's end", lambda one: one.speech_end - one.last_voiced),
    Stretch("silence that ends the utterance", lambda one: one.decided - one.speech_end),
    Stretch("decision to text", lambda one: one.text - one.decided),
    Stretch("text to call", lambda one: _call(one) - one.text),
    Stretch("call to first sound written", lambda one: one.written - _call(one)),
    Stretch("silence that the voice begins with", lambda one: one.audible - one.written),
)
_PARTS = (
    Stretch(PARTS[0], lambda one: one.text - one.last_voiced),
    Stretch(PARTS[1], lambda one: _call(one) - one.text),
    Stretch(PARTS[2], lambda one: one.audible - _call(one)),
)


def our_side(plain: Sequence[Heard], hesitating: Sequence[Heard], spans: Sequence[Span]) -> Side:
    """Count, and give the percentiles of the turns that began when the wearer had finished."""
    traces = [one.trace for one in plain if one.trace is not None]
    cut_off = sum(one.cut_off for one in plain)
    return Side(
        "Earrand",
        len(traces),
        len(plain) - len(traces) - cut_off,
        cut_off,
        len(hesitating),
        sum(one.cut_off for one in hesitating),
        summarise(traces, spans),
        [row(one.name, [one.seconds(trace) for trace in traces]) for one in _PARTS] if traces else [],
    )


def summarise(traces: Sequence[Trace], spans: Sequence[Span]) -> list[Row]:
    """Give a row for each stretch and for our own share; none without turns."""
    if not traces:
        return []
    rows = [row(one.name, [one.seconds(trace) for trace in traces]) for one in STRETCHES]
    return [*rows, row("OUR OWN SHARE", [own_share(trace, spans) for trace in traces])]


def own_share(trace: Trace, spans: Sequence[Span]) -> float:
    """Give the seconds from the decision to the first sound in which no engine computed."""
    engines = [span for span in spans if span.name in _ENGINES]
    return trace.written - trace.decided - busy(engines, trace.decided, trace.written)


def _call(trace: Trace) -> float:
    return trace.text if trace.call is None else trace.call
