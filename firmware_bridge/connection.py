"""One connection: Link and Session run over a Pipe until one of them, or the radio, ends."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from firmware_bridge.errors import LinkDown, LinkError, ProtocolError
from firmware_bridge.link import Link
from firmware_bridge.messages import Fault, Hello, Message
from firmware_bridge.packet import Priority
from firmware_bridge.pipe import Pipe
from firmware_bridge.session import FaultCode, Session, SessionViolation

HELLO_S = 10.0
"""A peer that says no Hello for this long is not one of ours."""
SEND_S = 10.0
"""A radio that takes no packet for this long is stuck; no supervision time-out is longer."""
FAREWELL_S = 1.0
"""How long we try to tell the peer why we close."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A session was established."""

    hello: Hello
    """The peer's."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message arrived."""

    message: Message


@dataclass(frozen=True, slots=True)
class Disconnected:
    """A connection ended, or an attempt to connect failed. What was sent and not answered may be lost."""

    reason: str


Event = Connected | Received | Disconnected


class Connection:
    """Runs one session. The peer is told why when it broke the rules."""

    def __init__(self, pipe: Pipe, hello: Hello, events: asyncio.Queue[Event], clock: Callable[[], float]) -> None:
        """`events` gets Connected and Received. Raises LocalProtocolError when the pipe is too narrow."""
        self._pipe, self._events, self._clock = pipe, events, clock
        self._link = Link(pipe.max_packet, secrets.randbits(32), clock())
        self._session = Session(hello)
        self._link.send(self._session.greet(), Priority.CONTROL)
        self._work = asyncio.Event()  # the link may have a packet to send
        self._arrived = asyncio.Event()  # the link may have a message for us
        self._moved = asyncio.Event()  # the outbox may have room, or the connection ended
        self._over = False
        self._failed = asyncio.Event()
        self._failure: LinkError | None = None

    @property
    def was_established(self) -> bool:
        """Say whether there was a session at any time."""
        return self._session.version is not None

    async def send(self, message: Message, priority: Priority) -> None:
        """Queue a message; wait for room. Raises LinkDown without a session; LocalProtocolError."""
        while not self._over and self._session.established and not self._link.has_room(priority):
            self._moved.clear()
            await self._moved.wait()
        if self._over or not self._session.established:
            raise LinkDown("there is no session")
        self._link.send(self._session.send(message), priority)
        self._work.set()

    async def run(self) -> NoReturn:
        """Run until the connection ends. Raises LinkDown, or ProtocolError when a side says that rules were broken."""
        # A failing child would end the group by itself, but before Python 3.13 the group then forgets that its own task
        # was cancelled at the same moment (gh-116720). So parts note their failure, and the group ends in peace.
        async with asyncio.TaskGroup() as tasks:
            parts = [tasks.create_task(self._note(part)) for part in (self._read(), self._write(), self._deliver())]
            try:
                await self._failed.wait()
            finally:
                self._over = True
                self._moved.set()
            for task in parts:
                task.cancel()
        await self._send_reset()
        assert self._failure is not None
        raise self._failure

    async def _note(self, part: Coroutine[object, object, None]) -> None:
        try:
            await part
        except LinkError as exc:
            self._fail(exc)
            self._failed.set()

    def _fail(self, failure: LinkError) -> None:
        """Keep the first failure: the others follow from it."""
        self._failure = self._failure or failure

    async def _read(self) -> None:
        async for packet in self._pipe.packets():
            self._link.receive(packet, self._clock())
            self._work.set()
            self._arrived.set()
            self._moved.set()
        raise LinkDown("the connection ended")

    async def _write(self) -> None:
        while True:
            self._work.clear()
            while (packet := self._link.next_packet(self._clock())) is not None:
                await self._push(packet)
                self._moved.set()
            if self._link.ended:
                raise LinkDown(str(self._link.ended))
            await _wait(self._work, self._link.deadline - self._clock())

    async def _deliver(self) -> None:
        try:
            async with asyncio.timeout(HELLO_S):
                await self._next_message()
        except TimeoutError as exc:
            await self._say_farewell(Fault(FaultCode.TIMEOUT.value, "no Hello"))
            raise LinkDown("the peer said no Hello") from exc
        assert self._session.peer is not None
        await self._events.put(Connected(self._session.peer))
        while True:
            message = await self._next_message()
            await self._events.put(Received(message))

    async def _next_message(self) -> Message:
        while (data := self._link.next_message()) is None:
            self._arrived.clear()
            await self._arrived.wait()
        self._work.set()  # the link may have credit to give now
        try:
            message = self._session.receive(data)
        except SessionViolation as exc:
            self._fail(exc)  # the peer may hang up while we still tell it what it did
            await self._say_farewell(exc.fault)
            raise
        if isinstance(message, Fault):
            raise ProtocolError(f"the peer closed the session: {message.code} {message.detail}".rstrip())
        return message

    async def _say_farewell(self, fault: Fault) -> None:
        """Tell the peer why we close, and give it a moment to hear it."""
        if not self._link.ended and self._link.has_room(Priority.CONTROL):
            self._link.send(self._session.send(fault), Priority.CONTROL)
            self._work.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                while not self._link.idle:
                    self._moved.clear()
                    await self._moved.wait()

    async def _send_reset(self) -> None:
        """Send what a link that ended still has to say: one RESET."""
        with suppress(LinkDown, TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                while self._link.ended and (packet := self._link.next_packet(self._clock())) is not None:
                    await self._pipe.send(packet)

    async def _push(self, packet: bytes) -> None:
        try:
            async with asyncio.timeout(SEND_S):
                await self._pipe.send(packet)
        except TimeoutError as exc:
            raise LinkDown(f"the radio took no packet for {SEND_S:.0f} s") from exc


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(max(seconds, 0)):
            await event.wait()
