"""Pairing by ear, from the wearer's words to the phone's journal; and strangers, who get nowhere."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest

from companion.config import CompanionConfig
from companion.pairing import pair
from edge import timeline
from firmware_bridge import messages
from firmware_bridge.channel import Channel, Connected, Event
from firmware_bridge.errors import LinkDown, NotLetIn
from firmware_bridge.guard import COMPANIONS, WEARABLES, CompanionGuard, WearableGuard
from firmware_bridge.journal import Journal, JournalLocked
from firmware_bridge.keyring import KEYRING, Keyring, introduce
from firmware_bridge.link import Link
from firmware_bridge.messages import Ask, Hello
from firmware_bridge.noise import new_private_key, public_key
from firmware_bridge.packet import Priority, ResetCode
from firmware_bridge.pairing import TRIES, WINDOW_S, PairingWindow
from firmware_bridge.secure import Greeter, KnownWearable, NewWearable, Reason, Refused, read_passkey
from firmware_bridge.transports.loopback import Loopback, LoopbackPipe
from tests.stage import Apps, Stage, phone, stage

DIGITS = "271828"
GLASSES = Hello(1, "wearable", "glasses")
ASK = messages.encode(Ask("0" * 32, "messages.send", {"text": "a secret"}, 1.0))


async def digits_heard(wearer: Stage) -> str:
    await wearer.say("pair my phone")
    said = re.search(r"(\d \d \d, \d \d \d)\. Again: \1\.", await wearer.hears())
    assert said is not None
    return read_passkey(said[1])


async def test_a_phone_is_paired_by_the_digits_that_the_wearer_hears_and_does_errands(tmp_path: Path) -> None:
    config = CompanionConfig(data_dir=tmp_path / "phone", name="Pixel")
    async with stage(tmp_path) as wearer, asyncio.TaskGroup() as tasks:
        digits = await digits_heard(wearer)
        assert await pair(config, wearer.loopback.companion, digits) == "Earrand"
        assert await wearer.hears() == "Pixel is paired."
        apps = Apps({"calendar.add_event": lambda **event: event})
        running = tasks.create_task(phone(tmp_path, apps, wearer.loopback, introduced=False))
        await wearer.next(timeline.Link, up=True)
        await wearer.say("put dentist in my calendar for tomorrow at nine")
        assert (await wearer.hears()).startswith("Task completed. ")
        running.cancel()


async def test_other_digits_are_told_to_both_and_new_ones_are_needed_after_three(tmp_path: Path) -> None:
    config = CompanionConfig(data_dir=tmp_path / "phone")
    async with stage(tmp_path) as wearer:
        digits = await digits_heard(wearer)
        wrong = f"{(int(digits) + 1) % 1_000_000:06}"
        for _ in range(TRIES):
            with pytest.raises(NotLetIn, match="does not take these digits"):
                await pair(config, wearer.loopback.companion, wrong)
        assert (await wearer.hears()).startswith("No phone was paired.")
        with pytest.raises(NotLetIn):
            await pair(config, wearer.loopback.companion, digits)
        assert await pair(config, wearer.loopback.companion, await digits_heard(wearer)) == "Earrand"


async def test_a_phone_that_is_there_makes_room_for_a_new_one_and_comes_back(tmp_path: Path) -> None:
    new = CompanionConfig(data_dir=tmp_path / "new", name="new phone")
    async with stage(tmp_path, Apps({})) as wearer:
        digits = await digits_heard(wearer)
        await wearer.next(timeline.Link, up=False)
        assert await pair(new, wearer.loopback.companion, digits) == "Earrand"
        await wearer.next(timeline.Link, up=True, peer="Phone")
    assert {peer.name for peer in Keyring(tmp_path / "wearable" / KEYRING, COMPANIONS).peers()} == {
        "new phone",
        "Phone",
    }


async def test_a_phone_that_is_forgotten_by_voice_is_let_in_no_more(tmp_path: Path) -> None:
    async with stage(tmp_path, Apps({})) as wearer:
        await wearer.say("forget my phone")
        assert await wearer.hears() == "I forgot your phone."
        await wearer.next(timeline.Link, up=False)
        await wearer.say("is my phone connected")
        assert "not connected" in await wearer.hears()
        assert not [link for link in wearer.of(timeline.Link) if link.up][1:]
    assert not Keyring(tmp_path / "wearable" / KEYRING, COMPANIONS).peers()


async def test_pairing_is_refused_while_this_companion_runs(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "errands.sqlite")
    with pytest.raises(JournalLocked):
        await pair(CompanionConfig(data_dir=tmp_path), Loopback().companion, DIGITS)
    journal.close()


class Wearable:
    """A wearable with one paired companion, whose ear takes down what happens."""

    def __init__(self, folder: Path) -> None:
        self.now = 0.0
        self.air = Loopback()
        self.keyring = Keyring(folder / "wearable.json", COMPANIONS)
        self.friend = Keyring(folder / "friend.json", WEARABLES)
        introduce(self.keyring, self.friend)
        self.window = PairingWindow(lambda: self.now)
        self.paired: list[str] = []
        self.guard = WearableGuard(self.keyring, self.window, self.paired.append)
        self.channel = Channel(self.air.wearable, GLASSES, self.guard)
        self.events: list[Event] = []

    @property
    def public(self) -> bytes:
        return public_key(self.keyring.private)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.channel.run())
            async for event in self.channel.events():
                self.events.append(event)


@asynccontextmanager
async def wearable(folder: Path) -> AsyncIterator[Wearable]:
    one = Wearable(folder)
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(one.run())
        yield one
        running.cancel()


async def attack(
    pipe: LoopbackPipe, said: list[bytes], greeter: Greeter | None = None
) -> tuple[list[bytes], int | None]:
    """Say messages, the first at once and each other one after an answer; give what came, and why the link ended."""
    link = Link(pipe.max_packet, token=1, now=0.0)
    came: list[bytes] = []
    try:
        link.send(said.pop(0), Priority.CONTROL)
        while (out := link.next_packet(0.0)) is not None:
            await pipe.send(out)
        async for data in pipe.packets():
            link.receive(data, 0.0)
            for _, message in iter(link.next_message, None):
                came.append(message)
                answer = greeter.receive(message) if greeter is not None and greeter.secured is None else None
                for next_one in [answer] if answer else said[:1]:
                    link.send(next_one, Priority.CONTROL)
                said = said if answer else said[1:]
            while (out := link.next_packet(0.0)) is not None:
                await pipe.send(out)
    except LinkDown:
        pass
    return came, link.ended.code if link.ended else None


def hello_without_a_handshake(_: Wearable) -> list[bytes]:
    return [messages.encode(Hello(1, "companion", "evil")), ASK]


def ask_without_a_handshake(_: Wearable) -> list[bytes]:
    return [ASK]


def an_app_without_the_key(one: Wearable) -> list[bytes]:
    """It may use the phone's Bluetooth bond, and knows the wearable's public key."""
    return [KnownWearable(new_private_key(), one.public).begin()]


def a_greeting_to_another_wearable(one: Wearable) -> list[bytes]:
    return [KnownWearable(one.friend.private, public_key(new_private_key())).begin()]


def pairing_outside_a_window(_: Wearable) -> list[bytes]:
    return [NewWearable(new_private_key(), DIGITS).begin()]


def pairing_after_the_window(one: Wearable) -> list[bytes]:
    one.window.open(DIGITS)
    one.now = WINDOW_S
    return [NewWearable(new_private_key(), DIGITS).begin()]


def the_friend_while_another_is_paired(one: Wearable) -> list[bytes]:
    one.window.open(DIGITS)
    return [KnownWearable(one.friend.private, one.public).begin()]


def the_first_message_of_pairing_twice(one: Wearable) -> list[bytes]:
    one.window.open(DIGITS)
    begin = NewWearable(new_private_key(), DIGITS).begin()
    return [begin, begin]


def a_point_of_small_order(one: Wearable) -> list[bytes]:
    one.window.open(DIGITS)
    begin = NewWearable(new_private_key(), DIGITS).begin()
    return [begin[:2] + bytes([1]) + bytes(31) + begin[34:]]


def its_own_key_reflected(one: Wearable) -> list[bytes]:
    return [KnownWearable(one.keyring.private, one.public).begin()]


def a_zero_ephemeral_key(one: Wearable) -> list[bytes]:
    begin = KnownWearable(one.friend.private, one.public).begin()
    return [begin[:1] + bytes(32) + begin[33:]]


def an_unknown_greeting(_: Wearable) -> list[bytes]:
    return [bytes([9]) + bytes(96)]


def an_oversize_greeting(one: Wearable) -> list[bytes]:
    return [KnownWearable(one.friend.private, one.public).begin() + bytes(16_000)]


def noise(_: Wearable) -> list[bytes]:
    return [b"\xff"]


def a_forgotten_phone(one: Wearable) -> list[bytes]:
    one.keyring.forget()
    return [KnownWearable(one.friend.private, one.public).begin()]


STRANGERS: list[tuple[Callable[[Wearable], list[bytes]], Reason]] = [
    (hello_without_a_handshake, Reason.BROKEN),
    (ask_without_a_handshake, Reason.BROKEN),
    (an_app_without_the_key, Reason.UNKNOWN),
    (a_greeting_to_another_wearable, Reason.BROKEN),
    (pairing_outside_a_window, Reason.NOT_PAIRING),
    (pairing_after_the_window, Reason.NOT_PAIRING),
    (the_friend_while_another_is_paired, Reason.PAIRING),
    (the_first_message_of_pairing_twice, Reason.PASSKEY),
    (a_point_of_small_order, Reason.BROKEN),
    (its_own_key_reflected, Reason.UNKNOWN),
    (a_zero_ephemeral_key, Reason.BROKEN),
    (an_unknown_greeting, Reason.BROKEN),
    (an_oversize_greeting, Reason.BROKEN),
    (noise, Reason.BROKEN),
    (a_forgotten_phone, Reason.UNKNOWN),
]


@pytest.mark.parametrize(("says", "reason"), STRANGERS, ids=[says.__name__ for says, _ in STRANGERS])
async def test_a_stranger_is_refused_with_the_reason_in_the_log_and_none_of_what_it_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, says: Callable[[Wearable], list[bytes]], reason: Reason
) -> None:
    caplog.set_level(logging.DEBUG)
    async with wearable(tmp_path) as one:
        said = says(one)
        content = [message[1:].hex() for message in said if len(message) > 8]
        async with one.air.companion.connect() as pipe:
            _, why = await attack(pipe, said)
    assert why == ResetCode.REFUSED
    assert not [event for event in one.events if isinstance(event, Connected)]
    assert f"refused: {reason}" in caplog.text
    assert "secret" not in caplog.text
    assert not any(message in caplog.text for message in content)


async def test_a_phone_that_is_forgotten_before_its_hello_came_is_refused_and_stays_forgotten(tmp_path: Path) -> None:
    one = Wearable(tmp_path)
    greeter = one.guard.greeter()
    greeter.receive(KnownWearable(one.friend.private, one.public).begin())
    assert greeter.secured is not None
    one.keyring.forget()
    with pytest.raises(Refused, match=Reason.UNKNOWN):
        await one.guard.met(greeter.secured, "friend")
    assert not one.keyring.peers()


async def test_a_phone_that_leaves_while_its_key_is_written_is_paired_and_announced(tmp_path: Path) -> None:
    one = Wearable(tmp_path)
    one.window.open(DIGITS)
    told = SimpleQueue[str]()
    guard = WearableGuard(one.keyring, one.window, told.put)
    phone, greeter = NewWearable(new_private_key(), DIGITS), guard.greeter()
    answer = greeter.receive(phone.begin())
    assert answer is not None
    greeter.receive(phone.receive(answer))
    assert greeter.secured is not None
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(guard.met(greeter.secured, "Pixel"))
        await asyncio.sleep(0)
        keeping.cancel()
    assert await asyncio.to_thread(told.get, timeout=5) == "Pixel"
    assert one.keyring.knows(greeter.secured.peer)


async def test_a_greeting_that_was_recorded_opens_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with wearable(tmp_path) as one:
        greeting = KnownWearable(one.friend.private, one.public).begin()
        for _ in range(2):  # the second is the recording; without the key behind it, what follows does not decrypt
            async with one.air.companion.connect() as pipe:
                came, why = await attack(pipe, [greeting, ASK + bytes(16)])
            assert why == ResetCode.REFUSED
            assert not any(b"glasses" in message for message in came)
    assert not [event for event in one.events if isinstance(event, Connected)]
    assert f"refused: {Reason.BROKEN}" in caplog.text


async def test_digits_can_be_tried_three_times_in_a_window(tmp_path: Path) -> None:
    async with wearable(tmp_path) as one:
        one.window.open(DIGITS)
        for _ in range(TRIES):
            guess = NewWearable(new_private_key(), "000000")
            async with one.air.companion.connect() as pipe:
                _, why = await attack(pipe, [guess.begin()], guess)
            assert why == ResetCode.REFUSED
        assert not one.window.is_open()
        right = NewWearable(new_private_key(), DIGITS)
        async with one.air.companion.connect() as pipe:
            came, why = await attack(pipe, [right.begin()], right)
        assert why == ResetCode.REFUSED
        assert not came
    assert not one.paired
    assert [peer.key for peer in one.keyring.peers()] == [public_key(one.friend.private).hex()]


async def test_a_companion_talks_to_no_other_wearable_than_its_own(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "fake").mkdir()
    real = Wearable(tmp_path / "real")
    async with wearable(tmp_path / "fake") as fake:  # it has the name, the address and the service of the real one
        fake.keyring.add(public_key(real.friend.private), "friend")
        companion = Channel(fake.air.companion, Hello(1, "companion", "friend"), CompanionGuard(real.friend))
        events = companion.events()
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(companion.run())
            ended = await anext(aiter(events))
            running.cancel()
    assert not isinstance(ended, Connected)
    assert not [event for event in fake.events if isinstance(event, Connected)]
