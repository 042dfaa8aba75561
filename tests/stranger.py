"""A wearable with a friend's phone, and a stranger with a radio of its own that says what it likes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from bumble import smp
from bumble.att import ATT_Error
from bumble.core import BaseBumbleError
from bumble.device import Connection, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.smp import SMP_Command

from firmware_bridge import gatt
from firmware_bridge.air import Air, radio_address
from firmware_bridge.channel import Channel, Connected, Event
from firmware_bridge.guard import COMPANIONS, WEARABLES, CompanionGuard, WearableGuard
from firmware_bridge.keyring import BONDS, Keyring, introduce
from firmware_bridge.messages import Hello
from firmware_bridge.pairing import PairingWindow
from firmware_bridge.transports import open_central, open_peripheral
from firmware_bridge.transports.bonds import Bonds, introduce_radios
from firmware_bridge.transports.bumble_adapter import BumbleAdapter, own_address

DIGITS = "271828"
WEARABLE, STRANGER, FRIEND = 0, 1, 2
"""Numbers of radios."""
SECRET = b"send a secret to anna"
PATIENCE_S = 30

Tamper = Callable[[SMP_Command], SMP_Command]
"""What a stranger says instead of what Bumble would."""


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
        session: type[Evil] = Evil,
    ) -> Connection:
        """Try to pair; give the connection, whatever came of it."""
        connection = await self.reach()
        delegate = Types(digits, able_to, key_bytes)
        connection.device.pairing_config_factory = lambda _: PairingConfig(sc, mitm, bonding, delegate)
        connection.device.smp_manager.session_proxy = type("Tampering", (session,), {"tamper": staticmethod(tamper)})
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
        await found[gatt.DOWN].subscribe(lambda _: worked.append("down"))
        worked.append("subscribed")
    await found[gatt.UP].write_value(b"\x40\x01" + SECRET)
    with suppress(ATT_Error):
        await found[gatt.UP].write_value(b"\x40\x01" + SECRET, with_response=True)
        worked.append("up")
    return worked


async def the_friend_comes_in(one: Scene) -> None:
    async with open_central(one.air.spec(FRIEND), folder=one.folder / "friend") as transport:
        phone = Channel(transport, Hello(1, "companion", "friend"), CompanionGuard(one.friend))
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(phone.run())
            async for event in phone.events():
                if isinstance(event, Connected):
                    break
            running.cancel()
