"""What the latency bench and a peer's program say to each other: a job in, a line of JSON for each clip out."""

from __future__ import annotations

import msgspec


class Variant(msgspec.Struct, frozen=True):
    """How the peer decides that a turn is over."""

    name: str
    silence_s: float | None = None
    """After so much silence, always; None for its default."""


class Clip(msgspec.Struct, frozen=True):
    """What is said to the peer."""

    pcm: bytes
    answer: str
    """What it says to that: what we said."""


class Job(msgspec.Struct, frozen=True):
    """Everything that the peer shares with us."""

    sentences: tuple[str, ...]
    vocabulary: tuple[str, ...]
    cache: str
    """Where the recogniser's language model is kept."""
    silero: str
    """The network's file."""
    language: str
    people: tuple[str, ...]
    lists: tuple[str, ...]
    words_per_minute: int
    variants: tuple[Variant, ...]
    clips: tuple[Clip, ...]
    between_s: float
    answer_s: float
    """So long an answer is waited for."""


class Answer(msgspec.Struct, frozen=True):
    """What became of a clip. Times are seconds of the peer's clock."""

    variant: str
    clip: int
    """Its place in the job."""
    stages: dict[str, float]
    """When each stage was last over: the keys of `peer_turns.STAGES` but the last."""
    ended: tuple[float, ...]
    """When the peer took a turn to be over."""
    said_at: float
    """When the first sample of `said` came."""
    said: bytes
    """What its microphone delivered."""
    played_at: float
    played: bytes
    """What its speaker played since, with the silence before."""
