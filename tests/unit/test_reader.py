"""The model reads along while the wearer speaks: the newest words only, and never in the way of the turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from edge.mind import Conversation
from edge.reader import Reader
from models.asr import Partial
from models.engine import EngineFailed


class SlowMind:
    """Reads until it is let go or stopped."""

    def __init__(self, *, is_broken: bool = False) -> None:
        self.begun: asyncio.Queue[str] = asyncio.Queue()
        self.ended: asyncio.Queue[str] = asyncio.Queue()
        self.may_end = asyncio.Semaphore(0)
        self.stops = 0
        self._is_broken = is_broken

    async def read_ahead(self, conversation: Conversation, words: str) -> None:
        await self.begun.put(words)
        if self._is_broken:
            raise EngineFailed("out of memory")
        await self.may_end.acquire()
        await self.ended.put(words)

    def stop_reading(self) -> None:
        self.stops += 1
        self.may_end.release()


@asynccontextmanager
async def reading(mind: SlowMind) -> AsyncIterator[Reader]:
    """Give a reader that is reading what every prompt begins with."""
    reader = Reader(mind, Conversation())
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(reader.run(_nowhere))
        assert await mind.begun.get() == ""
        yield reader
        running.cancel()


async def _nowhere(_event: object) -> None:
    raise AssertionError("a reader has nothing to tell")


async def test_words_that_come_while_it_reads_are_read_later_and_at_once() -> None:
    mind = SlowMind()
    async with reading(mind) as reader:
        for words in ("tell", "tell me", "tell me a"):
            reader.hear(Partial(words, ""))
        mind.may_end.release()
        assert await mind.begun.get() == "tell me a"
        assert mind.begun.empty()


async def test_a_reading_of_what_was_said_goes_on_into_the_turn() -> None:
    mind = SlowMind()
    async with reading(mind) as reader:
        mind.may_end.release()
        reader.hear(Partial("tell me", ""))
        await mind.begun.get()
        reader.finish("tell me a joke")
        assert mind.stops == 0


async def test_a_reading_of_other_words_is_stopped_for_the_turn() -> None:
    mind = SlowMind()
    async with reading(mind) as reader:
        mind.may_end.release()
        reader.hear(Partial("sell me", ""))
        await mind.begun.get()
        reader.finish("tell me a joke")
        assert mind.stops == 1


async def test_newer_words_do_not_excuse_an_older_reading() -> None:
    mind = SlowMind()
    async with reading(mind) as reader:
        mind.may_end.release()
        reader.hear(Partial("sell", ""))
        await mind.begun.get()
        reader.hear(Partial("tell me", ""))
        reader.finish("tell me a joke")
        assert mind.stops == 1


async def test_what_every_prompt_begins_with_is_never_stopped() -> None:
    mind = SlowMind()
    async with reading(mind) as reader:
        reader.finish("tell me a joke")
        assert mind.stops == 0


async def test_a_word_cut_in_two_is_another_word() -> None:
    mind = SlowMind()
    async with reading(mind) as reader:
        mind.may_end.release()
        reader.hear(Partial("call an", ""))
        await mind.begun.get()
        reader.finish("call anna")
        assert mind.stops == 1


async def test_words_not_yet_read_when_the_turn_begins_are_left_to_it() -> None:
    mind = SlowMind()
    async with reading(mind) as reader:
        reader.hear(Partial("tell me", ""))
        reader.finish("tell me a joke")
        mind.may_end.release()
        assert await mind.ended.get() == ""
        assert mind.begun.empty()


async def test_an_utterance_that_begins_like_the_last_is_read_again() -> None:
    mind = SlowMind()
    async with reading(mind) as reader:
        for _ in range(2):
            mind.may_end.release()
            reader.begin()
            reader.hear(Partial("tell me", ""))
            assert await mind.begun.get() == "tell me"


async def test_a_model_that_breaks_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    mind = SlowMind(is_broken=True)
    async with reading(mind) as reader:
        reader.hear(Partial("tell me", ""))
        assert await mind.begun.get() == "tell me"
    assert "could not read ahead" in caplog.text


def test_the_lines_before_an_answer_are_those_that_it_will_see() -> None:
    conversation = Conversation()
    for number in range(20):
        conversation.wearer(str(number))
    expected = conversation.before("now")
    conversation.wearer("now")
    assert conversation.lines() == expected
    assert conversation.before("") == expected
