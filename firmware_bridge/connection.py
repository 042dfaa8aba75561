"""One connection: Link, encryption and Session run over a Pipe until one of them, or the radio, ends."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from firmware_bridge.errors import LinkDown, LinkError, NotLetIn, ProtocolError
from firmware_bridge.guard import Guard
from firmware_bridge.keyring import KeyringError
from firmware_bridge.link import Link
from firmware_bridge.messages import Fault, Hello, Message
from firmware_bridge.packet import Priority, ResetCode
from firmware_bridge.pipe import Pipe
from firmware_bridge.secure import Reason, Refused, Secured
from firmware_bridge.session import FaultCode, Session, SessionViolation

HELLO_S = 10.0
"""A peer that has not said who it is, and Hello, for this long is not one of ours."""
SEND_S = 10.0
"""A radio that takes no packet for this long is stuck; no supervision time-out is longer."""
FAREWELL_S = 1.0
"""How long we try to tell the peer why we close."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A session was established."""

    hello: Hello
    """The peer's."""
    newly_paired: bool = False
    """Whether it was paired on this connection."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message arrived."""

    message: Message


@dataclass(frozen=True, slots=True)
class Disconnected:
    """A connection ended, or an attempt to connect failed. What was sent and not answered may be lost."""

    reason: str
    not_let_in: bool = False
    """Whether the peer does not talk to us: it is of no use to try before we are paired."""


Event = Connected | Received | Disconnected


class Connection:
    """Runs one session. The peer is told why when it broke the rules."""

    def __init__(
        self, pipe: Pipe, hello: Hello, guard: Guard, events: asyncio.Queue[Event], clock: Callable[[], float]
    ) -> None:
        """`events` gets Connected and Received. Raises LinkDown when the guard has nobody to greet, LocalProtocolError
        when the pipe is too narrow."""
        self._pipe, self._guard, self._events, self._clock = pipe, guard, events, clock
        self._link = Link(pipe.max_packet, secrets.randbits(32), clock())
        self._greeter = guard.greeter()
        self._session = Session(hello)
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

    def hang_up(self) -> None:
        """End the connection: somebody else is to have it."""
        self._link.close()
        self._fail(LinkDown("hung up"))
        self._failed.set()

    async def send(self, message: Message, priority: Priority) -> None:
        """Queue a message; wait for room. Raises LinkDown without a session; LocalProtocolError."""
        while not self._over and self._session.established and not self._link.has_room(priority):
            self._moved.clear()
            await self._moved.wait()
        if self._over or not self._session.established:
            raise LinkDown("there is no session")
        self._seal(self._session.send(message), priority)

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
                refused = self._link.ended.by_peer and self._link.ended.code == ResetCode.REFUSED
                raise (NotLetIn if refused else LinkDown)(str(self._link.ended))
            await _wait(self._work, self._link.deadline - self._clock())

    async def _deliver(self) -> None:
        try:
            await self._converse()
        except Refused:
            self._link.close(ResetCode.REFUSED)  # the peer learns that, and nothing else
            self._work.set()
            raise

    async def _converse(self) -> None:
        try:
            async with asyncio.timeout(HELLO_S):
                secured = await self._shake_hands()
                self._seal(self._session.greet(), Priority.CONTROL)
                await self._next_message(secured)
        except TimeoutError as exc:
            await self._say_farewell(Fault(FaultCode.TIMEOUT.value, "no Hello"))
            raise LinkDown("the peer said no Hello") from exc
        assert self._session.peer is not None
        await self._note_peer(secured, self._session.peer)
        await self._events.put(Connected(self._session.peer, secured.newly_paired))
        while True:
            message = await self._next_message(secured)
            await self._events.put(Received(message))

    async def _shake_hands(self) -> Secured:
        """Find out who the peer is. Raises Refused."""
        opening = self._greeter.begin()
        if opening is not None:
            self._put(opening, Priority.CONTROL)
        while self._greeter.secured is None:
            priority, data = await self._fetch()
            if priority is not Priority.CONTROL:
                raise Refused(Reason.BROKEN)
            answer = self._greeter.receive(data)
            if answer is not None:
                self._put(answer, Priority.CONTROL)
        return self._greeter.secured

    async def _note_peer(self, secured: Secured, hello: Hello) -> None:
        try:
            await self._guard.met(secured, hello.name)
        except KeyringError as exc:
            await self._say_farewell(Fault(FaultCode.KEYS.value, "the keys cannot be kept"))
            raise LinkDown(f"the peer is not kept: {exc}") from exc

    def _seal(self, data: bytes, priority: Priority) -> None:
        assert self._greeter.secured is not None
        self._put(self._greeter.secured.seal(data, priority), priority)

    def _put(self, data: bytes, priority: Priority) -> None:
        self._link.send(data, priority)
        self._work.set()

    async def _fetch(self) -> tuple[Priority, bytes]:
        while (arrived := self._link.next_message()) is None:
            self._arrived.clear()
            await self._arrived.wait()
        self._work.set()  # the link may have credit to give now
        return arrived

    async def _next_message(self, secured: Secured) -> Message:
        priority, sealed = await self._fetch()
        data = secured.open(sealed, priority)
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
        if self._greeter.secured is None:
            self._link.close(ResetCode.REFUSED)  # nothing can be said to somebody who did not say who it is
            return
        if not self._link.ended and self._link.has_room(Priority.CONTROL):
            self._seal(self._session.send(fault), Priority.CONTROL)
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
