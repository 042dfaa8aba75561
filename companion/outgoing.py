"""Updates that wait for the link; a newer one takes the place of an older one of the same errand."""

from __future__ import annotations

import asyncio

from firmware_bridge.messages import Update


class Outgoing:
    """Never full and never long: one update for each errand. So no errand waits for a slow or missing link."""

    def __init__(self) -> None:
        self._updates: dict[str, Update] = {}
        self._some = asyncio.Event()

    def put(self, update: Update) -> None:
        """Take an update to be sent soon."""
        self._updates.pop(update.id, None)
        self._updates[update.id] = update
        self._some.set()

    async def get(self) -> Update:
        """Give the one that waits longest; wait for one."""
        while not self._updates:
            self._some.clear()
            await self._some.wait()
        return self._updates.pop(next(iter(self._updates)))
