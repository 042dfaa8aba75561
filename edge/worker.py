"""One thread that owns one engine, and the only place where threads meet the loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

from edge.ledger import Ledger

T = TypeVar("T")

_END: Any = object()


class Worker:
    """Runs functions one after another on a thread of its own. A context manager; leaving it joins the thread."""

    def __init__(self, name: str, ledger: Ledger | None = None) -> None:
        """With a ledger, when each call computed is noted under `name`."""
        self._name = name
        self._ledger = ledger
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    async def call(self, function: Callable[..., T], *args: object) -> T:
        """Run a function on the thread and give what it returns or raises.

        A cancelled caller does not stop the function: interrupt the engine for that.
        """
        loop = asyncio.get_running_loop()
        if self._ledger is None:
            return await loop.run_in_executor(self._executor, function, *args)
        return await loop.run_in_executor(self._executor, self._noted, self._ledger, function, *args)

    def _noted(self, ledger: Ledger, function: Callable[..., T], *args: object) -> T:
        start = time.monotonic()
        try:
            return function(*args)
        finally:
            ledger.note(self._name, start, time.monotonic())

    async def pull(self, make: Callable[[], Iterator[T]], interrupt: Callable[[], None]) -> AsyncGenerator[T, None]:
        """Yield the items of an iterator that lives on the thread, one at a time and only when asked.

        Leaving early interrupts the engine, so that the thread is free for the next call. Use under `aclosing`.
        """
        iterator = await self.call(make)
        finished = False
        try:
            while (item := await self.call(next, iterator, _END)) is not _END:
                yield item
            finished = True
        finally:
            if not finished:
                interrupt()
                close = getattr(iterator, "close", None)
                if close is not None:
                    self._executor.submit(close)
