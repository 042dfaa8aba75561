"""Holds the messages that wait to be sent and cuts them into fragments, most urgent first."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from firmware_bridge.errors import LocalProtocolError
from firmware_bridge.packet import Data, Priority

MAX_LINK_MESSAGE = 16_400
"""Longest message in bytes, on the link: one of 16,384, sealed."""
OUTBOX_MESSAGES = 8
"""Messages that may wait in each priority; enough to keep the window busy with short ones."""


@dataclass(slots=True)
class _Waiting:
    message: bytes
    sent: int = 0


class Outbox:
    """Messages in, fragments out. Each priority is a queue; a lower number goes first."""

    def __init__(self) -> None:
        self._queues: dict[Priority, deque[_Waiting]] = {priority: deque() for priority in Priority}

    def has_room(self, priority: Priority) -> bool:
        """Say whether one more message can be put."""
        return len(self._queues[priority]) < OUTBOX_MESSAGES

    def put(self, message: bytes, priority: Priority) -> None:
        """Queue a message. Raises LocalProtocolError when it is empty or too long, or there is no room."""
        if not 1 <= len(message) <= MAX_LINK_MESSAGE:
            raise LocalProtocolError(f"message has {len(message)} bytes, 1 to {MAX_LINK_MESSAGE} can be sent")
        if not self.has_room(priority):
            raise LocalProtocolError(f"{OUTBOX_MESSAGES} {priority.name} messages wait already")
        self._queues[priority].append(_Waiting(message))

    @property
    def first(self) -> Priority | None:
        """The priority whose turn it is; None when nothing waits."""
        return next((priority for priority, queue in self._queues.items() if queue), None)

    def cut(self, priority: Priority, seq: int, longest: int) -> Data:
        """Take the next fragment, of at most `longest` bytes, from a queue that is not empty."""
        waiting = self._queues[priority][0]
        start, end = waiting.sent, waiting.sent + longest
        waiting.sent = end
        last = end >= len(waiting.message)
        if last:
            self._queues[priority].popleft()
        return Data(seq, priority, start == 0, last, waiting.message[start:end])
