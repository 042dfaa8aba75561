from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing

import pytest

from edge.prefetch import prefetch
from edge.worker import Worker


async def test_everything_of_a_worker_runs_on_one_thread() -> None:
    with Worker("w") as worker:
        names = {await worker.call(lambda: threading.current_thread().name) for _ in range(5)}
    assert len(names) == 1
    assert names != {threading.current_thread().name}


async def test_items_are_made_only_when_asked_for() -> None:
    made: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(10):
            made.append(number)
            yield number

    with Worker("w") as worker:
        async with aclosing(worker.pull(numbers, lambda: None)) as items:
            assert await anext(items) == 0
            assert made == [0]


async def test_leaving_early_interrupts_the_engine_and_frees_the_thread() -> None:
    stop = threading.Event()
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            yield 1
            stop.wait(5)
            yield 2
        finally:
            closed.set()

    with Worker("w") as worker:
        async with asyncio.timeout(5), aclosing(worker.pull(endless, stop.set)) as items:
            await anext(items)
        assert stop.is_set()
        assert await worker.call(lambda: "free") == "free"
        assert closed.is_set()


async def test_an_error_of_the_engine_reaches_the_caller() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("no")

    with Worker("w") as worker:
        async with aclosing(worker.pull(broken, lambda: None)) as items:
            assert await anext(items) == 1
            with pytest.raises(ValueError, match="no"):
                await anext(items)


async def test_a_producer_runs_ahead_only_as_far_as_it_may() -> None:
    put: list[int] = []

    async def produce(give: Callable[[int], Awaitable[None]]) -> None:
        for number in range(10):
            await give(number)
            put.append(number)

    async with asyncio.timeout(5), prefetch(produce, 2) as items:
        async for item in items:
            await asyncio.sleep(0)
            assert len(put) <= item + 4
            if item == 5:
                break
