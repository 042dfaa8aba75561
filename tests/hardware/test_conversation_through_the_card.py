"""The whole wearable on a sound card: real driver, echo canceller, detectors, recogniser and voice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from audio.files import read_sound
from audio.frames import SAMPLE_RATE
from edge import timeline
from edge.config import Config
from edge.engines import load_engines, open_workers
from edge.sound import sound_card
from edge.timeline import Event
from edge.wiring import assistant
from firmware_bridge.transports.loopback import Loopback
from tests.sound_card import WITH_SOUND_CARD, Card, audible, recorded

T = TypeVar("T", bound=Event)
pytestmark = WITH_SOUND_CARD
DATA = Path(__file__).parents[1] / "data"
COMMAND = read_sound(DATA / "what_time_is_it.flac")
QUESTION = read_sound(DATA / "what_can_you_do.flac")
"""Its answer takes some twelve seconds."""
INTERRUPTION = read_sound(DATA / "set_a_timer_for_fifteen_seconds.flac")
TRIES = 3
"""A virtual card on a starved machine stutters, and the words are not caught; a wearer says them again."""


class Witness:
    """A Timeline that can be waited for."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._happened = asyncio.Event()

    def show(self, event: Event) -> None:
        self.events.append(event)
        self._happened.set()

    async def sees(self, kind: type[T]) -> T:
        """Wait for the next event of a kind; those before it are over."""
        async with asyncio.timeout(40):
            while True:
                while self.events:
                    if isinstance(event := self.events.pop(0), kind):
                        return event
                self._happened.clear()
                await self._happened.wait()


@asynccontextmanager
async def wearing(folder: Path) -> AsyncIterator[Witness]:
    """Wear the device."""
    base = Config()
    config = msgspec.structs.replace(
        base,
        wearable=msgspec.structs.replace(base.wearable, data_dir=str(folder)),
        hearing=msgspec.structs.replace(base.hearing, attention="always"),
        audio=msgspec.structs.replace(base.audio, input="mouth", output="ear"),
    )
    witness = Witness()
    with sound_card(config.audio) as sound, open_workers() as workers:
        engines = await load_engines(config, workers, echoes=sound.echoes)
        air = Loopback().wearable
        async with (
            assistant(config, sound, witness, engines, workers, air) as ready,
            asyncio.TaskGroup() as tasks,
        ):
            assisting = tasks.create_task(ready.run())
            await witness.sees(timeline.Quiet)
            yield witness
            assisting.cancel()


async def test_a_command_that_is_spoken_into_the_card_is_answered_out_of_it(card: Card, tmp_path: Path) -> None:
    async with recorded() as recording, wearing(tmp_path) as witness:
        await card.say(COMMAND)
        spoken = await witness.sees(timeline.Spoken)
        assert spoken.text.startswith("It is ")
        assert spoken.heard == spoken.text
        await recording.quiet_for(0.5)
    said, answered = audible(recording.mouth), audible(recording.ear)
    assert said is not None
    assert answered is not None
    assert answered[0] > said[1]
    assert answered[1] - answered[0] > SAMPLE_RATE // 2


async def test_who_speaks_into_the_answer_silences_the_loudspeaker_and_is_answered(card: Card, tmp_path: Path) -> None:
    async with recorded() as recording, wearing(tmp_path) as witness:
        await card.say(QUESTION)
        await recording.until(lambda: audible(recording.ear) is not None)
        before = len(recording.mouth)
        await card.say(INTERRUPTION)
        cut = await witness.sees(timeline.Spoken)
        answers = [await witness.sees(timeline.Spoken)]
        interrupted = audible(recording.mouth[before:])
        while "fifteen seconds" not in answers[-1].text and len(answers) < TRIES:
            await card.say(INTERRUPTION)
            answers.append(await witness.sees(timeline.Spoken))
        await recording.quiet_for(0.5)
    assert cut.text.startswith(cut.heard)
    assert 0 < len(cut.heard) < len(cut.text)
    assert "fifteen seconds" in answers[-1].text
    assert [answer.heard for answer in answers] == [answer.text for answer in answers]
    assert interrupted is not None
    begun, ended = (before + sample for sample in interrupted)
    assert audible(recording.ear[:begun]) is not None
    assert audible(recording.ear[(begun + ended) // 2 : ended]) is None
