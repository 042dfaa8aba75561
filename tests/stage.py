"""A wearer, a wearable and a phone in one process, many times faster than real time: fakes only where a person is."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from audio.frames import FRAME_BYTES
from audio.wav_device import FileMicrophone, FileSpeaker
from companion.effects import BUILTIN, ToolFacts
from companion.errors import ToolFailed
from companion.runner import Runner
from companion.service import Companion
from edge import timeline
from edge.buttons import Pressed, Worn
from edge.completeness import Endings
from edge.config import Config
from edge.detector import Detector
from edge.engines import Engines, open_workers
from edge.fast_path import FastPath
from edge.interpreter import PocketModel
from edge.sound import Sound
from edge.timeline import Event
from edge.wiring import assistant
from firmware_bridge.channel import Channel
from firmware_bridge.guard import COMPANIONS, WEARABLES, CompanionGuard
from firmware_bridge.journal import Journal
from firmware_bridge.keyring import KEYRING, Keyring, introduce
from firmware_bridge.messages import PROTOCOL_VERSION, Hello
from firmware_bridge.transports.loopback import Loopback
from models.asr import Heard, Partial
from models.engine import EngineFailed
from models.llm import LanguageModel

PACE = 10.0
"""Stream seconds in a second: fast, and slow enough for a busy machine to keep up."""
_VOICED = b"\x00\x08" * (FRAME_BYTES // 2)
"""A frame as loud as speech, -24 dB."""
_CALLED = b"\x01\x08" * (FRAME_BYTES // 2)
"""A frame in which the wake word ends."""
_ENDINGS = Endings({})
_TEMPLATES = FastPath("en", ("anna", "ben"), ("shopping",))

E = TypeVar("E", bound=Event)


class LoudIsSpeech:
    """A VoiceActivity: whatever is not silence is speech."""

    def probability(self, pcm: bytes) -> float:
        return 1.0 if any(pcm) else 0.0

    def reset(self) -> None:
        pass


class ToldWakeWord:
    """A WakeWords: one frame of a certain sound."""

    names = ("okay nabu",)
    lag = 0

    def detect(self, pcm: bytes) -> str | None:
        return "okay nabu" if pcm == _CALLED else None

    def reset(self) -> None:
        pass


class Told:
    """A Recogniser that is told what it hears."""

    def __init__(self) -> None:
        self.utterances: deque[Heard] = deque()
        self.partials: deque[Partial] = deque()
        self.looks = 0
        """Times that it was asked to look closer; it finds nothing."""
        self.broken = False
        self.keeps_up = threading.Event()
        self.keeps_up.set()

    def start(self) -> None:
        pass

    def feed(self, pcm: bytes) -> Partial | None:
        partial = self.partials.popleft() if self.partials else None
        if partial is None:
            self.keeps_up.wait(20)
        return partial

    def reread(self) -> str:
        self.looks += 1
        return ""

    def finish(self, sensible: str = "") -> Heard:
        heard = self.utterances.popleft()
        if self.broken:
            self.broken = False
            raise EngineFailed("the recogniser is out of order")
        return heard


class Hum:
    """A Voice: 100 ms of sound a word, in chunks of 20 ms."""

    def __init__(self) -> None:
        self._interrupted = False
        self.broken = False

    def speak(self, sentence: str) -> Iterator[bytes]:
        self._interrupted = False
        if self.broken:
            self.broken = False
            raise EngineFailed("the voice is out of order")
        for _ in range(5 * len(sentence.split())):
            if self._interrupted:
                return
            yield _VOICED

    def interrupt(self) -> None:
        self._interrupted = True


class WatchedSpeaker(FileSpeaker):
    """A FileSpeaker that tells when something is written to it."""

    def __init__(self, pace: float) -> None:
        super().__init__(pace)
        self.wrote = asyncio.Event()

    async def write(self, pcm: bytes) -> None:
        self.wrote.set()
        await super().write(pcm)


class Apps:
    """What runs tools on the phone: each is a function of its arguments; one that is missing fails."""

    def __init__(self, tools: Mapping[str, Callable[..., Any]]) -> None:
        self.tools = dict(tools)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def find(self, tool: str) -> ToolFacts:
        return BUILTIN[tool]

    async def call(self, tool: str, arguments: Mapping[str, Any], errand_id: str, timeout_s: float) -> dict[str, Any]:
        self.calls.append((tool, dict(arguments)))
        if tool not in self.tools:
            raise ToolFailed("tool_failed")
        result = self.tools[tool](**arguments)
        return dict(await result if asyncio.iscoroutine(result) else result)


class Stage:
    """What a test can do and see."""

    def __init__(
        self, microphone: FileMicrophone, recogniser: Told, speaker: WatchedSpeaker, voice: Hum, loopback: Loopback
    ) -> None:
        self.events: list[Event] = []
        self.loopback = loopback
        self._speaker = speaker
        self._microphone = microphone
        self._recogniser = recogniser
        self._voice = voice
        self._changed = asyncio.Event()
        self._read = 0
        self._happening: asyncio.Queue[object] = asyncio.Queue()

    async def happenings(self, emit: Callable[[object], Awaitable[None]]) -> None:
        """Be a Source: what happens besides sound."""
        while True:
            await emit(await self._happening.get())

    def press(self) -> None:
        """Press the button."""
        self._happening.put_nowait(Pressed())

    def wear(self, is_worn: bool) -> None:
        """Put the device on or take it off."""
        self._happening.put_nowait(Worn(is_worn))

    def show(self, event: Event) -> None:
        """Be a Timeline."""
        self.events.append(event)
        self._changed.set()

    async def say(
        self, text: str, *, confidence: float = 1.0, seconds: float = 0.4, partials: Sequence[Partial] = ()
    ) -> None:
        """Speak; comes back when the last word is out, before it is understood."""
        self._recogniser.partials.extend(partials)
        self._recogniser.utterances.append(Heard(text, confidence))
        await self._microphone.say(_VOICED * round(seconds / 0.02))

    async def say_with_a_pause(self, text: str, *, known: str) -> None:
        """Speak, stop for 0.36 s, go on, to a recogniser that gives the `known` words and hears no more until then."""
        self._recogniser.keeps_up.clear()
        self._recogniser.partials.append(Partial(known, ""))
        self._recogniser.utterances.append(Heard(text, 1.0))
        await self._microphone.say(_VOICED * 20 + bytes(FRAME_BYTES) * 18 + _VOICED * 20)
        self._recogniser.keeps_up.set()

    async def talk(self, seconds: float = 0.4) -> None:
        """Speak, without anybody listening: the recogniser is never asked."""
        await self._microphone.say(_VOICED * round(seconds / 0.02))

    async def wake(self) -> None:
        """Say the wake word."""
        await self._microphone.say(_VOICED * 20 + _CALLED)

    async def wake_and_say(self, text: str) -> None:
        """Say the wake word and a command in one breath."""
        self._recogniser.utterances.append(Heard(text, 1.0))
        await self._microphone.say(_VOICED * 20 + _CALLED + _VOICED * 30)

    async def is_answering(self) -> None:
        """Wait until the next sound of an answer goes out."""
        self._speaker.wrote.clear()
        async with asyncio.timeout(20):
            await self._speaker.wrote.wait()

    @property
    def looks(self) -> int:
        """How often the recogniser was asked to look closer."""
        return self._recogniser.looks

    def break_recogniser_once(self) -> None:
        """Let the recogniser fail on the next utterance."""
        self._recogniser.broken = True

    def break_voice_once(self) -> None:
        """Let the voice fail on its next sentence."""
        self._voice.broken = True

    async def next(self, event_type: type[E], **fields: object) -> E:
        """Wait for the next event of a kind, with these fields, and read on from there."""
        async with asyncio.timeout(20):
            while True:
                while self._read < len(self.events):
                    event = self.events[self._read]
                    self._read += 1
                    if isinstance(event, event_type) and all(
                        getattr(event, key) == value for key, value in fields.items()
                    ):
                        return event
                self._changed.clear()
                await self._changed.wait()

    async def hears(self) -> str:
        """Wait for the next thing that is spoken and give its words."""
        return (await self.next(timeline.Spoken)).text

    def of(self, kind: type[E]) -> list[E]:
        """Give all events of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]


@cache
def _templates(language: str) -> FastPath:
    return _TEMPLATES if language == "en" else FastPath(language, ("安娜", "王小明"), ("购物",))


@asynccontextmanager
async def stage(
    folder: Path,
    apps: Apps | None = None,
    model: LanguageModel | None = None,
    pocket: PocketModel | None = None,
    *,
    language: str = "en",
    barge_in: bool = True,
    attention: Literal["wake", "always"] = "always",
    **errands: float,
) -> AsyncIterator[Stage]:
    """Begin; `apps` of None is a phone that is away. Leaving ends everything; `folder` can be used again."""
    config = Config()
    config = msgspec.structs.replace(
        config,
        wearable=msgspec.structs.replace(config.wearable, data_dir=str(folder / "wearable"), language=language),
        audio=msgspec.structs.replace(config.audio, barge_in=barge_in),
        hearing=msgspec.structs.replace(config.hearing, attention=attention),
        errands=msgspec.structs.replace(config.errands, **{"quick_s": 0.5, **errands}),
    )
    microphone, speaker, recogniser, voice = FileMicrophone(pace=PACE), WatchedSpeaker(PACE), Told(), Hum()
    loopback = Loopback()
    told = Stage(microphone, recogniser, speaker, voice, loopback)
    engines = Engines(
        Detector(LoudIsSpeech(), wake=ToldWakeWord()), recogniser, voice, model, _templates(language), _ENDINGS, pocket
    )
    sound = Sound(microphone, speaker, PACE)
    with open_workers() as workers:
        async with (
            assistant(config, sound, told, engines, workers, loopback.wearable, [told.happenings]) as ready,
            asyncio.TaskGroup() as tasks,
        ):
            running = [tasks.create_task(_run(ready.run()))]
            if apps is not None:
                running.append(tasks.create_task(phone(folder, apps, loopback)))
                await told.next(timeline.Link, up=True)
            yield told
            microphone.close()
            for task in running[1:]:
                task.cancel()


async def phone(folder: Path, apps: Apps, loopback: Loopback, *, introduced: bool = True) -> None:
    """Be a companion that is paired, until cancelled; if it is not `introduced`, with the keys that it has."""
    keyring = Keyring(folder / "phone" / KEYRING, WEARABLES)
    if introduced:
        introduce(Keyring(folder / "wearable" / KEYRING, COMPANIONS), keyring)
    with closing(Journal(folder / "phone" / "errands.sqlite")) as journal:
        hello = Hello(PROTOCOL_VERSION, "companion", "Phone")
        channel = Channel(loopback.companion, hello, CompanionGuard(keyring))
        await Companion(channel, Runner(journal, apps)).run()


async def _run(assisting: Any) -> None:
    await assisting
