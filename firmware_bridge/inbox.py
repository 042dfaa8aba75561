"""Puts fragments together again and holds what was not yet fetched; its room is the credit that the peer gets."""

from __future__ import annotations

from collections import deque

from firmware_bridge.outbox import MAX_LINK_MESSAGE
from firmware_bridge.packet import WINDOW, Data, Priority, ResetCode, Violation

INBOX_MESSAGES = WINDOW
"""Whole messages that may wait. With one unfinished message per priority an inbox holds at most 19 x 16 KiB."""


class Inbox:
    """Fragments in order in, messages out."""

    def __init__(self) -> None:
        self._unfinished: dict[Priority, bytearray] = {}
        self._whole: dict[Priority, deque[bytes]] = {priority: deque() for priority in Priority}

    @property
    def credit(self) -> int:
        """How many more packets fit. Each can end a message, so this can never promise too much."""
        return INBOX_MESSAGES - sum(map(len, self._whole.values()))

    @property
    def held(self) -> int:
        """Bytes in memory for the peer's sake."""
        whole = sum(len(message) for queue in self._whole.values() for message in queue)
        return whole + sum(map(len, self._unfinished.values()))

    def put(self, fragment: Data) -> None:
        """Take the next fragment. Raises Violation."""
        if self.credit == 0:
            raise Violation(ResetCode.CREDIT, "a packet without credit")
        if fragment.first == (fragment.priority in self._unfinished):
            raise Violation(ResetCode.FRAGMENT, f"{fragment.priority.name} message cut short or without beginning")
        message = self._unfinished.setdefault(fragment.priority, bytearray())
        message += fragment.payload
        if len(message) > MAX_LINK_MESSAGE:
            raise Violation(ResetCode.TOO_LONG, f"{fragment.priority.name} message over {MAX_LINK_MESSAGE} bytes")
        if fragment.last:
            self._whole[fragment.priority].append(bytes(self._unfinished.pop(fragment.priority)))

    def take(self) -> tuple[Priority, bytes] | None:
        """Fetch a whole message, the most urgent first; None when there is none."""
        for priority, queue in self._whole.items():
            if queue:
                return priority, queue.popleft()
        return None
