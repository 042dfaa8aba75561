"""Makes of what a peer reports the same figures as of our own turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from audio.frames import SAMPLE_RATE
from edge.benches.first_sound import AUDIBLE, VOICED, Row, first_over, last_over, row
from edge.benches.latency_trace import PARTS, WHOLE, Side
from edge.benches.peer_protocol import Answer

STAGES = {
    "silent": "last voiced sample to its detector's end",
    "text": "detector's end to text",
    "turn": "text to the decision that the turn is over",
    "speak": "decision to the voice (templates, aggregation, queues)",
    "written": "voice to first sound written",
    "audible": "silence that the voice begins with",
}
"""In this order."""
_PARTS = dict(zip(("turn", "speak", "audible"), PARTS, strict=True))


@dataclass(frozen=True, slots=True)
class PeerTurn:
    """What a peer made of a clip."""

    stages: Mapping[str, float]
    """By the keys of `STAGES`, in seconds after the wearer's last voiced sample."""
    cut_off: bool

    @property
    def answered(self) -> bool:
        """Whether it answered when the wearer had finished."""
        return not self.cut_off and self.stages.keys() >= STAGES.keys()


def on_one_clock(answer: Answer) -> PeerTurn:
    """Find the last voiced and the first audible sample, as for our own turns, and count from the former."""
    voiced = last_over(answer.said, VOICED)
    if voiced is None:
        return PeerTurn({}, False)
    zero = answer.said_at + voiced / SAMPLE_RATE
    stages = {name: at - zero for name, at in answer.stages.items()}
    heard = first_over(answer.played, AUDIBLE, round((zero - answer.played_at) * SAMPLE_RATE))
    if heard is not None:
        stages["audible"] = answer.played_at + heard / SAMPLE_RATE - zero
    return PeerTurn(stages, any(at < zero for at in answer.ended))


def peer_side(name: str, plain: Sequence[PeerTurn], hesitating: Sequence[PeerTurn]) -> Side:
    """Count, and give the percentiles of the turns that began when the wearer had finished."""
    answered = [one.stages for one in plain if one.answered]
    cut_off = sum(one.cut_off for one in plain)
    rows = [row(WHOLE, [one["audible"] for one in answered])] if answered else []
    return Side(
        name,
        len(answered),
        len(plain) - len(answered) - cut_off,
        cut_off,
        len(hesitating),
        sum(one.cut_off for one in hesitating),
        [*rows, *_between(STAGES, answered)],
        _between(_PARTS, answered),
    )


def _between(names: Mapping[str, str], turns: Sequence[Mapping[str, float]]) -> list[Row]:
    """Give a row for each stretch from one of these moments to the next."""
    if not turns:
        return []
    return [
        row(names[end], [one[end] - (one[start] if start else 0.0) for one in turns])
        for start, end in pairwise(["", *names])
    ]
