"""The turn loop: everything that happens arrives in one inbox, and a turn is a task."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from audio import earcons
from audio.echo import Echo
from audio.frames import AudioError
from edge import timeline
from edge.attention import Attention, Meaning, Verdict
from edge.buttons import ButtonLost, Pressed, Worn
from edge.consent import Consent
from edge.ear_events import (
    EchoChanged,
    Interrupted,
    MicrophoneEnded,
    RecogniserFailed,
    SpeechBegan,
    SpeechOver,
    StopHeard,
    Tick,
    Utterance,
    Woke,
    WokeOnly,
)
from edge.errand_desk import ErrandChanged, ErrandDesk, JournalTrouble, LinkChanged
from edge.floor import Floor
from edge.news import News
from edge.reader import Reader
from edge.reflex import Reflex
from edge.reply import Reply
from edge.responder import SURE, Responder
from edge.rings import Rings
from edge.stream_clock import StreamClock
from edge.teller import Teller
from edge.timeline import Timeline
from firmware_bridge.errands import Errand
from models.asr import Partial
from models.engine import EngineError
from models.transcript import join

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
        teller: Teller,
        news: News,
        desk: ErrandDesk,
        rings: Rings,
        consent: Consent,
        floor: Floor,
        attention: Attention,
        reflex: Reflex,
        clock: StreamClock,
        show: Timeline,
    ) -> None:
        self._sources = sources
        self._responder = responder
        self._reader = reader
        self._teller = teller
        self._news = news
        self._desk = desk
        self._rings = rings
        self._consent = consent
        self._floor = floor
        self._attention = attention
        self._reflex = reflex
        self._clock = clock
        self._show = show
        self._inbox: asyncio.Queue[Any] = asyncio.Queue(_INBOX)
        self._turn: asyncio.Task[None] | None = None
        self._speech_since_s: float | None = None
        """Begin of an utterance that nobody has understood yet."""
        self._listens: bool | None = None
        """What was last shown of our attention."""
        self._active_s = 0.0
        """Stream time of the latest activity; `quiet` is told once after each."""
        self._quiet_told = False
        self._finish_by_s: float | None = None

    async def run(self) -> timeline.End:
        """Assist until the microphone ends or a feed says finish; show and give the account of the errands."""
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(source(self._inbox.put)) for source in self._sources]
            while await self._handle(await self._inbox.get(), tasks):
                self._show_attention()
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
            case SpeechBegan() | SpeechOver() | Partial() | Utterance() | Interrupted():
                await self._follow_speech(event, tasks)
            case Woke() | WokeOnly() | Pressed() | StopHeard():
                await self._called(event, tasks)
            case Worn(is_worn):
                self._floor.worn(is_worn)
                if not is_worn:
                    self._attention.sleep("taken off")
            case ErrandChanged(errand, progress):
                await self._follow_errand(errand, progress)
            case LinkChanged(up, peer, why):
                self._show.show(timeline.Link(side="wearable", up=up, peer=peer, why=why))
            case Fed(file):
                self._show.show(timeline.Fed(file=file, at_s=self._now()))
                self._active()
            case Trouble(text) | RecogniserFailed(text) | JournalTrouble(text) | ButtonLost(text):
                self._show.show(timeline.Problem(side="wearable", text=text))
            case EchoChanged(report):
                self._floor.echo_remains(report.echo is Echo.LEFT)
                self._show.show(timeline.EchoFound(what=str(report), removed_db=report.removed_db, at_s=self._now()))
            case FinishWanted(within_s):
                self._finish_by_s = self._now() + within_s
            case MicrophoneEnded():
                return False
        return True

    async def _follow_speech(
        self, event: SpeechBegan | SpeechOver | Partial | Utterance | Interrupted, tasks: asyncio.TaskGroup
    ) -> None:
        match event:
            case SpeechBegan(at_s):
                self._floor.wearer_began()
                self._teller.wearer_began()
                self._reader.begin()
                self._speech_since_s = at_s
            case SpeechOver(last_voiced_s):
                self._wearer_silent(last_voiced_s)
            case Partial(committed, tentative):
                if self._turn is None:  # a model that thinks has no time to read
                    self._reader.hear(event)
                text = join([*committed.split(), *tentative.split()])
                self._show.show(timeline.Partial(text=text, committed=committed, at_s=self._now()))
            case Interrupted():
                if self._teller.speaking:
                    await self._end_turn()
            case Utterance():
                await self._wearer_ends(event, tasks)

    async def _called(self, event: Woke | WokeOnly | Pressed | StopHeard, tasks: asyncio.TaskGroup) -> None:
        """The wearer wants us, or wants us silent."""
        match event:
            case Woke():
                if self._teller.speaking:
                    await self._end_turn()
            case WokeOnly():
                self._wearer_silent(self._now())
                self._tone(earcons.listening(), tasks)
            case Pressed() if self._teller.speaking or self._consent.open is not None:
                await self._stop(tasks)
            case Pressed():
                self._attention.woke(self._now(), "button")
                self._tone(earcons.listening(), tasks)
            case StopHeard():
                await self._stop(tasks)

    def _tone(self, earcon: bytes, tasks: asyncio.TaskGroup) -> None:
        """Play a mere sound."""
        if self._turn is None:
            self._begin(self._announce([Reply((), earcon=earcon)]), tasks)

    async def _stop(self, tasks: asyncio.TaskGroup) -> None:
        """End speech, then ringing, then the question that is open: whatever of these there is."""
        await self._end_turn()
        await self._teller.stop_ringing()
        self._consent.drop()
        self._teller.question_changed()
        self._attention.sleep("stop")
        self._tone(earcons.cancelled(), tasks)

    async def _follow_errand(self, errand: Errand, progress: str | None) -> None:
        await self._rings.follow(errand)
        self._show.show(
            timeline.ErrandMoved(id=errand.id, state=errand.state, side="wearable", tool=errand.tool, progress=progress)
        )
        self._active()

    async def _tick(self, now_s: float, tasks: asyncio.TaskGroup) -> bool:
        if self._teller.speaking:
            self._attention.speaks(now_s)
        if (timed_out := self._consent.tick(now_s, self._speech_since_s)) is not None:
            self._teller.question_changed()
            if self._turn is None:
                self._begin(self._announce([self._responder.lapsed(timed_out)]), tasks)
        if self._turn is None and self._floor.may_announce(now_s) and (waiting := await self._news.waiting()):
            self._begin(self._announce(waiting), tasks)
        self._tell_quiet(now_s)
        return not await self._finished(now_s)

    def _wearer_silent(self, last_voiced_s: float) -> None:
        self._floor.wearer_ended(last_voiced_s)
        self._teller.wearer_ended()
        self._speech_since_s = None

    async def _wearer_ends(self, utterance: Utterance, tasks: asyncio.TaskGroup) -> None:
        speech_since_s = self._speech_since_s
        self._wearer_silent(utterance.last_voiced_s)
        self._active()
        heard = utterance.heard
        self._reader.finish(heard.text)
        understood = heard.confidence >= SURE and bool(heard.text)
        if heard.text:
            self._show.show(
                timeline.HeardWords(
                    text=heard.text, at_s=utterance.text_s, confidence=heard.confidence, understood=understood
                )
            )
        if not self._reflex.ended(heard.text if understood else ""):
            self._nothing_said(utterance)  # a cough, or "mhm": we go on where we were
        elif understood or (heard.text and self._turn is None):
            await self._end_turn()
            self._speech_since_s = speech_since_s
            self._begin(self._take_turn(utterance), tasks)
        else:
            self._nothing_said(utterance)

    def _nothing_said(self, utterance: Utterance) -> None:
        """There were no words, or none that would end a turn that thinks."""
        if self._attention.judge(utterance.began_s, utterance.last_voiced_s, Meaning.NOTHING) is Verdict.NOT_CAUGHT:
            self._attention.answered(self._now())

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
            await self._teller.say(self._responder.sorry())
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
            speech = await self._teller.say(reply, None if first_sound_s else utterance.last_voiced_s)
            if speech.first_sound_s is not None:
                first_sound_s.append(speech.first_sound_s)

        self._speech_since_s = None  # from here on it is the responder's, which hands it to an open question at once
        try:
            await self._responder.respond(utterance, say)
        finally:
            self._attention.answered(self._now())
            self._teller.question_changed()
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
                await self._teller.say(reply)
        finally:
            await self._rings.give_back()

    def _show_attention(self) -> None:
        listens = self._attention.hears(self._now())
        if listens != self._listens:
            self._listens = listens
            why = self._attention.opened_by if listens else self._attention.closed_by
            self._show.show(timeline.Attention(listens=listens, why=why, at_s=self._now()))

    def _now(self) -> float:
        return self._clock.now()

    def _active(self) -> None:
        self._active_s = self._now()
        self._quiet_told = False

    def _tell_quiet(self, now_s: float) -> None:
        if not self._quiet_told and self._floor.idle() and now_s - self._active_s >= _QUIET_S:
            self._quiet_told = True
            self._show_attention()  # who speaks when it is quiet must know whether we listen
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
