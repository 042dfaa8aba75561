"""Where the companion tells what happens, for the timeline."""

from __future__ import annotations

from typing import Any, Protocol


class EventSink(Protocol):
    """Takes events; never blocks for long and never raises."""

    def __call__(self, event: dict[str, Any], /) -> None:
        """Take {"event": "errand", "id", "state", "side": "companion", "tool", "at": seconds since the epoch}, or
        {"event": "link", "side": "companion", "up"}, with "peer" when up.
        """
        ...


def ignore(event: dict[str, Any], /) -> None:
    """Take the event and do nothing."""
