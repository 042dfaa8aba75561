"""Timers, alarms and reminders that are due, as sentences to announce."""

from __future__ import annotations

import logging
import time
from datetime import datetime

from audio import earcons
from edge.clocks import Clocks, Due, NotKept, TooMany
from edge.local_clock import StepWatch
from edge.phrasebook import Phrases
from edge.reply import Reply
from edge.when import Now
from edge.worker import Worker
from firmware_bridge.errands import Errand, State

_LOGGER = logging.getLogger(__name__)


class Rings:
    """Stands between the clocks, which live on the disk's thread, and the turn loop."""

    def __init__(self, clocks: Clocks, disk: Worker, phrases: Phrases, now: Now, *, lost: bool) -> None:
        """`lost` says that what was set before could not be read: that is told first."""
        self._lost = lost
        self._clocks = clocks
        self._disk = disk
        self._phrases = phrases
        self._now = now
        self._watch = StepWatch(time.time(), time.monotonic())
        self._untold: dict[int, Due] = {}
        """Given to be announced, and not heard yet."""

    async def due(self) -> list[Reply]:
        """Give what has to be announced now and was not given yet, oldest first."""
        if stepped := self._watch.step(time.time(), time.monotonic()):
            await self._disk.call(self._clocks.wall_jumped, stepped)
        due = await self._disk.call(self._clocks.due, self._now().timestamp())
        self._untold.update((one.entry.id, one) for one in due)
        lost = [Reply((self._phrases.say("clock.lost"),), "announcement", earcons.problem())] if self._lost else []
        self._lost = False
        return lost + [Reply((self._phrases.rang(one),), "announcement", earcons.ring(), ring=one) for one in due]

    async def told(self, due: Due) -> None:
        """Note for good that the wearer heard it."""
        self._untold.pop(due.entry.id, None)
        await self._disk.call(self._clocks.acknowledge, due.entry.id)

    async def give_back(self) -> None:
        """Let `due` give again what was not heard: the announcement was cut short."""
        for id in self._untold:
            await self._disk.call(self._clocks.give_back, id)
        self._untold.clear()

    async def follow(self, errand: Errand) -> None:
        """Keep the reminders here in step with those that the phone was asked for."""
        what, due = errand.arguments.get("what"), errand.arguments.get("due")
        try:
            match errand.tool, errand.state:
                case "reminders.add_reminder", State.QUEUED if isinstance(what, str) and isinstance(due, str):
                    at = datetime.fromisoformat(due).timestamp()
                    await self._disk.call(self._clocks.set_reminder, what, at)
                case ("reminders.add_reminder", State.CANCELLED) | ("reminders.finish_reminder", State.COMPLETED) if (
                    isinstance(what, str)
                ):
                    await self._disk.call(self._clocks.forget_reminders, what)
        except (NotKept, TooMany):
            _LOGGER.warning("no room for a reminder here; the phone has it")

    async def waiting(self) -> int:
        """Give how many timers run; alarms, which may be days away, do not count."""
        return len(await self._disk.call(self._clocks.timers, 0.0))
