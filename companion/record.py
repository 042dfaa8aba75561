"""Every step of an errand: into the journal first, then to the wearable and to the timeline."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from companion.events import EventSink
from companion.outgoing import Outgoing
from firmware_bridge.errands import Errand, State
from firmware_bridge.journal import Journal, JournalError, JournalFull
from firmware_bridge.messages import Update

_LOGGER = logging.getLogger(__name__)

RETRY_S = 2.0
"""Between tries to write down the end of an errand whose tool has run, on a disk that is full."""


class Record:
    """What was not recorded is not told."""

    def __init__(self, journal: Journal, outgoing: Outgoing, on_event: EventSink, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._outgoing = outgoing
        self._on_event = on_event
        self._clock = clock

    def put(self, errand: Errand) -> None:
        """Record and tell. Raises JournalError, and then nothing was told."""
        self._journal.put(errand)
        event = {"event": "errand", "id": errand.id, "state": errand.state.value, "side": "companion"}
        self._on_event({**event, "tool": errand.tool, "at": self._clock()})
        self.tell(errand)

    async def put_surely(self, errand: Errand) -> None:
        """Record and tell, however long the disk stays full."""
        while True:
            try:
                self.put(errand)
                return
            except JournalError:
                _LOGGER.exception("the end of errand %s cannot be recorded yet", errand.id)
            await asyncio.sleep(RETRY_S)

    def tell(self, errand: Errand) -> None:
        """Tell the wearable where the errand stands."""
        result = None if errand.result is None else dict(errand.result)
        self._outgoing.put(Update(errand.id, errand.state, result=result, reason=errand.reason))

    def refuse(self, id: str, reason: str) -> None:
        """Tell the wearable that an errand failed of which nothing is recorded and for which nothing was done."""
        self._outgoing.put(Update(id, State.FAILED, reason=reason))


def reason_for(error: JournalError) -> str:
    """Give the reason that an errand fails with when the journal does."""
    return "disk_full" if isinstance(error, JournalFull) else "tool_failed"
