"""What the ear tells the turn loop. Times are seconds of stream: since the microphone opened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from audio.echo import EchoReport
from models.asr import Heard, Partial


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes, in seconds of stream."""

    now_s: float


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """Somebody began to speak."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechOver:
    """Somebody stopped speaking, and it was not for us: nothing of it was recognised."""

    last_voiced_s: float


@dataclass(frozen=True, slots=True)
class Woke:
    """The wake word was said."""

    word: str


@dataclass(frozen=True, slots=True)
class WokeOnly:
    """The wearer said the wake word and now waits to be listened to."""


@dataclass(frozen=True, slots=True)
class StopHeard:
    """ "Stop" was said while we spoke or rang."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The wearer speaks while we do, and means it: what we say is over."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """The wearer has spoken."""

    heard: Heard
    began_s: float
    """First voiced sound."""
    last_voiced_s: float
    decided_s: float
    """When silence had lasted long enough."""
    text_s: float
    """When the words were known."""


@dataclass(frozen=True, slots=True)
class RecogniserFailed:
    """The recogniser broke on an utterance; the next one is heard."""

    why: str


@dataclass(frozen=True, slots=True)
class EchoChanged:
    """It became known, or changed, what becomes of our own voice in the microphone."""

    report: EchoReport


@dataclass(frozen=True, slots=True)
class MicrophoneEnded:
    """No more sound will come."""


EarEvent = (
    Tick
    | SpeechBegan
    | SpeechOver
    | Woke
    | WokeOnly
    | StopHeard
    | Interrupted
    | Partial
    | Utterance
    | RecogniserFailed
    | EchoChanged
    | MicrophoneEnded
)
Emit = Callable[[EarEvent], Awaitable[None]]
