"""From an utterance to what we answer: understand, ask where a yes is needed, act, and say what is true."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from functools import partial

from audio import earcons
from edge import timeline
from edge.attention import Attention, Meaning
from edge.attention import Verdict as Heed
from edge.consent import (
    Answer,
    Approved,
    Consent,
    Dropped,
    Question,
    Refused,
    TimedOut,
    Verdict,
    needs_yes,
)
from edge.ear_events import Utterance
from edge.errand_desk import ErrandDesk
from edge.interpreter import Interpretation
from edge.mind import Conversation, Mind
from edge.news import earcon_of
from edge.phrasebook import Phrases
from edge.prefetch import prefetch
from edge.reply import Reply, Say
from edge.sentence_stream import SentenceStream
from edge.stream_clock import StreamClock
from edge.timeline import Timeline
from edge.tools.tool import BadArguments, ErrandRequest, Risk, Tool, ToolResult
from edge.truth import Truthful
from edge.worker import Worker
from firmware_bridge.journal import JournalError
from models.engine import EngineError
from models.llm import Delta, ToolCall

_LOGGER = logging.getLogger(__name__)

READ_AHEAD = 2
"""Sentences that a model may be ahead of the voice."""
_CLOSING = ("thanks", "stop")
"""After these the wearer wants nothing more."""
FILLER_AFTER_S = 1.2
"""Silence that nobody takes for a fault."""
SURE = 0.5
"""Confidence under which the recogniser says: this was something else (`models.asr.Heard`)."""


class Responder:
    """Answers one utterance at a time. Cancelling it between its awaits leaves no half-done effect."""

    def __init__(
        self,
        mind: Mind,
        tools: Mapping[str, Tool],
        consent: Consent,
        desk: ErrandDesk,
        phrases: Phrases,
        conversation: Conversation,
        attention: Attention,
        show: Timeline,
        clock: StreamClock,
        *,
        disk: Worker,
        quick_s: float,
    ) -> None:
        """`disk` is the thread on which tools run; an errand that ends within `quick_s` is the answer itself."""
        self._mind = mind
        self._tools = tools
        self._consent = consent
        self._desk = desk
        self._phrases = phrases
        self._conversation = conversation
        self._attention = attention
        self._show = show
        self._clock = clock
        self._disk = disk
        self._quick_s = quick_s
        self.call_s: float | None = None
        """Stream time at which the latest utterance was understood."""

    async def respond(self, utterance: Utterance, say: Say) -> None:
        """Understand an utterance, do what it asks for and say what came of it; nothing when it was not for us."""
        self.call_s = None
        if utterance.heard.confidence < SURE:
            if self._heed(utterance, Meaning.NOTHING) is Heed.NOT_CAUGHT:
                await say(self._plain("turn.not_caught"))
            return
        meant = await self._mind.interpret(utterance.heard, expects_answer=self._consent.open is not None)
        heed = self._heed(utterance, self._meaning(meant))
        if heed is Heed.IGNORE:
            return
        self._conversation.wearer(utterance.heard.text)
        for call in meant.calls:
            self._show_call(call, meant.by)
        verdict = self._consent.hear(_as_answer(meant), utterance.began_s)
        if verdict is not None:
            await say(await self._settle(verdict))
        elif meant.unclear:
            await say(self._plain(meant.unclear))
        elif meant.calls:
            await self._act_on(meant, say)
        else:
            await self._think(say)

    def _heed(self, utterance: Utterance, meaning: Meaning) -> Heed:
        return self._attention.judge(utterance.began_s, utterance.last_voiced_s, meaning)

    def _meaning(self, meant: Interpretation) -> Meaning:
        if any(call.tool in _CLOSING for call in meant.calls):
            return Meaning.CLOSING
        is_understood = bool(meant.calls) or bool(meant.unclear) or self._mind.model_name is not None
        return Meaning.COMMAND if is_understood or self._consent.open is not None else Meaning.NOTHING

    def lapsed(self, timed_out: TimedOut) -> Reply:
        """Give the sentence for a question that nobody answered."""
        return Reply((self._phrases.not_approved("timed_out", timed_out.request),))

    def sorry(self) -> Reply:
        """Give the sentence for a turn that broke."""
        return self._plain("turn.failed")

    async def _think(self, say: Say) -> None:
        items = self._mind.think(self._conversation)
        if items is None:
            await say(self._plain("turn.not_understood"))
            return
        try:
            async with aclosing(items):
                match await self._first(items, say):
                    case ToolCall() as call:
                        self._show_call(call, self._mind.model_name or "")
                        await say(await self._act(call))
                    case Delta() as first:
                        async with prefetch(partial(self._sentences, first, items), READ_AHEAD) as sentences:
                            await say(Reply(sentences))
                    case None:
                        await say(self._plain("turn.not_understood"))
        except* EngineError:
            _LOGGER.exception("the language model failed")
            await say(self._plain("turn.model_failed"))

    async def _first(self, items: AsyncIterator[Delta | ToolCall], say: Say) -> Delta | ToolCall | None:
        """Wait for what the model begins with; after a while tell the wearer, once, that we think."""
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(_next(items))
            await asyncio.wait([first], timeout=self._clock.real(FILLER_AFTER_S))
            if not first.done():
                await say(self._plain("turn.moment"))
        return first.result()

    async def _sentences(
        self, first: Delta, rest: AsyncIterator[Delta | ToolCall], put: Callable[[str], Awaitable[None]]
    ) -> None:
        stream, truthful = SentenceStream(), Truthful(self._phrases.say("turn.no_claim"))

        async def give(pieces: Iterable[str]) -> None:
            for piece in pieces:
                if spoken := truthful.take(piece):
                    await put(spoken)

        await give(stream.feed(first.text))
        async for item in rest:
            if isinstance(item, Delta):
                await give(stream.feed(item.text))
        await give(stream.finish())

    async def _act_on(self, meant: Interpretation, say: Say) -> None:
        """Do all that was asked for in one breath. A question ends it: what it would bury is to be said again."""
        for done, call in enumerate(meant.calls, 1):
            reply = await self._act(call, is_sure=meant.is_sure)
            if reply.question is not None and done < len(meant.calls):
                await say(self._plain("turn.one_at_a_time"))
            await say(reply)
            if reply.question is not None:
                return

    async def _act(self, call: ToolCall, *, is_sure: bool = True) -> Reply:
        tool = self._tools.get(call.tool)
        if tool is None:
            return self._plain("turn.not_understood")
        if not is_sure and tool.risk > Risk.READS and not tool.asks_phone:
            return self._plain("turn.unsure")
        try:
            outcome = await self._disk.call(tool.call, call.arguments)
        except BadArguments as exc:
            return Reply((exc.say or self._phrases.say("phone.nothing_said"),))
        finally:
            self._desk.wake()
        match outcome:
            case ToolResult(say):
                return Reply((say,) if say else ())
            case ErrandRequest() if needs_yes(tool.risk) or not (is_sure or tool.risk is Risk.READS):
                return self._read_back(outcome)
            case ErrandRequest():
                return await self._run(outcome, None, claims=tool.risk > Risk.READS)

    async def _settle(self, verdict: Verdict) -> Reply:
        match verdict:
            case Question():
                return self._ask(verdict)
            case Approved(request, digest):
                return await self._run(request, digest, claims=True)
            case Refused(request):
                return Reply((self._phrases.not_approved("refused", request),))
            case TimedOut():
                return self.lapsed(verdict)
            case Dropped(request):
                return Reply((self._phrases.not_approved("dropped", request),))

    def _read_back(self, request: ErrandRequest) -> Reply:
        try:
            return self._ask(self._consent.ask(request))
        except ValueError:  # arguments that no wire can carry exactly; a model's, since the templates make none
            return self._plain("consent.impossible")

    def _ask(self, question: Question) -> Reply:
        return Reply((self._phrases.read_back(question.request, question.again),), "question", question=question)

    async def _run(self, request: ErrandRequest, consent: str | None, *, claims: bool) -> Reply:
        """Ask the phone; `claims` says that a quick end is news of a deed and not merely what was asked for."""
        try:
            errand = await self._desk.ask(request, consent)
        except JournalError:
            return self._plain("turn.not_kept")
        connected = self._desk.connected()
        soon = connected and not request.waits
        ended = await self._desk.wait_end(errand.id, self._quick_s) if soon else None
        if ended is None:
            earcon = b"" if connected else earcons.no_link()
            return Reply((self._phrases.acknowledge(request, connected),), earcon=earcon)
        words = self._phrases.ended(ended, announce=claims)
        return Reply((words,), "answer", earcon_of(ended) if claims else b"", (ended,))

    def _plain(self, key: str) -> Reply:
        return Reply((self._phrases.say(key),))

    def _show_call(self, call: ToolCall, by: str) -> None:
        self.call_s = self._clock.now()
        self._show.show(timeline.Call(tool=call.tool, arguments=dict(call.arguments), by=by, at_s=self.call_s))


async def _next(items: AsyncIterator[Delta | ToolCall]) -> Delta | ToolCall | None:
    return await anext(items, None)


def _as_answer(meant: Interpretation) -> Answer:
    if meant.approves:
        return Answer.YES
    stops = any(call.tool == "stop" for call in meant.calls)
    return Answer.NO if meant.refuses or stops else Answer.OTHER
