"""Pairs this companion with a wearable whose digits the owner has heard."""

from __future__ import annotations

import asyncio
from contextlib import closing

from companion.config import CompanionConfig
from companion.wiring import JOURNAL
from firmware_bridge.channel import Channel, Connected, Disconnected
from firmware_bridge.errors import LinkDown, NotLetIn
from firmware_bridge.guard import WEARABLES, CompanionGuard
from firmware_bridge.journal import Journal
from firmware_bridge.keyring import KEYRING, Keyring
from firmware_bridge.messages import PROTOCOL_VERSION, Hello
from firmware_bridge.pairing import WINDOW_S
from firmware_bridge.pipe import Transport


async def pair(config: CompanionConfig, transport: Transport, passkey: str) -> str:
    """Pair, and give the wearable's name.

    Raises NotLetIn when the wearable does not take the digits, LinkDown when none came near within the minute,
    JournalError while this companion runs elsewhere (it would be in the way), KeyringError.
    """
    keyring = Keyring(config.data_dir / KEYRING, WEARABLES)
    channel = Channel(transport, Hello(PROTOCOL_VERSION, "companion", config.name), CompanionGuard(keyring, passkey))
    with closing(Journal(config.data_dir / JOURNAL)):
        try:
            async with asyncio.timeout(WINDOW_S), asyncio.TaskGroup() as tasks:
                running = tasks.create_task(channel.run())
                wearable = await _outcome(channel)
                running.cancel()
        except TimeoutError as exc:
            raise LinkDown("no wearable was found that takes the digits; is it near, and on?") from exc
    if wearable is None:
        raise NotLetIn('the wearable does not take these digits. Say "pair my phone" to it for new ones')
    return wearable


async def _outcome(channel: Channel) -> str | None:
    """Wait until we are paired or not let in; give the wearable's name in the first case."""
    async for event in channel.events():
        match event:
            case Connected(hello, newly_paired=True):
                return hello.name
            case Disconnected(not_let_in=True):
                return None
    raise AssertionError("events never end")
