"""The wearable's side of errands: it asks durably, follows the companion's updates, knows what is not announced yet."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from edge.tools.tool import ErrandRequest
from edge.worker import Worker
from firmware_bridge import Channel, Connected, Disconnected, Received
from firmware_bridge.errands import Errand, IllegalTransition
from firmware_bridge.errors import LinkDown
from firmware_bridge.journal import Journal, JournalError
from firmware_bridge.messages import Ask, Cancel, Update

_LOGGER = logging.getLogger(__name__)

_RETRY_S = 2.0
CANCEL_WANTED = "cancel_wanted"
"""Reason of an errand that has not ended yet and that the wearer wants cancelled; kept so over restarts."""


@dataclass(frozen=True, slots=True)
class ErrandChanged:
    """An errand moved on this side."""

    errand: Errand
    progress: str | None = None


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The companion came or went."""

    up: bool
    peer: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class JournalTrouble:
    """What happened to an errand cannot be written down; it is tried again and again."""

    why: str


DeskEvent = ErrandChanged | LinkChanged | JournalTrouble
Emit = Callable[[DeskEvent], Awaitable[None]]


class ErrandDesk:
    """Every errand is in the journal before anything else happens to it; the open ones are in memory too.

    After each reconnect all open errands are asked again: an Ask carries the id as idempotency key, so the companion
    answers a known one with its state. That alone brings the two journals together.

    `running`, `cancel`, `connected` and `hang_up` may be called on the thread that owns the journal, where tools run; a
    caller on that thread has `wake` called on the loop afterwards.
    """

    def __init__(self, journal: Journal, disk: Worker, channel: Channel, wall: Callable[[], float]) -> None:
        """`disk` is the thread for the journal: a write waits 4 ms here for the disk, and far longer on an SD card."""
        self._journal = journal
        self._disk = disk
        self._channel = channel
        self._wall = wall
        self._connected = False
        self._changed = asyncio.Condition()
        self._open = {errand.id: errand for errand in journal.open()}
        self._unannounced = {errand.id: errand for errand in journal.unannounced()}
        self._asked: asyncio.Queue[tuple[Errand, asyncio.Future[None]]] = asyncio.Queue(1)
        """Errands on their way into the journal: one, since a turn asks for one and waits."""
        self._unsent: dict[str, None] = {}
        """Ids to tell the companion about, in order; at most the open errands."""
        self._something_to_send = asyncio.Event()
        self._hang_up_wanted = False

    async def ask(self, request: ErrandRequest, consent: str | None = None) -> Errand:
        """Put a new errand into the journal and send it as soon as there is a link. Raises JournalError.

        Once asked it is asked: cancelling the caller, as a barge-in does, does not stop it half-way.
        """
        errand = Errand(secrets.token_hex(16), request.tool, dict(request.arguments), self._wall(), consent=consent)
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._asked.put((errand, kept))
        await kept
        return errand

    def running(self) -> Sequence[Errand]:
        """Give the errands that have not ended, oldest first."""
        return sorted(self._open.values(), key=lambda errand: errand.asked_at)

    def cancel(self, which: str) -> Errand | None:
        """Want the newest open errand that `which` fits cancelled (empty fits all); its end is announced as any other.

        Gives none when nothing fits.
        """
        fitting = [errand for errand in self.running() if _fits(errand, which) and errand.reason != CANCEL_WANTED]
        if not fitting:
            return None
        wanted = replace(fitting[-1], reason=CANCEL_WANTED)
        self._open[wanted.id] = wanted
        self._unsent[wanted.id] = None
        return wanted

    def hang_up(self) -> None:
        """Want the connection ended: another companion is to have it, or this one is not paired any more."""
        self._hang_up_wanted = True

    def wake(self) -> None:
        """Tell the companion what there is to tell. Called on the loop."""
        if self._hang_up_wanted:
            self._hang_up_wanted = False
            self._channel.hang_up()
        if self._unsent:
            self._something_to_send.set()

    def connected(self) -> bool:
        """Say whether the companion is there."""
        return self._connected

    def unannounced(self) -> list[Errand]:
        """Give the ended errands whose end the wearer has not heard, oldest first."""
        return list(self._unannounced.values())

    async def announced(self, errand: Errand) -> None:
        """Note for good that the wearer heard the end of this errand."""
        self._unannounced.pop(errand.id, None)
        await self._put(replace(errand, announced=True))

    async def everything(self) -> list[Errand]:
        """Give the newest errands of the journal, ended or not, newest first."""
        return await self._disk.call(self._journal.all)

    async def wait_end(self, id: str, within_s: float) -> Errand | None:
        """Give the errand if it ends within this time."""
        try:
            async with asyncio.timeout(within_s), self._changed:
                await self._changed.wait_for(lambda: id in self._unannounced)
        except TimeoutError:
            return None
        return self._unannounced[id]

    async def run(self, emit: Emit) -> None:
        """Keep the link and the journal in step until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._channel.run())
            tasks.create_task(self._send())
            tasks.create_task(self._keep(emit))
            await self._receive(emit)

    async def _keep(self, emit: Emit) -> None:
        """Write down what is asked, whether or not the one who asked still waits."""
        while True:
            errand, kept = await self._asked.get()
            try:
                await self._put(errand)
            except JournalError as exc:
                if kept.cancelled():
                    _LOGGER.error("an errand is lost: the journal cannot be written: %s", exc)
                else:
                    kept.set_exception(exc)
                continue
            if not kept.cancelled():
                kept.set_result(None)
            self._unsent[errand.id] = None
            self.wake()
            await emit(ErrandChanged(errand))

    async def _put(self, errand: Errand) -> None:
        await self._disk.call(self._journal.put, errand)
        if errand.ended:
            self._open.pop(errand.id, None)
        else:
            self._open[errand.id] = errand

    async def _put_at_last(self, errand: Errand, emit: Emit) -> None:
        """Keep trying while the disk is full: nothing is told that is not in the journal, and nothing is forgotten."""
        told = False
        while True:
            try:
                await self._put(errand)
                return
            except JournalError as exc:
                if not told:
                    _LOGGER.error("the journal cannot be written: %s", exc)
                    await emit(JournalTrouble(str(exc)))
                told = True
                await asyncio.sleep(_RETRY_S)

    async def _receive(self, emit: Emit) -> None:
        told = ""
        async for event in self._channel.events():
            match event:
                case Connected(hello):
                    self._connected, told = True, ""
                    self._unsent.update(dict.fromkeys(errand.id for errand in self.running()))
                    self.wake()
                    await emit(LinkChanged(True, hello.name))
                case Disconnected(reason):
                    self._connected = False
                    if reason != told:  # every attempt to connect that fails ends here
                        await emit(LinkChanged(False, why=reason))
                    told = reason
                case Received(Update() as update):
                    await self._follow(update, emit)
                case Received(other):
                    _LOGGER.warning("companion sent %s, which is not for a wearable", type(other).__name__)

    async def _follow(self, update: Update, emit: Emit) -> None:
        known = self._open.get(update.id)
        if known is None:
            _LOGGER.debug("update for errand %s, which is not open here", update.id)
            return
        try:
            moved = known.step(update.state, result=update.result, reason=update.reason)
        except IllegalTransition as exc:
            _LOGGER.warning("ignored: %s", exc)
            return
        if known.reason == CANCEL_WANTED and not moved.ended:
            moved = replace(moved, reason=CANCEL_WANTED)
        if moved != known:
            await self._put_at_last(moved, emit)
        if moved.ended:
            async with self._changed:
                self._unannounced[moved.id] = moved
                self._changed.notify_all()
        await emit(ErrandChanged(moved, update.progress))

    async def _send(self) -> None:
        while True:
            await self._something_to_send.wait()
            self._something_to_send.clear()
            while self._unsent:
                id = next(iter(self._unsent))
                del self._unsent[id]
                try:
                    await self._tell(id)
                except LinkDown:
                    self._unsent.clear()  # the next Connected puts every open errand back

    async def _tell(self, id: str) -> None:
        errand = self._open.get(id)
        if errand is None:
            return
        if errand.reason == CANCEL_WANTED:
            try:
                await self._put(errand)
            except JournalError as exc:  # the wish is only lost if we stop before the companion has it
                _LOGGER.warning("a wish to cancel is not in the journal: %s", exc)
            await self._channel.send(Cancel(errand.id))
            return
        await self._channel.send(Ask(errand.id, errand.tool, dict(errand.arguments), errand.asked_at, errand.consent))


def _fits(errand: Errand, which: str) -> bool:
    """Say whether all words of `which` occur in the errand's tool or arguments."""
    said = f"{errand.tool} {' '.join(str(value) for value in errand.arguments.values())}".lower()
    return all(word in said for word in which.lower().replace("_", " ").split())
