"""Strangers with radios of their own: what they try on Bluetooth itself, before the link's handshake, and on a bond.

What they try in the handshake is in test_pairing.py.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest
from bumble import smp
from bumble.att import ATT_Error
from bumble.core import BaseBumbleError
from bumble.device import Connection, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address, HCI_LE_Enable_Encryption_Command
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.smp import SMP_Command

from firmware_bridge import gatt
from firmware_bridge.air import Air, radio_address
from firmware_bridge.channel import Channel, Connected, Event
from firmware_bridge.errors import LinkDown
from firmware_bridge.guard import COMPANIONS, WEARABLES, CompanionGuard, WearableGuard
from firmware_bridge.keyring import BONDS, Keyring, introduce
from firmware_bridge.link import Link
from firmware_bridge.messages import Hello
from firmware_bridge.noise import new_private_key, public_key
from firmware_bridge.packet import Priority, ResetCode
from firmware_bridge.pairing import TRIES, WINDOW_S, PairingWindow
from firmware_bridge.pipe import Pipe
from firmware_bridge.secure import Greeter, KnownWearable, NewWearable
from firmware_bridge.transports import open_central, open_peripheral
from firmware_bridge.transports.bonds import Bonds, introduce_radios
from firmware_bridge.transports.bumble_adapter import BumbleAdapter, own_address

DIGITS = "271828"
OTHER_DIGITS = "314159"
WEARABLE, STRANGER, FRIEND = 0, 1, 2
"""Numbers of radios."""
SECRET = b"send a secret to anna"
PATIENCE_S = 30

Tamper = Callable[[SMP_Command], SMP_Command]


class Evil(smp.Session):
    """Says something else than Bumble would."""

    tamper: Tamper = staticmethod(lambda command: command)

    def send_command(self, command: SMP_Command) -> None:
        super().send_command(type(self).tamper(command))


class Types(PairingDelegate):
    """Types digits, or claims other abilities."""

    def __init__(self, digits: str, able_to: PairingDelegate.IoCapability, key_bytes: int) -> None:
        super().__init__(able_to, maximum_encryption_key_size=key_bytes)
        self.digits = digits

    async def get_number(self) -> int:
        return int(self.digits)


class Scene:
    """A wearable that is bonded and paired with a friend's phone, and a stranger's radio."""

    def __init__(self, folder: Path, air: Air) -> None:
        self.now = 0.0
        self.air = air
        self.folder = folder
        introduce_radios((folder / "wearable", radio_address(WEARABLE)), (folder / "friend", radio_address(FRIEND)))
        self.keyring = Keyring(folder / "wearable.json", COMPANIONS)
        self.friend = Keyring(folder / "friend.json", WEARABLES)
        introduce(self.keyring, self.friend)
        self.window = PairingWindow(lambda: self.now)
        self.events: list[Event] = []
        self.paired: list[str] = []
        self.stranger = BumbleAdapter(air.spec(STRANGER).removeprefix("bumble:"), "stranger")

    async def run(self, channel: Channel) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(channel.run())
            async for event in channel.events():
                self.events.append(event)

    async def reach(self) -> Connection:
        """Connect with the stranger's radio."""
        device = await self.stranger.open()
        address = Address(radio_address(WEARABLE), Address.PUBLIC_DEVICE_ADDRESS)
        return await device.connect(address, own_address_type=own_address(device))

    async def pair(
        self,
        *,
        digits: str = DIGITS,
        sc: bool = True,
        mitm: bool = True,
        bonding: bool = True,
        able_to: PairingDelegate.IoCapability = PairingDelegate.KEYBOARD_INPUT_ONLY,
        key_bytes: int = 16,
        tamper: Tamper = Evil.tamper,
    ) -> Connection:
        """Try to pair; give the connection, whatever came of it."""
        connection = await self.reach()
        delegate = Types(digits, able_to, key_bytes)
        connection.device.pairing_config_factory = lambda _: PairingConfig(sc, mitm, bonding, delegate)
        connection.device.smp_manager.session_proxy = type("Tampering", (Evil,), {"tamper": staticmethod(tamper)})
        with suppress(BaseBumbleError, asyncio.CancelledError):
            async with asyncio.timeout(PATIENCE_S):
                await connection.pair()
        return connection

    async def bonds(self) -> list[str]:
        return [name for name, _ in await Bonds(self.folder / "wearable" / BONDS).get_all()]


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(asyncio.timeout(2 * PATIENCE_S))
        air = await stack.enter_async_context(Air(3, rate_bps=0, supervision_s=0.2))
        one = Scene(folder, air)
        transport = open_peripheral(air.spec(WEARABLE), "glasses", folder=folder / "wearable", window=one.window)
        await stack.enter_async_context(transport)
        guard = WearableGuard(one.keyring, one.window, one.paired.append)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        running = tasks.create_task(one.run(Channel(transport, Hello(1, "wearable", "glasses"), guard)))
        yield one
        await one.stranger.close()
        running.cancel()


async def characteristics(connection: Connection) -> dict[str, CharacteristicProxy[bytes]]:
    peer = Peer(connection)
    found: dict[str, CharacteristicProxy[bytes]] = {}
    for service in await peer.discover_services():
        for characteristic in await service.discover_characteristics():
            found[str(characteristic.uuid).lower()] = characteristic
            await characteristic.discover_descriptors()
    return found


async def touches(connection: Connection) -> list[str]:
    """Try everything that the service offers; give what worked."""
    worked: list[str] = []
    found = await characteristics(connection)
    with suppress(ATT_Error):
        await found[gatt.INFO].read_value()
        worked.append("info")
    with suppress(ATT_Error):
        await found[gatt.DOWN].subscribe(lambda _: worked.append("down"))
        worked.append("subscribed")
    await found[gatt.UP].write_value(b"\x40\x01" + SECRET)
    with suppress(ATT_Error):
        await found[gatt.UP].write_value(b"\x40\x01" + SECRET, with_response=True)
        worked.append("up")
    return worked


def open_window(one: Scene) -> None:
    one.window.open(DIGITS)


async def no_bond_at_all(one: Scene) -> Connection:
    return await one.reach()


async def pairing_outside_a_window(one: Scene) -> Connection:
    return await one.pair()


async def pairing_after_the_window(one: Scene) -> Connection:
    open_window(one)
    one.now = WINDOW_S
    return await one.pair()


async def just_works(one: Scene) -> Connection:
    open_window(one)
    return await one.pair(able_to=PairingDelegate.NO_OUTPUT_NO_INPUT)


async def no_protection_from_the_middle(one: Scene) -> Connection:
    open_window(one)
    return await one.pair(mitm=False)


async def numeric_comparison(one: Scene) -> Connection:
    open_window(one)
    return await one.pair(able_to=PairingDelegate.DISPLAY_OUTPUT_AND_YES_NO_INPUT)


async def legacy_pairing(one: Scene) -> Connection:
    open_window(one)
    return await one.pair(sc=False)


async def pairing_without_a_bond(one: Scene) -> Connection:
    open_window(one)
    return await one.pair(bonding=False)


async def a_short_key(one: Scene) -> Connection:
    open_window(one)
    return await one.pair(key_bytes=7)


async def a_key_one_byte_short(one: Scene) -> Connection:
    open_window(one)
    return await one.pair(key_bytes=15)


async def out_of_band_data_that_nobody_gave(one: Scene) -> Connection:
    def tamper(command: SMP_Command) -> SMP_Command:
        if isinstance(command, smp.SMP_Pairing_Request_Command):
            return dataclasses.replace(command, oob_data_flag=1)
        return command

    open_window(one)
    return await one.pair(tamper=tamper)


async def other_digits(one: Scene) -> Connection:
    open_window(one)
    return await one.pair(digits=OTHER_DIGITS)


async def the_digits_after_three_tries(one: Scene) -> Connection:
    open_window(one)
    for _ in range(TRIES):
        await (await one.pair(digits=OTHER_DIGITS)).disconnect()
    return await one.pair()


async def the_digits_on_a_connection_that_failed_once(one: Scene) -> Connection:
    open_window(one)
    connection = await one.pair(digits=OTHER_DIGITS)
    delegate = Types(DIGITS, PairingDelegate.KEYBOARD_INPUT_ONLY, 16)
    connection.device.pairing_config_factory = lambda _: PairingConfig(delegate=delegate)
    with suppress(BaseBumbleError):
        await connection.pair()
    return connection


async def digits_overheard_from_a_phone_that_just_bonded(one: Scene) -> Connection:
    """Passkey entry tells them to everybody in range, once it is over."""
    open_window(one)
    one.window.bond_passkey()
    one.window.bonded()
    return await one.pair()


async def its_own_key_reflected(one: Scene) -> Connection:
    """CVE-2020-26558."""
    theirs: list[smp.SMP_Pairing_Public_Key_Command] = []
    device = await one.stranger.open()
    taken = device.smp_manager.on_smp_pdu

    def listen(connection: Connection, pdu: bytes) -> None:
        command = SMP_Command.from_bytes(pdu)
        if isinstance(command, smp.SMP_Pairing_Public_Key_Command):
            theirs.append(command)
        taken(connection, pdu)

    device.smp_manager.on_smp_pdu = listen  # type: ignore[method-assign]  # a stranger's stack
    open_window(one)
    await (await one.pair(digits=OTHER_DIGITS)).disconnect()  # a first try shows the wearable's key

    def reflect(command: SMP_Command) -> SMP_Command:
        return theirs[0] if isinstance(command, smp.SMP_Pairing_Public_Key_Command) else command

    return await one.pair(tamper=reflect)


async def a_point_that_is_not_on_the_curve(one: Scene) -> Connection:
    """CVE-2018-5383."""

    def tamper(command: SMP_Command) -> SMP_Command:
        if isinstance(command, smp.SMP_Pairing_Public_Key_Command):
            return smp.SMP_Pairing_Public_Key_Command(public_key_x=command.public_key_x, public_key_y=bytes(32))
        return command

    open_window(one)
    return await one.pair(tamper=tamper)


async def the_debug_key_of_the_specification(one: Scene) -> Connection:
    (await one.stranger.open()).smp_manager.debug_mode = True
    open_window(one)
    return await one.pair()


async def commands_out_of_order(one: Scene) -> Connection:
    def tamper(command: SMP_Command) -> SMP_Command:
        if isinstance(command, smp.SMP_Pairing_Confirm_Command):
            return smp.SMP_Pairing_DHKey_Check_Command(dhkey_check=bytes(16))
        return command

    open_window(one)
    return await one.pair(tamper=tamper)


async def a_key_check_that_is_wrong(one: Scene) -> Connection:
    def tamper(command: SMP_Command) -> SMP_Command:
        if isinstance(command, smp.SMP_Pairing_DHKey_Check_Command):
            return smp.SMP_Pairing_DHKey_Check_Command(dhkey_check=bytes(16))
        return command

    open_window(one)
    return await one.pair(tamper=tamper)


async def encryption_with_a_made_up_key(one: Scene) -> Connection:
    connection = await one.reach()
    await encrypt(connection, bytes(16))
    return connection


async def malformed_pairing_commands(one: Scene) -> Connection:
    open_window(one)
    connection = await one.reach()
    for pdu in (b"\x01", b"\x01\x02", b"\x0c" + bytes(9), b"\xff" * 65, b"\x05", b"\x01" + b"\xff" * 600):
        connection.send_l2cap_pdu(smp.SMP_CID, pdu)
    return connection


async def oversize_and_malformed_attributes(one: Scene) -> Connection:
    connection = await one.reach()
    for pdu in (b"\x52", b"\x12\xff\xff", b"\xff" * 700, b"\x16\x03\x00\x00\x00" + bytes(600), b"\x18\x01", b"\x1d"):
        connection.send_l2cap_pdu(4, pdu)
    return connection


async def encrypt(connection: Connection, key: bytes) -> None:
    connection.device.keystore = None
    with suppress(BaseBumbleError):
        await connection.device.send_async_command(
            HCI_LE_Enable_Encryption_Command(
                connection_handle=connection.handle, random_number=bytes(8), encrypted_diversifier=0, long_term_key=key
            )
        )


Attack = Callable[[Scene], Awaitable[Connection]]
ATTACKS: list[tuple[Attack, str]] = [
    (no_bond_at_all, ""),
    (pairing_outside_a_window, "refused: not_pairing"),
    (pairing_after_the_window, "refused: not_pairing"),
    (just_works, "refused: just_works"),
    (no_protection_from_the_middle, "refused: requirements"),
    (numeric_comparison, "refused: just_works"),
    (legacy_pairing, "refused: legacy"),
    (pairing_without_a_bond, "refused: requirements"),
    (a_short_key, "refused: short_key"),
    (a_key_one_byte_short, "refused: short_key"),
    (out_of_band_data_that_nobody_gave, "refused: just_works"),
    (other_digits, "failed: confirm_value_failed"),
    (the_digits_after_three_tries, "refused: not_pairing"),
    (the_digits_on_a_connection_that_failed_once, "failed: confirm_value_failed"),
    (digits_overheard_from_a_phone_that_just_bonded, "refused: not_pairing"),
    (its_own_key_reflected, "refused: public_key"),
    (a_point_that_is_not_on_the_curve, "refused: public_key"),
    (the_debug_key_of_the_specification, "refused: public_key"),
    (commands_out_of_order, "refused: order"),
    (a_key_check_that_is_wrong, "failed: dhkey_check_failed"),
    (encryption_with_a_made_up_key, ""),
    (malformed_pairing_commands, ""),
    (oversize_and_malformed_attributes, ""),
]


@pytest.mark.parametrize(("attack", "reason"), ATTACKS, ids=[attack.__name__ for attack, _ in ATTACKS])
async def test_a_stranger_gets_no_bond_and_touches_nothing_and_the_friend_still_comes_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, attack: Attack, reason: str
) -> None:
    caplog.set_level(logging.INFO)
    async with scene(tmp_path) as one:
        connection = await attack(one)
        with suppress(BaseBumbleError, asyncio.CancelledError, KeyError):
            assert await touches(connection) == []
        assert await one.bonds() == [f"{radio_address(FRIEND)}/P"]
        assert not [event for event in one.events if isinstance(event, Connected)]
        assert reason in caplog.text
        with suppress(BaseBumbleError):
            await connection.disconnect()
        one.window.close()
        await the_friend_comes_in(one)
    assert SECRET[:8].hex() not in caplog.text
    assert SECRET.decode() not in caplog.text
    assert DIGITS not in caplog.text
    assert not one.paired


async def the_friend_comes_in(one: Scene) -> None:
    async with open_central(one.air.spec(FRIEND), folder=one.folder / "friend") as transport:
        phone = Channel(transport, Hello(1, "companion", "friend"), CompanionGuard(one.friend))
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(phone.run())
            async for event in phone.events():
                if isinstance(event, Connected):
                    break
            running.cancel()


async def another_app_on_the_same_bond(one: Scene) -> tuple[Path, Greeter]:
    return one.folder / "friend", KnownWearable(new_private_key(), public_key(one.keyring.private))


async def another_app_that_pairs_without_a_window(one: Scene) -> tuple[Path, Greeter]:
    return one.folder / "friend", NewWearable(new_private_key(), DIGITS)


async def a_radio_with_the_friends_address_and_another_key(one: Scene) -> tuple[Path, Greeter]:
    introduce_radios((one.folder / "nobody", radio_address(STRANGER)), (one.folder / "swapped", radio_address(FRIEND)))
    made_up = (one.folder / "swapped" / BONDS).read_text().replace(radio_address(STRANGER), radio_address(WEARABLE))
    (one.folder / "swapped" / BONDS).write_text(made_up)
    return one.folder / "swapped", KnownWearable(one.friend.private, public_key(one.keyring.private))


OnTheBond = Callable[[Scene], Awaitable[tuple[Path, Greeter]]]


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        (another_app_on_the_same_bond, "refused: unknown"),
        (another_app_that_pairs_without_a_window, "refused: not_pairing"),
        (a_radio_with_the_friends_address_and_another_key, ""),
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
        assert reason in caplog.text
        await the_friend_comes_in(one)
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
