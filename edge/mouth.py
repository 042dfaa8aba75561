"""From sentences to the speaker, knowing what was heard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from audio.frames import Speaker
from audio.playout import Playout
from edge.stream_clock import StreamClock
from edge.volume import Volume
from edge.worker import Worker
from models.tts import Voice


@dataclass(slots=True)
class Speech:
    """Something that is being said, or was."""

    text: str = ""
    """All that was given to the voice so far."""
    heard: str = ""
    """The part that was heard."""
    first_sound_s: float | None = None
    """Stream time of the first sound."""


class Mouth:
    """Says one thing at a time. Cancelling `say` silences it within one chunk."""

    def __init__(
        self,
        voice: Voice,
        worker: Worker,
        speaker: Speaker,
        clock: StreamClock,
        volume: Volume,
        spell_out: Callable[[str], str],
    ) -> None:
        """`spell_out` turns what is written into what is said: "9:30" into words."""
        self._spell_out = spell_out
        self._voice = voice
        self._worker = worker
        self._speaker = speaker
        self._clock = clock
        self._volume = volume

    async def say(self, sentences: AsyncIterator[str] | Sequence[str], speech: Speech, earcon: bytes = b"") -> None:
        """Say sentences as they come and wait until they were heard.

        `speech` is kept up to date, also when this is cancelled. Raises EngineFailed, AudioDeviceError.
        """
        playout = Playout(self._speaker.played)
        heard_all = False
        try:
            if earcon:
                playout.begin("")
                await self._write(earcon, playout, speech)
            async for sentence in _iterate(sentences):
                speech.text = f"{speech.text} {sentence}".strip()
                await self._say_one(sentence, playout, speech)
            await self._speaker.drain()
            heard_all = True
        finally:
            if not heard_all:
                self._speaker.hush()
            speech.heard = playout.heard(self._speaker.played)

    async def _say_one(self, sentence: str, playout: Playout, speech: Speech) -> None:
        playout.begin(sentence)
        words = self._spell_out(sentence)
        chunks = self._worker.pull(lambda: self._voice.speak(words), self._voice.interrupt)
        async with aclosing(chunks):
            async for chunk in chunks:
                await self._write(chunk, playout, speech)
        playout.finish()

    async def _write(self, pcm: bytes, playout: Playout, speech: Speech) -> None:
        if speech.first_sound_s is None:
            speech.first_sound_s = self._clock.now()
        playout.wrote(len(pcm) // 2)
        await self._speaker.write(self._volume.apply(pcm, self._clock.now()))


async def _iterate(sentences: AsyncIterator[str] | Sequence[str]) -> AsyncIterator[str]:
    if isinstance(sentences, Sequence):
        for sentence in sentences:
            yield sentence
    else:
        async for sentence in sentences:
            yield sentence
