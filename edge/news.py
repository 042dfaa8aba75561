"""What there is to announce: what rings, how pairing went, and errands that ended, put together into few words."""

from __future__ import annotations

from collections.abc import Callable

from audio import earcons
from edge.announcements import Announcement, merge
from edge.errand_desk import ErrandDesk
from edge.pairing import Outcome, Pairing
from edge.phrasebook import Phrases
from edge.quiet_hours import QuietHours
from edge.reply import Reply
from edge.rings import Rings
from firmware_bridge.errands import Errand, State


class News:
    """Asked at every pause. What was not heard to its half comes again at the next."""

    def __init__(
        self,
        desk: ErrandDesk,
        rings: Rings,
        pairing: Pairing,
        quiet: QuietHours,
        phrases: Phrases,
        wall: Callable[[], float],
    ) -> None:
        """`wall` gives seconds since the epoch."""
        self._desk = desk
        self._rings = rings
        self._pairing = pairing
        self._quiet = quiet
        self._phrases = phrases
        self._wall = wall

    async def waiting(self) -> list[Reply]:
        """Give what may be announced now, oldest first: in quiet hours only what the wearer is waiting for."""
        awaited = await self._rings.due()
        if (outcome := self._pairing.outcome()) is not None:
            awaited.append(_paired(outcome, self._phrases))
        if self._quiet.holds():
            return awaited
        return awaited + _replies(merge(self._desk.unannounced(), self._wall()), self._phrases)


def _paired(outcome: Outcome, phrases: Phrases) -> Reply:
    if outcome.phone is None:
        return Reply((phrases.say("pairing.nobody"),), "announcement", earcons.problem())
    words = phrases.say("pairing.completed.paired", name=outcome.phone)
    return Reply((words,), "announcement", earcons.done())


def earcon_of(errand: Errand) -> bytes:
    """Give the sound for how an errand ended."""
    return earcons.done() if errand.state is State.COMPLETED else earcons.problem()


def _replies(news: Announcement, phrases: Phrases) -> list[Reply]:
    """Say each end; of several that went well "task completed" is said once. One sound is for all of them."""
    together = len(news.told) > 1 and news.all_completed
    replies = []
    for number, errand in enumerate(news.told):
        lead = (phrases.say("announce.several.completed", count=len(news.told)),) if together and not number else ()
        words = (*lead, phrases.ended(errand, announce=not together))
        replies.append(Reply(words, "announcement", b"" if number else earcon_of(errand), (errand,)))
    if news.counted:
        count = phrases.say("announce.older.completed", count=len(news.counted))
        replies.append(Reply((count,), "announcement", b"", news.counted))
    return replies
