"""Puts the companion together and runs it; the only place that does."""

from __future__ import annotations

import asyncio
import signal
from contextlib import closing

from companion.config import CompanionConfig
from companion.events import EventSink, ignore
from companion.host import Host
from companion.runner import Runner
from companion.service import Companion
from firmware_bridge.channel import Channel
from firmware_bridge.guard import WEARABLES, CompanionGuard
from firmware_bridge.journal import Journal
from firmware_bridge.keyring import KEYRING, Keyring
from firmware_bridge.messages import PROTOCOL_VERSION, Hello
from firmware_bridge.pipe import Transport

JOURNAL = "errands.sqlite"
"""In the companion's data folder."""


async def serve(config: CompanionConfig, transport: Transport, on_event: EventSink = ignore) -> None:
    """Run a companion until cancelled. Raises JournalError when its journal cannot be opened."""
    with closing(Journal(config.data_dir / JOURNAL)) as journal:
        await _serve(config, journal, transport, on_event)


async def serve_until_signalled(config: CompanionConfig, transport: Transport, on_event: EventSink = ignore) -> None:
    """Run a companion until Ctrl-C or SIGTERM, then return with nothing left behind.

    Raises JournalError when its journal cannot be opened.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, stop.set)
    try:
        with closing(Journal(config.data_dir / JOURNAL)) as journal:
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(_serve(config, journal, transport, on_event))
                await stop.wait()
                running.cancel()
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


async def _serve(config: CompanionConfig, journal: Journal, transport: Transport, on_event: EventSink) -> None:
    host = Host(config)
    hello = Hello(PROTOCOL_VERSION, "companion", config.name, host.tools())
    guard = CompanionGuard(Keyring(config.data_dir / KEYRING, WEARABLES))
    companion = Companion(Channel(transport, hello, guard), Runner(journal, host, on_event), on_event)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(host.run())
        tasks.create_task(companion.run())
