"""Keeps a session with the peer: connects for ever, and gives messages and changes of the connection as events."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable

from firmware_bridge.connection import Connected, Connection, Disconnected, Event, Received
from firmware_bridge.errors import LinkDown, LinkError, NotLetIn, ProtocolError
from firmware_bridge.guard import Guard
from firmware_bridge.messages import Hello, Message
from firmware_bridge.packet import Priority
from firmware_bridge.pipe import Transport
from firmware_bridge.secure import Refused

__all__ = ["Channel", "Connected", "Disconnected", "Event", "Received"]

_LOGGER = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 30.0
EVENTS = 16
"""Events that may wait to be consumed. Short, since a full queue holds the peer back and nothing is lost by that."""


class Backoff:
    """How long to wait before the next attempt: doubles with each failure, up to a limit."""

    def __init__(self) -> None:
        self._pause = FIRST_PAUSE_S

    def forget(self) -> None:
        """Begin again with a short pause, after a success."""
        self._pause = FIRST_PAUSE_S

    def next(self) -> float:
        """Give the pause in seconds that is due now."""
        pause = self._pause
        self._pause = min(pause * 2, LONGEST_PAUSE_S)
        return pause


class Channel:
    """Messages to and from the peer, over any transport.

    State is per connection: what was sent and not answered when Disconnected comes may be lost or not. The errand
    layer asks again after Connected; that is safe because an errand's id makes asking idempotent.
    """

    def __init__(
        self, transport: Transport, hello: Hello, guard: Guard, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`hello` is what we say first on every connection, to whom the guard lets in; `clock` gives seconds."""
        self._transport, self._hello, self._guard, self._clock = transport, hello, guard, clock
        self._events: asyncio.Queue[Event] = asyncio.Queue(EVENTS)
        self._connection: Connection | None = None

    async def run(self) -> None:
        """Connect, converse, reconnect; until cancelled. Someone must consume `events` meanwhile."""
        backoff = Backoff()
        while True:
            await self._events.put(await self._converse(backoff))
            await asyncio.sleep(backoff.next())

    async def send(self, message: Message, priority: Priority = Priority.CONTROL) -> None:
        """Queue a message for the peer; wait for room.

        Raises LinkDown when there is no session, LocalProtocolError for what may not be sent.
        """
        if self._connection is None:
            raise LinkDown("not connected")
        await self._connection.send(message, priority)

    async def events(self) -> AsyncIterator[Event]:
        """Yield what happens, in order and for ever; for one consumer."""
        while True:
            yield await self._events.get()

    def hang_up(self) -> None:
        """End the connection that there is, if there is one; the next is made as after any end."""
        if self._connection is not None:
            self._connection.hang_up()

    async def _converse(self, backoff: Backoff) -> Disconnected:
        """Run one connection; say why it ended."""
        try:
            async with self._transport.connect() as pipe:
                self._connection = Connection(pipe, self._hello, self._guard, self._events, self._clock)
                await self._connection.run()
        except Refused as exc:
            # No growing pauses here: a stranger must not keep those waiting who may come in.
            backoff.forget()
            _LOGGER.warning("Nobody was let in: %s", exc)
            return Disconnected(str(exc))
        except ProtocolError as exc:
            # No forgetting here: a peer that breaks the rules each time is tried less and less often.
            _LOGGER.warning("Session ended: %s", exc)
            return Disconnected(str(exc))
        except LinkError as exc:
            if self._connection is not None and self._connection.was_established:
                backoff.forget()
            _LOGGER.info("Connection ended: %s", exc)
            return Disconnected(str(exc), not_let_in=isinstance(exc, NotLetIn))
        finally:
            self._connection = None
