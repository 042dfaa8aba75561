"""Timers and alarms that are due, as sentences to announce."""

from __future__ import annotations

from audio import earcons
from edge.clocks import Clocks, Due
from edge.phrasebook import Phrases
from edge.reply import Reply
from edge.when import Now
from edge.worker import Worker


class Rings:
    """Stands between the clocks, which live on the disk's thread, and the turn loop."""

    def __init__(self, clocks: Clocks, disk: Worker, phrases: Phrases, now: Now) -> None:
        self._clocks = clocks
        self._disk = disk
        self._phrases = phrases
        self._now = now
        self._untold: dict[int, Due] = {}
        """Given to be announced, and not heard yet."""

    async def due(self) -> list[Reply]:
        """Give what has to be announced now and was not given yet, oldest first."""
        due = await self._disk.call(self._clocks.due, self._now().timestamp())
        self._untold.update((one.entry.id, one) for one in due)
        return [Reply((self._phrases.rang(one),), "announcement", earcons.listening(), ring=one) for one in due]

    async def told(self, due: Due) -> None:
        """Note for good that the wearer heard it."""
        self._untold.pop(due.entry.id, None)
        await self._disk.call(self._clocks.acknowledge, due.entry.id)

    async def give_back(self) -> None:
        """Let `due` give again what was not heard: the announcement was cut short."""
        for id in self._untold:
            await self._disk.call(self._clocks.give_back, id)
        self._untold.clear()

    async def waiting(self) -> int:
        """Give how many timers run; alarms, which may be days away, do not count."""
        return len(await self._disk.call(self._clocks.timers, 0.0))
