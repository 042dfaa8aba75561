"""Notes when engines computed, so that a bench can tell their time from ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """One call on a worker."""

    name: str
    """The worker's."""
    start: float
    """Monotonic seconds."""
    end: float
    """Monotonic seconds."""


@dataclass(slots=True)
class Ledger:
    """Collects spans; several threads may note at once."""

    spans: list[Span] = field(default_factory=list)

    def note(self, name: str, start: float, end: float) -> None:
        """Add a call."""
        self.spans.append(Span(name, start, end))


def busy(spans: Iterable[Span], start: float, end: float) -> float:
    """Give how many of the seconds from `start` to `end` lie in any span; what overlaps counts once."""
    total, reached = 0.0, start
    for span in sorted(spans, key=lambda one: one.start):
        begin, over = max(span.start, reached), min(span.end, end)
        if over > begin:
            total += over - begin
            reached = over
    return total
