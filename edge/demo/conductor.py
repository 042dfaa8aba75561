"""Conducts the demo: starts the processes, says each command when its moment has come, and judges the end."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge import timeline
from edge.demo.processes import Child, start
from edge.demo.script import WAKE_WORD, MessageArrives, Say, Step
from edge.feed import Finish, Order, Play, encode_order
from edge.timeline import AnyEvent, Timeline
from firmware_bridge.air import Air, radio_address
from firmware_bridge.guard import COMPANIONS, WEARABLES
from firmware_bridge.keyring import KEYRING, Keyring, introduce
from firmware_bridge.transports.bonds import introduce_radios

_READY_WITHIN_S = 180.0
"""A cold Pi needs a while to load everything."""
_STEP_WITHIN_S = 60.0
_RESTARTS = 3
"""How often a companion that died is started again, as a phone's system would."""
_NEWS_WITHIN_S = 30.0
"""Real seconds for what the phone still works at, however fast we play: one that was started anew needs some ten."""
_WAKE_WITHIN_S = 5.0
_CALLS = 3
"""How often a wearer says the wake word before giving up."""
_MIDSPEECH_S = 0.6
"""A message arrives so long after the wearer began to speak."""


class DemoFailed(Exception):
    """The demo could not run to its end; the message says where to look."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How to run."""

    folder: Path
    """Where everything of this run lies."""
    replies: Path
    """The WAV with what was spoken."""
    pace: float = 1.0
    """Stream seconds in a second."""
    microphone: bool = False
    """The wearer speaks into a real microphone, and no step is said."""
    config: Path | None = None

    @property
    def companion_folder(self) -> Path:
        """Where calendar, outbox and notes of this run lie."""
        return self.folder / "phone"


class Conductor:
    """Runs one demo."""

    def __init__(self, options: DemoOptions, steps: Sequence[Step], screen: Timeline) -> None:
        self._options = options
        self._steps = steps
        self._screen = screen
        self._changed = asyncio.Condition()
        self._ready: set[str] = set()
        self._linked = False
        self._listens = False
        self._fed: Counter[str] = Counter()
        self._quiet: timeline.Quiet | None = None
        """The silence after the latest recording, once it has come."""
        self._end: timeline.End | None = None

    async def run(self) -> timeline.End:
        """Run to the end. Raises DemoFailed."""
        self._pair()
        try:
            async with Air(2) as air, self._wearable(air.ports[0]) as wearable, asyncio.TaskGroup() as tasks:
                companion = tasks.create_task(self._keep_companion(air.ports[1]))
                playing = tasks.create_task(self._play(wearable))
                async for event in wearable.events():
                    await self._note(event)
                playing.cancel()
                companion.cancel()
        except* DemoFailed as failed:
            raise failed.exceptions[0] from None
        if self._end is None:
            raise DemoFailed(f"the wearable ended early; see {self._options.folder / 'wearable.log'}")
        self._screen.show(self._end)  # the last line, whatever the companion still had to say
        return self._end

    def _pair(self) -> None:
        """Let both know each other as after "pair my phone": nobody is there to hear digits and to type them."""
        ours, theirs = self._options.folder / "wearable", self._options.companion_folder
        introduce(Keyring(ours / KEYRING, COMPANIONS), Keyring(theirs / KEYRING, WEARABLES))
        introduce_radios((ours, radio_address(0)), (theirs, radio_address(1)))

    def _wearable(self, port: int) -> AbstractAsyncContextManager[Child]:
        sound = [] if self._options.microphone else ["--feed", "--pace", str(self._options.pace)]
        return start(
            "wearable",
            "edge",
            "run",
            *self._common(port, self._options.folder / "wearable"),
            *sound,
            *("--out", str(self._options.replies)),
            log=self._options.folder / "wearable.log",
        )

    async def _keep_companion(self, port: int) -> None:
        for _ in range(1 + _RESTARTS):
            arguments = self._common(port, self._options.companion_folder)
            log = self._options.folder / "companion.log"
            async with start("companion", "companion", *arguments, log=log) as child:
                async for event in child.events():
                    await self._note(event)
            await self._note(timeline.Problem(side="companion", text="the companion ended; starting it again"))
        raise DemoFailed(f"the companion keeps ending; see {self._options.folder / 'companion.log'}")

    def _common(self, port: int, data: Path) -> list[str]:
        config = ["--config", str(self._options.config)] if self._options.config else []
        return ["--json", "--link", f"bumble:tcp-client:127.0.0.1:{port}", "--data", str(data), *config]

    async def _play(self, wearable: Child) -> None:
        await self._until(lambda: self._linked and len(self._ready) == 2, _READY_WITHIN_S, "both sides to be ready")
        if self._options.microphone:
            return
        arriving: MessageArrives | None = None
        for step in self._steps:
            match step:
                case Say():
                    await self._say(step, wearable, arriving)
                    arriving = None
                case MessageArrives():
                    arriving = step
        await self._tell(wearable, Finish(_NEWS_WITHIN_S * self._options.pace))
        await self._until(lambda: self._end is not None, _STEP_WITHIN_S, "the end")

    async def _say(self, step: Say, wearable: Child, arriving: MessageArrives | None) -> None:
        if step.when == "question" and not (self._quiet and self._quiet.question_open):
            await self._note(timeline.Problem(side="wearer", text=f"nobody asked, so nobody says {step.words!r}"))
            return
        await self._wake(wearable)
        file = str(step.recording)  # and not the wake word, whose end may be told only now
        fed = self._fed[file]
        await self._tell(wearable, Play(file))
        if arriving is not None:
            await asyncio.sleep(_MIDSPEECH_S / self._options.pace)
            self._deliver(arriving)
        words = step.words or step.recording.name
        await self._until(lambda: self._fed[file] > fed, _STEP_WITHIN_S, f"{words!r} to be fed")
        await self._until(lambda: self._quiet is not None, _STEP_WITHIN_S, f"the answer to {words!r}")

    async def _wake(self, wearable: Child) -> None:
        """Say the wake word, as often as a person would, unless somebody listens already."""
        for _ in range(_CALLS):
            if self._listens:
                return
            await self._tell(wearable, Play(str(WAKE_WORD)))
            with contextlib.suppress(DemoFailed):
                await self._until(lambda: self._listens, _WAKE_WITHIN_S, "the wake word to be heard")
        if not self._listens:
            raise DemoFailed(f"the wake word was said {_CALLS} times and not heard; logs are in {self._options.folder}")

    async def _tell(self, wearable: Child, order: Order) -> None:
        self._quiet = None
        await wearable.tell(encode_order(order))

    def _deliver(self, message: MessageArrives) -> None:
        line = {"sender": message.sender, "text": message.text, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        with (self._options.companion_folder / "inbox.jsonl").open("a", encoding="utf-8") as inbox:
            inbox.write(json.dumps(line) + "\n")

    async def _note(self, event: AnyEvent) -> None:
        if not isinstance(event, timeline.End):
            self._screen.show(event)
        async with self._changed:
            match event:
                case timeline.Ready(side=side):
                    self._ready.add(side)
                case timeline.Link(side="wearable", up=up):
                    self._linked = up
                case timeline.Attention(listens=listens):
                    self._listens = listens
                case timeline.Fed(file=file):
                    self._fed[file] += 1
                    self._quiet = None
                case timeline.Quiet():
                    self._quiet = event
                case timeline.End():
                    self._end = event
            self._changed.notify_all()

    async def _until(self, true: Callable[[], bool], within_s: float, what: str) -> None:
        try:
            async with asyncio.timeout(within_s), self._changed:
                await self._changed.wait_for(true)
        except TimeoutError:
            raise DemoFailed(f"waited {within_s:.0f} s for {what}; logs are in {self._options.folder}") from None
