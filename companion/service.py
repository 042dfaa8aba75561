"""The companion at work: what the channel brings goes to the runner, what the runner finds goes to the channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Protocol

from companion.events import EventSink, ignore
from companion.runner import Runner
from firmware_bridge.channel import Connected, Disconnected, Event, Received
from firmware_bridge.messages import Ask, Cancel, Message

_LOGGER = logging.getLogger(__name__)

NOT_PAIRED = 'the wearable does not let this phone in. Say "pair my phone" to it, then: earrand companion pair'


class MessageChannel(Protocol):
    """What the companion needs of `firmware_bridge.Channel`."""

    async def run(self) -> None:
        """Keep the session up until cancelled."""
        ...

    async def send(self, message: Message, /) -> None:
        """Send. Raises LinkDown."""
        ...

    def events(self) -> AsyncIterator[Event]:
        """Yield what happens."""
        ...


class Companion:
    """One companion and its one wearable."""

    def __init__(self, channel: MessageChannel, runner: Runner, on_event: EventSink = ignore) -> None:
        self._channel = channel
        self._runner = runner
        self._on_event = on_event

    async def run(self) -> None:
        """Serve until cancelled; a cut link changes nothing but who hears of it."""
        told = ""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._channel.run())
            tasks.create_task(self._runner.run(self._channel.send))
            async for event in self._channel.events():
                match event:
                    case Connected(hello):
                        _LOGGER.info("wearable %s is here", hello.name)
                        told = ""
                        self._on_event({"event": "link", "side": "companion", "up": True, "peer": hello.name})
                        self._runner.reconnected()
                    case Received((Ask() | Cancel()) as message):
                        await self._runner.take(message)
                    case Received(other):
                        _LOGGER.warning("wearable sent %s, which is not for a companion", type(other).__name__)
                    case Disconnected(reason, not_let_in):
                        _LOGGER.info("wearable is gone: %s", reason)
                        reason = NOT_PAIRED if not_let_in else reason
                        if reason != told:  # every attempt to connect that fails ends here
                            self._on_event({"event": "link", "side": "companion", "up": False, "why": reason})
                        told = reason
