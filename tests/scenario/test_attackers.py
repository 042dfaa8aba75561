"""Strangers with radios of their own: what they try on Bluetooth itself, before the link's handshake, and on a bond.

What they try in the handshake is in test_pairing.py.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from bumble import smp
from bumble.core import BaseBumbleError
from bumble.device import Connection
from bumble.hci import HCI_LE_Enable_Encryption_Command
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.smp import SMP_Command

from firmware_bridge.air import radio_address
from firmware_bridge.channel import Connected
from firmware_bridge.errors import LinkDown
from firmware_bridge.keyring import BONDS
from firmware_bridge.link import Link
from firmware_bridge.noise import new_private_key, public_key
from firmware_bridge.packet import Priority, ResetCode
from firmware_bridge.pairing import TRIES, WINDOW_S
from firmware_bridge.pipe import Pipe
from firmware_bridge.secure import Greeter, KnownWearable, NewWearable
from firmware_bridge.transports import open_central
from firmware_bridge.transports.bonds import introduce_radios
from tests.stranger import (
    DIGITS,
    FRIEND,
    SECRET,
    STRANGER,
    WEARABLE,
    Evil,
    Scene,
    Tamper,
    Types,
    scene,
    the_friend_comes_in,
    touches,
)

OTHER_DIGITS = "314159"
ATT_CID = 4

Attack = Callable[[Scene], Awaitable[Connection]]
"""Gives the connection that it tried on."""


def pairing(**how: Any) -> Attack:  # the options of Scene.pair
    """Pair in the window, with the right digits but for what is said here."""

    async def attack(one: Scene) -> Connection:
        one.window.open(DIGITS)
        return await one.pair(**how)

    return attack


def instead_of(kind: type[SMP_Command], other: Callable[[Any], SMP_Command]) -> Tamper:
    """Say something else than commands of one kind."""
    return lambda command: other(command) if isinstance(command, kind) else command


async def nothing(one: Scene) -> Connection:
    return await one.reach()


async def pairing_without_a_window(one: Scene) -> Connection:
    return await one.pair()


async def pairing_after_the_window(one: Scene) -> Connection:
    one.window.open(DIGITS)
    one.now = WINDOW_S
    return await one.pair()


async def the_digits_after_three_tries(one: Scene) -> Connection:
    one.window.open(DIGITS)
    for _ in range(TRIES):
        await (await one.pair(digits=OTHER_DIGITS)).disconnect()
    return await one.pair()


async def the_digits_on_a_connection_that_failed_once(one: Scene) -> Connection:
    one.window.open(DIGITS)
    connection = await one.pair(digits=OTHER_DIGITS)
    delegate = Types(DIGITS, PairingDelegate.KEYBOARD_INPUT_ONLY, 16)
    connection.device.pairing_config_factory = lambda _: PairingConfig(delegate=delegate)
    with suppress(BaseBumbleError):
        await connection.pair()
    return connection


async def digits_overheard_from_a_phone_that_just_bonded(one: Scene) -> Connection:
    """Passkey entry tells them to everybody in range, once it is over."""
    one.window.open(DIGITS)
    one.window.bond_passkey()
    one.window.bonded()
    return await one.pair()


async def the_wearables_own_key_reflected(one: Scene) -> Connection:
    """CVE-2020-26558."""
    theirs: list[smp.SMP_Pairing_Public_Key_Command] = []
    manager = (await one.stranger.open()).smp_manager
    taken = manager.on_smp_pdu

    def listen(connection: Connection, pdu: bytes) -> None:
        command = SMP_Command.from_bytes(pdu)
        if isinstance(command, smp.SMP_Pairing_Public_Key_Command):
            theirs.append(command)
        taken(connection, pdu)

    manager.on_smp_pdu = listen  # type: ignore[method-assign]  # a stranger's stack
    one.window.open(DIGITS)
    await (await one.pair(digits=OTHER_DIGITS)).disconnect()  # a first try shows the wearable's key
    return await one.pair(tamper=instead_of(smp.SMP_Pairing_Public_Key_Command, lambda _: theirs[0]))


async def the_debug_key_of_the_specification(one: Scene) -> Connection:
    (await one.stranger.open()).smp_manager.debug_mode = True
    one.window.open(DIGITS)
    return await one.pair()


async def encryption_with_a_made_up_key(one: Scene) -> Connection:
    connection = await one.reach()
    with suppress(BaseBumbleError):
        await connection.device.send_async_command(
            HCI_LE_Enable_Encryption_Command(
                connection_handle=connection.handle,
                random_number=bytes(8),
                encrypted_diversifier=0,
                long_term_key=bytes(16),
            )
        )
    return connection


def malformed(channel: int, *pdus: bytes) -> Attack:
    """Send what makes no sense on a channel of L2CAP, and come again."""

    async def attack(one: Scene) -> Connection:
        one.window.open(DIGITS)
        connection = await one.reach()
        for pdu in pdus:
            connection.send_l2cap_pdu(channel, pdu)
        await connection.drain()
        await connection.disconnect()
        return await one.reach()

    return attack


OUT_OF_BAND = instead_of(smp.SMP_Pairing_Request_Command, lambda command: dataclasses.replace(command, oob_data_flag=1))
OFF_THE_CURVE = instead_of(
    smp.SMP_Pairing_Public_Key_Command, lambda command: dataclasses.replace(command, public_key_y=bytes(32))
)
MADE_UP_CHECK = smp.SMP_Pairing_DHKey_Check_Command(dhkey_check=bytes(16))
CHECK_TOO_EARLY = instead_of(smp.SMP_Pairing_Confirm_Command, lambda _: MADE_UP_CHECK)
WRONG_CHECK = instead_of(smp.SMP_Pairing_DHKey_Check_Command, lambda _: MADE_UP_CHECK)

ATTACKS: dict[str, tuple[Attack, str]] = {
    "nothing, without a bond": (nothing, "let in: no_bond"),
    "pairing without a window": (pairing_without_a_window, "refused: not_pairing"),
    "pairing after the window": (pairing_after_the_window, "refused: not_pairing"),
    "Just Works": (pairing(able_to=PairingDelegate.NO_OUTPUT_NO_INPUT), "refused: just_works"),
    "numeric comparison": (pairing(able_to=PairingDelegate.DISPLAY_OUTPUT_AND_YES_NO_INPUT), "refused: just_works"),
    "out-of-band data that nobody gave": (pairing(tamper=OUT_OF_BAND), "refused: just_works"),
    "no protection from the middle": (pairing(mitm=False), "refused: requirements"),
    "no bonding": (pairing(bonding=False), "refused: requirements"),
    "legacy pairing": (pairing(sc=False), "refused: legacy"),
    "a key of 7 bytes": (pairing(key_bytes=7), "refused: short_key"),
    "a key of 15 bytes": (pairing(key_bytes=15), "refused: short_key"),
    "other digits": (pairing(digits=OTHER_DIGITS), "failure (CONFIRM_VALUE_FAILED)"),
    "the digits after three tries": (the_digits_after_three_tries, "refused: not_pairing"),
    "a second try on one connection": (the_digits_on_a_connection_that_failed_once, "failure (CONFIRM_VALUE_FAILED)"),
    "overheard digits": (digits_overheard_from_a_phone_that_just_bonded, "refused: not_pairing"),
    "the wearable's key reflected (CVE-2020-26558)": (the_wearables_own_key_reflected, "refused: public_key"),
    "a point off the curve (CVE-2018-5383)": (pairing(tamper=OFF_THE_CURVE), "refused: public_key"),
    "the specification's debug key": (the_debug_key_of_the_specification, "refused: public_key"),
    "commands out of order": (pairing(tamper=CHECK_TOO_EARLY), "refused: order"),
    "a wrong key check": (pairing(tamper=WRONG_CHECK), "failure (DHKEY_CHECK_FAILED)"),
    "a made-up key": (encryption_with_a_made_up_key, "let in: no_bond"),
    "malformed pairing commands": (
        malformed(smp.SMP_CID, b"\1", b"\1\2", b"\x0c" + bytes(9), b"\xff" * 65, b"\5", b"\1" + b"\xff" * 600),
        "let in: no_bond",
    ),
    "malformed attribute requests": (
        malformed(ATT_CID, b"\x52", b"\x12\xff\xff", b"\xff" * 700, b"\x16\3\0\0\0" + bytes(600), b"\x18\1", b"\x1d"),
        "let in: no_bond",
    ),
}


@pytest.mark.parametrize(("attack", "reason"), ATTACKS.values(), ids=ATTACKS)
async def test_a_stranger_gets_no_bond_and_touches_nothing_and_the_friend_still_comes_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, attack: Attack, reason: str
) -> None:
    caplog.set_level(logging.INFO)
    async with scene(tmp_path) as one:
        connection = await attack(one)
        assert await touches(connection) == []
        assert await one.bonds() == [f"{radio_address(FRIEND)}/P"]
        assert not [event for event in one.events if isinstance(event, Connected)]
        await connection.disconnect()
        one.window.close()
        await the_friend_comes_in(one)
    assert reason in caplog.text
    assert SECRET[:8].hex() not in caplog.text
    assert SECRET.decode() not in caplog.text
    assert DIGITS not in caplog.text
    assert not one.paired


async def another_app_on_the_same_bond(one: Scene) -> tuple[Path, Greeter]:
    return one.folder / "friend", KnownWearable(new_private_key(), public_key(one.keyring.private))


async def another_app_that_pairs_without_a_window(one: Scene) -> tuple[Path, Greeter]:
    return one.folder / "friend", NewWearable(new_private_key(), DIGITS)


async def a_radio_with_the_friends_address_and_another_key(one: Scene) -> tuple[Path, Greeter]:
    introduce_radios((one.folder / "nobody", radio_address(STRANGER)), (one.folder / "swapped", radio_address(FRIEND)))
    made_up = (one.folder / "swapped" / BONDS).read_text().replace(radio_address(STRANGER), radio_address(WEARABLE))
    (one.folder / "swapped" / BONDS).write_text(made_up)
    return one.folder / "swapped", KnownWearable(one.friend.private, public_key(one.keyring.private))


class Stubborn(Evil):
    """Guesses a bit of the digits again when it was wrong, as if nothing had been said."""

    learned = 0

    def on_smp_pairing_failed_command(self, command: smp.SMP_Pairing_Failed_Command) -> None:
        if self.passkey is None or command.reason == smp.ErrorCode.REPEATED_ATTEMPTS:
            super().on_smp_pairing_failed_command(command)
        else:
            self.passkey ^= 1 << self.passkey_step
            self.send_pairing_confirm_command()

    def on_smp_pairing_random_command(self, command: smp.SMP_Pairing_Random_Command) -> None:
        super().on_smp_pairing_random_command(command)
        Stubborn.learned = self.passkey_step


async def test_who_goes_on_after_a_wrong_bit_learns_no_more_of_the_digits(tmp_path: Path) -> None:
    async with scene(tmp_path) as one:
        await pairing(digits=OTHER_DIGITS, session=Stubborn)(one)
    wrong = int(DIGITS) ^ int(OTHER_DIGITS)
    assert Stubborn.learned == (wrong & -wrong).bit_length() - 1


OnTheBond = Callable[[Scene], Awaitable[tuple[Path, Greeter]]]


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        (another_app_on_the_same_bond, "refused: unknown"),
        (another_app_that_pairs_without_a_window, "refused: not_pairing"),
        (a_radio_with_the_friends_address_and_another_key, "let in: no_bond"),
    ],
)
async def test_a_stolen_bond_opens_nothing_and_the_friend_still_comes_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, attack: OnTheBond, reason: str
) -> None:
    caplog.set_level(logging.INFO)
    async with scene(tmp_path) as one:
        folder, greeter = await attack(one)
        async with open_central(one.air.spec(FRIEND), folder=folder) as transport:
            with suppress(LinkDown):
                async with transport.connect() as pipe:
                    await greet(pipe, greeter)
        assert not [event for event in one.events if isinstance(event, Connected)]
        await the_friend_comes_in(one)
    assert reason in caplog.text
    assert SECRET[:8].hex() not in caplog.text


async def greet(pipe: Pipe, greeter: Greeter) -> None:
    """Begin a handshake and say what only a friend may; the wearable must end the link."""
    link = Link(pipe.max_packet, token=1, now=0.0)
    beginning = greeter.begin()
    assert beginning is not None
    for message in (beginning, SECRET):
        link.send(message, Priority.CONTROL)
    arrived = pipe.packets()
    while not link.ended:
        while (packet := link.next_packet(0.0)) is not None:
            await pipe.send(packet)
        link.receive(await anext(arrived), 0.0)
    assert link.ended.code == ResetCode.REFUSED
