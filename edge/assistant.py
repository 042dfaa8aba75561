"""The turn loop: everything that happens arrives in one inbox, and a turn is a task."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from audio.frames import AudioError
from edge import timeline
from edge.consent import Consent
from edge.ear import MicrophoneEnded, RecogniserFailed, SpeechBegan, Tick, Utterance
from edge.errand_desk import ErrandChanged, ErrandDesk, JournalTrouble, LinkChanged
from edge.floor import Floor
from edge.mind import Conversation
from edge.mouth import Mouth, Speech
from edge.reader import Reader
from edge.reply import Reply
from edge.responder import SURE, Responder
from edge.rings import Rings
from edge.stream_clock import StreamClock
from edge.timeline import Timeline
from firmware_bridge.errands import Errand
from firmware_bridge.journal import JournalError
from models.asr import Partial
from models.engine import EngineError

_LOGGER = logging.getLogger(__name__)

_INBOX = 100
"""Events that may wait: two seconds of a slow loop; then the ear waits, and its microphone drops and counts."""
_QUIET_S = 1.0
"""So long nothing has to happen before `quiet` is told: longer than the silence that ends an utterance."""


@dataclass(frozen=True, slots=True)
class Fed:
    """A recording was fed to its end."""

    file: str


@dataclass(frozen=True, slots=True)
class FinishWanted:
    """End when nothing is left to do, or after this many seconds of stream."""

    within_s: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that the owner can mend."""

    text: str


Source = Callable[[Callable[[Any], Awaitable[None]]], Coroutine[Any, Any, None]]
"""Runs as long as the assistant does and puts events into its inbox: the ear, the errand desk, a feed of recordings."""


class Assistant:
    """Decides who speaks and when. All state is touched by the loop alone."""

    def __init__(
        self,
        sources: Sequence[Source],
        responder: Responder,
        reader: Reader,
        mouth: Mouth,
        desk: ErrandDesk,
        rings: Rings,
        consent: Consent,
        floor: Floor,
        conversation: Conversation,
        clock: StreamClock,
        show: Timeline,
        *,
        barge_in: bool,
    ) -> None:
        self._sources = sources
        self._responder = responder
        self._reader = reader
        self._mouth = mouth
        self._desk = desk
        self._rings = rings
        self._consent = consent
        self._floor = floor
        self._conversation = conversation
        self._clock = clock
        self._show = show
        self._barge_in = barge_in
        self._inbox: asyncio.Queue[Any] = asyncio.Queue(_INBOX)
        self._turn: asyncio.Task[None] | None = None
        self._speaking = False
        self._wearer_silent = asyncio.Event()
        self._wearer_silent.set()
        self._speech_since_s: float | None = None
        """Begin of an utterance that nobody has understood yet."""
        self._hearing_ourselves = False
        """Without barge-in, whatever begins while we speak is taken for our own voice."""
        self._active_s = 0.0
        """Stream time of the latest activity; `quiet` is told once after each."""
        self._quiet_told = False
        self._finish_by_s: float | None = None

    async def run(self) -> timeline.End:
        """Assist until the microphone ends or a feed says finish; show and give the account of the errands."""
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(source(self._inbox.put)) for source in self._sources]
            while await self._handle(await self._inbox.get(), tasks):
                pass
            await self._end_turn()
            for task in running:
                task.cancel()
        end = await self._account()
        self._show.show(end)
        return end

    async def _handle(self, event: object, tasks: asyncio.TaskGroup) -> bool:
        """Take one event; say whether to go on."""
        match event:
            case Tick(now_s):
                return await self._tick(now_s, tasks)
            case SpeechBegan(at_s):
                await self._wearer_begins(at_s)
            case Partial(committed, tentative):
                # A model that thinks has no time to read; our own voice is nothing to read.
                if self._turn is None and not self._hearing_ourselves:
                    self._reader.hear(event)
                text = f"{committed} {tentative}".strip()
                self._show.show(timeline.Partial(text=text, committed=committed, at_s=self._now()))
            case Utterance():
                await self._wearer_ends(event, tasks)
            case ErrandChanged(errand, progress):
                await self._rings.follow(errand)
                self._show.show(
                    timeline.ErrandMoved(
                        id=errand.id, state=errand.state, side="wearable", tool=errand.tool, progress=progress
                    )
                )
                self._active()
            case LinkChanged(up, peer, why):
                self._show.show(timeline.Link(side="wearable", up=up, peer=peer, why=why))
            case Fed(file):
                self._show.show(timeline.Fed(file=file, at_s=self._now()))
                self._active()
            case Trouble(text) | RecogniserFailed(text) | JournalTrouble(text):
                self._show.show(timeline.Problem(side="wearable", text=text))
            case FinishWanted(within_s):
                self._finish_by_s = self._now() + within_s
            case MicrophoneEnded():
                return False
        return True

    async def _tick(self, now_s: float, tasks: asyncio.TaskGroup) -> bool:
        if (timed_out := self._consent.tick(now_s, self._speech_since_s)) is not None:
            self._floor.question(False)
            if self._turn is None:
                self._begin(self._announce([self._responder.lapsed(timed_out)]), tasks)
        if self._turn is None and self._floor.may_announce(now_s) and (waiting := await self._waiting()):
            self._begin(self._announce(waiting), tasks)
        self._tell_quiet(now_s)
        return not await self._finished(now_s)

    async def _waiting(self) -> list[Reply]:
        """Give what may be announced now, oldest first."""
        ended = [self._responder.ended(errand, "announcement", announce=True) for errand in self._desk.unannounced()]
        return [*await self._rings.due(), *ended]

    async def _wearer_begins(self, at_s: float) -> None:
        self._hearing_ourselves = self._speaking and not self._barge_in
        if self._hearing_ourselves:
            return
        self._reader.begin()
        self._floor.wearer_began()
        self._wearer_silent.clear()
        self._speech_since_s = at_s
        if self._speaking:
            await self._end_turn()

    async def _wearer_ends(self, utterance: Utterance, tasks: asyncio.TaskGroup) -> None:
        if self._hearing_ourselves:
            return
        self._floor.wearer_ended(utterance.last_voiced_s)
        self._wearer_silent.set()
        self._active()
        heard = utterance.heard
        self._reader.finish(heard.text)
        understood = heard.confidence >= SURE
        if not heard.text:
            self._speech_since_s = None
        else:
            self._show.show(
                timeline.HeardWords(
                    text=heard.text, at_s=utterance.text_s, confidence=heard.confidence, understood=understood
                )
            )
            if understood or self._turn is None:
                await self._end_turn()
                self._begin(self._take_turn(utterance), tasks)
            else:  # a cough must not end a turn that thinks
                self._speech_since_s = None

    def _begin(self, turn: Coroutine[Any, Any, None], tasks: asyncio.TaskGroup) -> None:
        self._floor.turn_began()
        self._turn = tasks.create_task(self._run_turn(turn))

    async def _run_turn(self, turn: Coroutine[Any, Any, None]) -> None:
        try:
            await turn
        except AudioError:
            raise  # nobody would hear an apology
        except Exception:
            # The one broad catch: whatever broke in this turn, the next one is heard.
            _LOGGER.exception("the turn failed")
            await self._apologise()
        finally:
            self._turn_over()

    async def _apologise(self) -> None:
        try:
            await self._say(self._responder.sorry(), None)
        except EngineError:
            _LOGGER.exception("there is no voice to say so")

    def _turn_over(self) -> None:
        self._turn = None
        self._floor.turn_ended(self._now())
        self._active()

    async def _end_turn(self) -> None:
        """Cancel the turn that runs, and wait until it is silent."""
        if (turn := self._turn) is not None:
            turn.cancel()
            await asyncio.wait([turn])
            self._turn_over()  # a turn that was cancelled before it began has not said so itself

    async def _take_turn(self, utterance: Utterance) -> None:
        first_sound_s: list[float] = []

        async def say(reply: Reply) -> None:
            speech = await self._say(reply, None if first_sound_s else utterance.last_voiced_s)
            if speech.first_sound_s is not None:
                first_sound_s.append(speech.first_sound_s)

        self._speech_since_s = None  # from here on it is the responder's, which hands it to an open question at once
        await self._responder.respond(utterance, say)
        self._show.show(
            timeline.Turn(
                speech_end_s=utterance.last_voiced_s,
                decided_s=utterance.decided_s,
                text_s=utterance.text_s,
                call_s=self._responder.call_s,
                first_sound_s=min(first_sound_s, default=None),
                end_s=self._now(),
            )
        )

    async def _announce(self, replies: Sequence[Reply]) -> None:
        try:
            for reply in replies:
                await self._say(reply, None)
        finally:
            await self._rings.give_back()

    async def _say(self, reply: Reply, since_s: float | None) -> Speech:
        speech = Speech()
        await self._wearer_silent.wait()
        self._speaking = True
        try:
            await self._mouth.say(reply.sentences, speech, reply.earcon)
        finally:
            self._speaking = False
            await self._spoken(reply, speech, since_s)
        return speech

    async def _spoken(self, reply: Reply, speech: Speech, since_s: float | None) -> None:
        """Take note of what was heard of a reply, also when it was cut short."""
        if reply.question is not None:
            heard_all = speech.text != "" and speech.heard == speech.text
            note = self._consent.asked if heard_all else self._consent.cut
            note(reply.question.number, self._now())
        self._floor.question(self._consent.open is not None)
        if speech.first_sound_s is None:
            return
        self._conversation.heard(speech.heard)
        if len(speech.heard) * 2 >= len(speech.text):  # half of the sentence holds its news
            if reply.errand is not None:
                await self._announced(reply.errand)
            if reply.ring is not None:
                await self._rings.told(reply.ring)
        first_sound_ms = None if since_s is None else round((speech.first_sound_s - since_s) * 1000, 1)
        self._show.show(
            timeline.Spoken(
                text=speech.text,
                kind=reply.kind,
                first_sound_ms=first_sound_ms,
                heard=speech.heard,
                at_s=self._now(),
                errand=reply.errand.id if reply.errand else None,
            )
        )

    async def _announced(self, errand: Errand) -> None:
        try:
            await self._desk.announced(errand)
        except JournalError as exc:  # it may be told once more after a restart: better than never
            self._show.show(timeline.Problem(side="wearable", text=f"the journal cannot be written: {exc}"))

    def _now(self) -> float:
        return self._clock.now()

    def _active(self) -> None:
        self._active_s = self._now()
        self._quiet_told = False

    def _tell_quiet(self, now_s: float) -> None:
        if not self._quiet_told and self._floor.idle() and now_s - self._active_s >= _QUIET_S:
            self._quiet_told = True
            self._show.show(timeline.Quiet(at_s=now_s, question_open=self._consent.open is not None))

    async def _finished(self, now_s: float) -> bool:
        if self._finish_by_s is None:
            return False
        busy = (
            not self._floor.idle()
            or self._consent.open is not None
            or self._desk.running()
            or self._desk.unannounced()
            or await self._rings.waiting()
        )
        return not busy or now_s >= self._finish_by_s

    async def _account(self) -> timeline.End:
        errands = {
            errand.id: {"tool": errand.tool, "state": errand.state.value, "announced": errand.announced}
            for errand in await self._desk.everything()
        }
        return timeline.End(errands=errands, unrung=await self._rings.waiting())
