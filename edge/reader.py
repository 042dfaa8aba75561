"""Lets the language model read along while the wearer speaks, so that the answer begins sooner."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from edge.mind import Conversation
from models.asr import Partial
from models.engine import EngineError
from models.prefill import ReadAhead

_LOGGER = logging.getLogger(__name__)


class ReadsAhead(Protocol):
    """A mind, as far as a reader knows it."""

    async def read_ahead(self, conversation: Conversation, words: str) -> None:
        """Read the conversation and the first words of its next line. Raises EngineError."""
        ...

    def stop_reading(self) -> None:
        """Let `read_ahead` end soon."""
        ...


class Reader:
    """Gives the model the newest words, never more than one reading at a time; a turn never waits for a wrong one."""

    def __init__(self, mind: ReadsAhead, conversation: Conversation) -> None:
        self._mind = mind
        self._conversation = conversation
        self._policy = ReadAhead()
        self._words = ""
        self._is_wanted = asyncio.Event()
        self._reading: str | None = None
        """The words that are being read; none at all when nothing is."""

    async def run(self, _emit: Callable[[object], Awaitable[None]]) -> None:
        """Be a source without events: read what every prompt begins with, then along with each utterance."""
        self._is_wanted.set()
        while True:
            await self._is_wanted.wait()
            self._is_wanted.clear()
            self._reading = self._words
            try:
                await self._mind.read_ahead(self._conversation, self._reading)
            except EngineError:  # the turn will meet it too, and tell
                _LOGGER.exception("the language model could not read ahead")
            finally:
                self._reading = None

    def begin(self) -> None:
        """Expect a new utterance."""
        self._policy.begin()

    def hear(self, partial: Partial) -> None:
        """Take the words so far."""
        words = self._policy.hear(partial)
        if words is not None:
            self._words = words
            self._is_wanted.set()

    def finish(self, text: str) -> None:
        """Take the whole utterance: a reading of other words is stopped, one of its beginning is of use to the turn."""
        self._is_wanted.clear()
        if self._reading is None:
            return
        words = self._reading.split()
        if text.split()[: len(words)] != words:
            self._mind.stop_reading()
