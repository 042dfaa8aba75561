"""Runs errands on the companion: each once, each recorded before it is begun, each ended for good.

An errand's id is its idempotency key. Before a tool is called the attempt is in the journal; so after a crash we know
which tools may have had their effect, and `effects.py` says which of those may be called again. The journal decides
every race: a record that has ended never changes.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from companion.attempts import Attempts, ToolHost
from companion.events import EventSink, ignore
from companion.outgoing import Outgoing
from companion.record import Record, reason_for
from firmware_bridge.errands import Errand, State
from firmware_bridge.errors import LinkDown
from firmware_bridge.journal import Journal, JournalError
from firmware_bridge.messages import Ask, Cancel, Update

_LOGGER = logging.getLogger(__name__)

MOST_OPEN = 64
"""Errands that may run or wait here; a wearer who has more has a fault, not wishes."""


class Runner:
    """Takes Ask and Cancel, gives Update. One journal, one runner."""

    def __init__(
        self, journal: Journal, host: ToolHost, on_event: EventSink = ignore, clock: Callable[[], float] = time.time
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._outgoing = Outgoing()
        self._record = Record(journal, self._outgoing, on_event, clock)
        self._attempts = Attempts(host, self._record, journal.lost_before)
        # As many as the channel keeps: a reader that is further behind than that holds the wearable back.
        self._inbox: asyncio.Queue[Ask | Cancel] = asyncio.Queue(16)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def take(self, message: Ask | Cancel) -> None:
        """Take what the wearable said; wait for room."""
        await self._inbox.put(message)

    def reconnected(self) -> None:
        """Tell the wearable where all open errands stand; the ended ones it asks for again if it missed them."""
        for errand in self._journal.open():
            self._record.tell(errand)

    async def run(self, send: Callable[[Update], Awaitable[None]]) -> None:
        """Run errands until cancelled, first those that a crash cut off. `send` may raise LinkDown."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send(send))
            for errand in self._journal.open():
                if errand.attempts:  # what never began waits until the wearable asks again: it may not want it now
                    self._begin(errand, tasks)
            while True:
                match await self._inbox.get():
                    case Ask() as ask:
                        self._asked(ask, tasks)
                    case Cancel(id):
                        await self._cancel(id)

    async def _send(self, send: Callable[[Update], Awaitable[None]]) -> None:
        while True:
            update = await self._outgoing.get()
            try:
                await send(update)
            except LinkDown:
                continue  # on the next connection the wearable asks again for all that it holds open

    def _asked(self, ask: Ask, tasks: asyncio.TaskGroup) -> None:
        errand = self._journal.get(ask.id) or self._accepted(ask)
        if errand is None:
            return
        if errand.tool not in ("", ask.tool):
            _LOGGER.warning("errand %s was asked for again with another tool; the first one counts", ask.id)
        if errand.state is State.QUEUED and errand.id not in self._tasks:
            self._begin(errand, tasks)
        else:
            self._record.tell(errand)

    def _accepted(self, ask: Ask) -> Errand | None:
        """Put a new errand into the journal; if that cannot be, refuse it."""
        errand = Errand(ask.id, ask.tool, ask.arguments, ask.asked_at, consent=ask.consent)
        if len(self._tasks) >= MOST_OPEN:
            self._record.refuse(ask.id, "unavailable")
            return None
        try:
            self._record.put(errand)
        except JournalError as exc:
            self._record.refuse(ask.id, reason_for(exc))
        except (TypeError, ValueError, RecursionError):  # arguments that JSON cannot hold
            self._record.refuse(ask.id, "bad_arguments")
        else:
            return errand
        return None

    def _begin(self, errand: Errand, tasks: asyncio.TaskGroup) -> None:
        self._tasks[errand.id] = tasks.create_task(self._carry_out(errand))

    async def _carry_out(self, errand: Errand) -> None:
        try:
            await self._attempts.carry_out(errand)
        finally:
            del self._tasks[errand.id]

    async def _cancel(self, id: str) -> None:
        task = self._tasks.get(id)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        # An id that is not known is kept as cancelled, so that an Ask which comes after its Cancel is not run.
        errand = self._journal.get(id) or Errand(id, "", {}, self._clock())
        if errand.ended:
            self._record.tell(errand)
            return
        reason = "unknown_outcome" if self._attempts.may_have_acted(errand) else None
        try:
            self._record.put(errand.step(State.CANCELLED, reason=reason))
        except JournalError:
            _LOGGER.exception("the end of errand %s cannot be recorded", id)
            self._record.tell(errand)
