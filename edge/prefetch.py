"""Runs a producer a little ahead of its consumer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")


@asynccontextmanager
async def prefetch(
    produce: Callable[[Callable[[T], Awaitable[None]]], Awaitable[None]], depth: int
) -> AsyncIterator[AsyncIterator[T]]:
    """Give what `produce` puts, made up to `depth` items ahead; leaving the context cancels it.

    What it raises arrives as an ExceptionGroup.
    """
    queue: asyncio.Queue[tuple[T] | None] = asyncio.Queue(depth)

    async def run() -> None:
        await produce(lambda item: queue.put((item,)))
        await queue.put(None)

    async def items() -> AsyncIterator[T]:
        while (item := await queue.get()) is not None:
            yield item[0]

    async with asyncio.TaskGroup() as tasks:
        producer = tasks.create_task(run())
        yield items()
        producer.cancel()
