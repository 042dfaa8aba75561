"""Two channels over loopback air: sessions, cuts, hostile peers and back-pressure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import pytest

from firmware_bridge import messages, packet
from firmware_bridge.channel import EVENTS, LONGEST_PAUSE_S, Backoff, Channel, Connected, Disconnected, Event, Received
from firmware_bridge.errands import State
from firmware_bridge.errors import LinkDown, LocalProtocolError
from firmware_bridge.inbox import INBOX_MESSAGES
from firmware_bridge.link import Link
from firmware_bridge.messages import Ask, Fault, Hello, Message, Update
from firmware_bridge.outbox import OUTBOX_MESSAGES
from firmware_bridge.packet import Priority
from firmware_bridge.secure import KnownWearable, Secured
from firmware_bridge.transports.loopback import Loopback, LoopbackPipe
from tests.paired import COMPANION_GUARD, WEARABLE_GUARD

GLASSES = Hello(1, "wearable", "glasses")
PHONE = Hello(1, "companion", "phone", ("echo",))
Kind = TypeVar("Kind", Connected, Received, Disconnected)


def ask(number: int, text: str = "") -> Ask:
    return Ask(f"{number:032x}", "echo", {"text": text}, 1.0)


@asynccontextmanager
async def running(*runs: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run shells beside the test, and cancel them at its end."""
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        started = [tasks.create_task(run) for run in runs]
        yield
        for task in started:
            task.cancel()


async def until(events: AsyncIterator[Event], kind: type[Kind]) -> Kind:
    """Skip to the next event of a kind."""
    async for event in events:
        if isinstance(event, kind):
            return event
    raise AssertionError("events never end")


async def answer(companion: Channel) -> None:
    """Complete every errand that is asked for; what a dead connection swallows is asked for again."""
    async for event in companion.events():
        match event:
            case Received(Ask(id=id, arguments=arguments)):
                try:
                    await companion.send(Update(id, State.COMPLETED, result=arguments))
                except LinkDown:
                    continue


async def test_two_channels_greet_and_talk_both_ways() -> None:
    air = Loopback(max_packet=20)
    wearable, companion = Channel(air.wearable, GLASSES, WEARABLE_GUARD), Channel(air.companion, PHONE, COMPANION_GUARD)
    async with running(wearable.run(), companion.run(), answer(companion)):
        events = wearable.events()
        assert (await until(events, Connected)).hello == PHONE
        await wearable.send(ask(1, "tea " * 200), Priority.BULK)
        message = (await until(events, Received)).message
        assert message == Update(f"{1:032x}", State.COMPLETED, result={"text": "tea " * 200})


async def test_sending_without_a_session_says_link_down_at_once() -> None:
    air = Loopback()
    wearable = Channel(air.wearable, GLASSES, WEARABLE_GUARD)
    with pytest.raises(LinkDown):
        await wearable.send(ask(1))
    async with running(wearable.run()):
        await asyncio.sleep(0)
        with pytest.raises(LinkDown):
            await wearable.send(ask(1))


async def test_what_a_role_may_not_send_is_refused_here_and_the_session_lives_on() -> None:
    air = Loopback()
    wearable, companion = Channel(air.wearable, GLASSES, WEARABLE_GUARD), Channel(air.companion, PHONE, COMPANION_GUARD)
    async with running(wearable.run(), companion.run(), answer(companion)):
        events = wearable.events()
        await until(events, Connected)
        with pytest.raises(LocalProtocolError):
            await wearable.send(Update(f"{1:032x}", State.WORKING))
        await wearable.send(ask(1))
        await until(events, Received)


class Scissors:
    """Cuts the connection at each of the given packets, counted over all connections."""

    def __init__(self, cuts: Sequence[int]) -> None:
        self.count = 0
        self.made = 0
        self._cuts = frozenset(cuts)

    def __call__(self, data: bytes) -> Sequence[bytes] | None:
        self.count += 1
        if self.count in self._cuts:
            self.made += 1
            return None
        return [data]


class Mischief:
    """Loses, doubles and exchanges packets."""

    def __init__(self) -> None:
        self._count = 0
        self._kept: list[bytes] = []

    def __call__(self, data: bytes) -> Sequence[bytes]:
        self._count += 1
        match self._count % 9:
            case 3:
                return []
            case 5:
                return [data, data]
            case 7:
                self._kept.append(data)
                return []
            case 8:
                return [data, self._kept.pop()]
        return [data]


async def ask_all(wearable: Channel, open_errands: dict[str, Ask], results: dict[str, list[Message]]) -> int:
    """Do what the errand layer does: after each connect ask again for all that is open. Count the cuts."""
    cuts = 0
    async for event in wearable.events():
        match event:
            case Connected():
                try:
                    for errand in list(open_errands.values()):
                        await wearable.send(errand)
                except LinkDown:
                    continue
            case Received(Update(id=id) as update):
                results[id].append(update)
                open_errands.pop(id, None)
                if not open_errands:
                    return cuts
            case Disconnected():
                cuts += 1
    raise AssertionError("events never end")


@pytest.mark.parametrize("cuts", [(1,), (2, 9), (4, 15, 22)])
async def test_every_errand_is_answered_however_often_the_connection_is_cut(cuts: Sequence[int]) -> None:
    scissors = Scissors(cuts)
    air = Loopback(max_packet=64, up=scissors)
    wearable, companion = Channel(air.wearable, GLASSES, WEARABLE_GUARD), Channel(air.companion, PHONE, COMPANION_GUARD)
    open_errands = {errand.id: errand for errand in (ask(n, "x" * 20 * n) for n in range(6))}
    results: dict[str, list[Message]] = {id: [] for id in open_errands}
    async with running(wearable.run(), companion.run(), answer(companion)):
        assert await ask_all(wearable, open_errands, results) >= len(cuts)
    assert scissors.made == len(cuts)
    assert all(len(result) >= 1 for result in results.values())


async def test_lost_doubled_and_exchanged_packets_change_nothing() -> None:
    air = Loopback(max_packet=64, up=Mischief(), down=Mischief())
    wearable, companion = Channel(air.wearable, GLASSES, WEARABLE_GUARD), Channel(air.companion, PHONE, COMPANION_GUARD)
    open_errands = {errand.id: errand for errand in (ask(n, "y" * 150) for n in range(8))}
    results: dict[str, list[Message]] = {id: [] for id in open_errands}
    async with running(wearable.run(), companion.run(), answer(companion)):
        assert await ask_all(wearable, open_errands, results) == 0
    assert all(len(result) == 1 for result in results.values())


def secure(greeter: KnownWearable, answer: bytes) -> Secured:
    greeter.receive(answer)
    assert greeter.secured is not None
    return greeter.secured


async def converse(pipe: LoopbackPipe, said: bytes, enough: int = 1000) -> list[Message]:
    """Be a companion by hand, which shakes hands and says this; give what it hears until the connection has ended."""
    link, greeter = Link(pipe.max_packet, token=1, now=0.0), COMPANION_GUARD.greeter()
    link.send(greeter.begin(), Priority.CONTROL)
    came: list[Message] = []
    with suppress(LinkDown):
        while (out := link.next_packet(0.0)) is not None:
            await pipe.send(out)
        async for data in pipe.packets():
            link.receive(data, 0.0)
            for priority, message in iter(link.next_message, None):
                if greeter.secured is not None:
                    came.append(messages.decode(greeter.secured.open(message, priority)))
                    continue
                link.send(secure(greeter, message).seal(said, Priority.CONTROL), Priority.CONTROL)
            if len(came) >= enough:
                break
            while (out := link.next_packet(0.0)) is not None:
                await pipe.send(out)
    return came


BREACHES = [
    pytest.param(messages.encode(Hello(1, "wearable", "another glasses")), "role", id="two wearables"),
    pytest.param(messages.encode(Hello(0, "companion", "old")), "version", id="no common version"),
    pytest.param(messages.encode(ask(1)), "unexpected", id="no hello"),
    pytest.param(b"\xc1", "message", id="no message"),
]


@pytest.mark.parametrize("hangs_up", [False, True])
@pytest.mark.parametrize(("said", "code"), BREACHES)
async def test_a_peer_that_breaks_the_session_hears_a_fault_and_is_reconnected_to(
    said: bytes, code: str, hangs_up: bool
) -> None:
    air = Loopback()
    wearable = Channel(air.wearable, GLASSES, WEARABLE_GUARD)
    async with running(wearable.run()):
        async with air.companion.connect() as pipe:
            came = await converse(pipe, said, enough=2 if hangs_up else 1000)
        assert came[0] == GLASSES
        assert isinstance(came[1], Fault)
        assert came[1].code == code
        assert (await until(wearable.events(), Disconnected)).reason.startswith(code)
        companion = Channel(air.companion, PHONE, COMPANION_GUARD)
        async with running(companion.run()):
            assert (await until(wearable.events(), Connected)).hello == PHONE


async def test_a_peer_that_sends_noise_is_reset_and_reconnected_to() -> None:
    air = Loopback()
    wearable = Channel(air.wearable, GLASSES, WEARABLE_GUARD)
    async with running(wearable.run()):
        async with air.companion.connect() as pipe:
            await converse(pipe, messages.encode(PHONE), enough=1)
            await until(wearable.events(), Connected)
            await pipe.send(b"\xff noise")
            heard = [packet.decode(data) async for data in pipe.packets()]
        assert heard[-1] == packet.Reset(packet.ResetCode.PACKET)
        assert "packet" in (await until(wearable.events(), Disconnected)).reason
        companion = Channel(air.companion, PHONE, COMPANION_GUARD)
        async with running(companion.run()):
            assert (await until(wearable.events(), Connected)).hello == PHONE


async def test_a_cut_after_a_good_session_is_followed_by_a_short_pause_each_time() -> None:
    air = Loopback()
    wearable = Channel(air.wearable, GLASSES, WEARABLE_GUARD)
    events = wearable.events()
    async with running(wearable.run()), asyncio.timeout(5):  # pauses that double would take 7.75 s
        for _ in range(6):
            async with running(Channel(air.companion, PHONE, COMPANION_GUARD).run()):
                await until(events, Connected)
            await until(events, Disconnected)


async def test_a_loopback_side_that_leaves_before_it_takes_its_end_leaves_nobody_waiting() -> None:
    air = Loopback()
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(air.meet("wearable"))
        await asyncio.sleep(0)
        pipe = await air.meet("companion")
        waiting.cancel()
        assert [data async for data in pipe.packets()] == []


async def test_a_consumer_that_sleeps_holds_the_sender_back() -> None:
    air = Loopback()
    wearable, companion = Channel(air.wearable, GLASSES, WEARABLE_GUARD), Channel(air.companion, PHONE, COMPANION_GUARD)
    sent = 0

    async def ask_for_ever() -> None:
        nonlocal sent
        await until(wearable.events(), Connected)
        while True:
            await wearable.send(ask(sent))
            sent += 1

    async with running(wearable.run(), companion.run(), ask_for_ever()):
        await asyncio.sleep(0.2)
        # One Connected takes a place; one message is on its way from the inbox into the queue.
        assert sent <= EVENTS + INBOX_MESSAGES + OUTBOX_MESSAGES + 1
        events = companion.events()
        await until(events, Connected)
        for number in range(100):
            assert (await until(events, Received)).message == ask(number)


async def test_a_sender_that_waits_for_room_hears_that_the_link_is_down() -> None:
    air = Loopback()
    wearable, companion = Channel(air.wearable, GLASSES, WEARABLE_GUARD), Channel(air.companion, PHONE, COMPANION_GUARD)

    async def ask_until_it_fails() -> str:
        await until(wearable.events(), Connected)
        try:
            while True:
                await wearable.send(ask(1))
        except LinkDown as exc:
            return str(exc)

    async with running(wearable.run()), asyncio.TaskGroup() as tasks:
        peer = tasks.create_task(companion.run())
        asking = tasks.create_task(ask_until_it_fails())
        await asyncio.sleep(0.2)
        assert not asking.done()
        peer.cancel()
        assert await asking == "there is no session"


@pytest.mark.parametrize("pause", [0.0, 0.01])
async def test_both_sides_can_be_cancelled_at_the_same_moment(pause: float) -> None:
    for _ in range(10):
        air = Loopback()
        wearable, companion = (
            Channel(air.wearable, GLASSES, WEARABLE_GUARD),
            Channel(air.companion, PHONE, COMPANION_GUARD),
        )
        async with running(wearable.run(), companion.run()):
            await asyncio.sleep(pause)


def test_pauses_between_attempts_double_up_to_half_a_minute_and_begin_again() -> None:
    backoff = Backoff()
    pauses = [backoff.next() for _ in range(10)]
    assert pauses[:3] == [0.25, 0.5, 1.0]
    assert pauses[-1] == LONGEST_PAUSE_S
    backoff.forget()
    assert backoff.next() == 0.25
