"""Says replies and notes what was heard: only that is news told, a question asked, a line of the conversation."""

from __future__ import annotations

import asyncio

from edge import timeline
from edge.attention import Attention
from edge.clocks import Due
from edge.consent import Consent
from edge.errand_desk import ErrandDesk
from edge.floor import Floor
from edge.mind import Conversation
from edge.mouth import Mouth, Speech
from edge.reflex import Reflex
from edge.reply import Reply
from edge.rings import Rings
from edge.stream_clock import StreamClock
from edge.timeline import Timeline
from firmware_bridge.journal import JournalError


class Teller:
    """Says one reply at a time. Cancelling `say` silences it; what was heard by then is noted."""

    def __init__(
        self,
        mouth: Mouth,
        desk: ErrandDesk,
        rings: Rings,
        consent: Consent,
        floor: Floor,
        attention: Attention,
        reflex: Reflex,
        conversation: Conversation,
        clock: StreamClock,
        show: Timeline,
    ) -> None:
        self._mouth = mouth
        self._desk = desk
        self._rings = rings
        self._consent = consent
        self._floor = floor
        self._attention = attention
        self._reflex = reflex
        self._conversation = conversation
        self._clock = clock
        self._show = show
        self._wearer_silent = asyncio.Event()
        self._wearer_silent.set()
        self._ringing: Due | None = None
        """What rang last and was not heard to its half."""

    @property
    def speaking(self) -> bool:
        """Say whether a reply is being said."""
        return self._reflex.sounding

    def wearer_began(self) -> None:
        """Begin no reply from now on."""
        self._wearer_silent.clear()

    def wearer_ended(self) -> None:
        """Begin replies again."""
        self._wearer_silent.set()

    async def say(self, reply: Reply, since_s: float | None = None) -> Speech:
        """Say it as soon as the wearer is silent, and come back when it was heard.

        `since_s` is when the wearer had spoken to whom this answers. Raises EngineFailed, AudioDeviceError.
        """
        speech = Speech()
        await self._wearer_silent.wait()
        self._floor.we_began()
        if reply.sentences:  # a mere tone is too short to be interrupted
            self._reflex.begin()
        self._ringing = reply.ring or self._ringing
        try:
            await self._mouth.say(reply.sentences, speech, reply.earcon)
        finally:
            self._reflex.end()
            self._floor.we_ended(self._clock.now())
            await self._note(reply, speech, since_s)
        return speech

    async def stop_ringing(self) -> None:
        """Take what rang last for heard, however little of it was: the wearer said "stop"."""
        if self._ringing is not None:
            await self._rings.told(self._ringing)
            self._ringing = None

    async def _note(self, reply: Reply, speech: Speech, since_s: float | None) -> None:
        if reply.question is not None:
            heard_all = speech.text != "" and speech.heard == speech.text
            note = self._consent.asked if heard_all else self._consent.cut
            note(reply.question.number, self._clock.now())
        self.question_changed()
        if not speech.text or speech.first_sound_s is None:
            return  # a sound without words, or words without sound
        self._conversation.heard(speech.heard)
        if len(speech.heard) * 2 >= len(speech.text):  # half of the sentence holds its news
            await self._told(reply)
        self._show.show(
            timeline.Spoken(
                text=speech.text,
                kind=reply.kind,
                first_sound_ms=None if since_s is None else round((speech.first_sound_s - since_s) * 1000, 1),
                heard=speech.heard,
                at_s=self._clock.now(),
                errand=reply.errands[0].id if len(reply.errands) == 1 else None,
            )
        )

    def question_changed(self) -> None:
        """Tell who has to know that a question is open, or no longer."""
        self._floor.question(self._consent.open is not None)
        self._attention.question(self._consent.open is not None)

    async def _told(self, reply: Reply) -> None:
        for errand in reply.errands:
            try:
                await self._desk.announced(errand)
            except JournalError as exc:  # it may be told once more after a restart: better than never
                self._show.show(timeline.Problem(side="wearable", text=f"the journal cannot be written: {exc}"))
        if reply.ring is not None:
            await self._rings.told(reply.ring)
            self._ringing = None
