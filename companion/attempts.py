"""Takes one errand to its end: checks the wearer's yes, records each attempt before it, and judges how it went."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from companion.effects import Effect, ToolFacts, foreign, may_run_again, reason_of
from companion.errors import ToolFailed
from companion.record import Record, reason_for
from firmware_bridge.consent import digest
from firmware_bridge.errands import Errand, State
from firmware_bridge.journal import JournalError

_LOGGER = logging.getLogger(__name__)

AT_ONCE = 4
"""Calls at a time. More would only wait for the same two cores and the same files."""
WAITING_AT_ONCE = 16
"""Calls at a time to tools that mostly wait, for a reply say, and must not keep the others from running."""
LONG_S = 120.0
"""A tool with a longer time-out than this counts as one that mostly waits."""


class ToolHost(Protocol):
    """What runs tools."""

    async def find(self, tool: str) -> ToolFacts:
        """Give what is known of a tool. Raises ToolFailed."""
        ...

    async def call(self, tool: str, arguments: Mapping[str, Any], errand_id: str, timeout_s: float) -> dict[str, Any]:
        """Call it. Raises ToolFailed."""
        ...


class Attempts:
    """The only place that calls tools."""

    def __init__(self, host: ToolHost, record: Record, lost_before: float | None) -> None:
        """`lost_before`: errands asked for before then may have run with no record left; seconds since the epoch."""
        self._host = host
        self._record = record
        self._lost_before = lost_before or 0.0
        self._quick = asyncio.Semaphore(AT_ONCE)
        self._waiting = asyncio.Semaphore(WAITING_AT_ONCE)
        self._reading: set[str] = set()
        """Errands whose tool only reads, while they run."""

    async def carry_out(self, errand: Errand) -> None:
        """Run the errand's tool, as often as may be, and record how it ended."""
        try:
            ended = await self._ended(errand)
        except JournalError as exc:  # before the first call: nothing was done, and nothing can be recorded
            self._record.refuse(errand.id, reason_for(exc))
        else:
            await self._record.put_surely(ended)
            self._reading.discard(errand.id)

    def may_have_acted(self, errand: Errand) -> bool:
        """Say, once, whether an errand that was cut off may have had an effect."""
        acted = errand.attempts > 0 and errand.id not in self._reading
        self._reading.discard(errand.id)
        return acted

    async def _ended(self, errand: Errand) -> Errand:
        """Give the ended record. Raises JournalError if not even the first attempt could be recorded."""
        facts = foreign(read_only=False, believed=False)  # the worst, until the tool is found
        doubt = errand.attempts > 0
        try:
            facts = await self._host.find(errand.tool)
            self._check(errand, facts)
            async with self._waiting if facts.timeout_s > LONG_S else self._quick:
                while True:
                    errand = self._attempted(errand, facts, doubt)
                    try:
                        result = await self._call(errand, facts)
                        return errand.step(State.COMPLETED, result=result)
                    except ToolFailed as failure:
                        if failure.code != "interrupted" or not may_run_again(facts, errand.attempts):
                            raise
                    doubt = True
        except ToolFailed as failure:
            _LOGGER.info("errand %s (%s) failed: %s", errand.id, errand.tool, failure.code)
            return errand.step(State.FAILED, reason=reason_of(failure.code, facts, doubt=doubt))

    def _check(self, errand: Errand, facts: ToolFacts) -> None:
        """Raise ToolFailed if the tool may not be called."""
        if facts.needs_consent:
            try:
                wanted = digest(errand.tool, errand.arguments)
            except ValueError as exc:
                raise ToolFailed("bad_arguments", str(exc)) from exc
            if errand.consent != wanted:
                raise ToolFailed("no_consent", "the wearer's yes is missing, or was for something else")
        if errand.attempts and not may_run_again(facts, errand.attempts):
            raise ToolFailed("interrupted", "the companion stopped during the call")
        if errand.asked_at < self._lost_before and facts.effect is Effect.UNKNOWN:
            raise ToolFailed("unknown_outcome", "it may be in a journal that was lost")

    def _attempted(self, errand: Errand, facts: ToolFacts, doubt: bool) -> Errand:
        """Record that the tool is about to be called; whoever reads this after a crash knows that it may have run."""
        errand = replace(errand.step(State.WORKING), attempts=errand.attempts + 1)
        if facts.effect is Effect.READS:
            self._reading.add(errand.id)
        try:
            self._record.put(errand)
        except JournalError as exc:
            if doubt:
                raise ToolFailed("interrupted", "a further attempt cannot be recorded") from exc
            raise
        return errand

    async def _call(self, errand: Errand, facts: ToolFacts) -> dict[str, Any]:
        try:
            return await self._host.call(errand.tool, errand.arguments, errand.id, facts.timeout_s)
        except ToolFailed:
            raise
        except Exception as exc:  # the errand boundary: a fault of ours ends this errand, not the companion
            _LOGGER.exception("errand %s (%s)", errand.id, errand.tool)
            raise ToolFailed("unknown_outcome", repr(exc)) from exc
