"""Tools for quiet hours: the news of ended errands is kept for later."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

import msgspec

from edge.quiet_hours import NotQuiet, Quiet, QuietHours
from edge.tools.tool import BadArguments, Risk, ToolResult, tool
from edge.tools.wording import Says
from edge.when import NoSuchTime, Now, Part, resolve

_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d))?(?: (am|pm|morning|afternoon|evening|night))?$")
_EVENING = 12
"""Added to the hour at which quiet hours begin when no part of the day was said: "from ten to seven" is the night."""


class QuietTools:
    """Quiet every day between two times, quiet for a while, and the end of it."""

    def __init__(self, hours: QuietHours, now: Now, phrases: Says) -> None:
        self._hours = hours
        self._now = now
        self._phrases = phrases

    @tool(Risk.REVERSIBLE)
    def set_quiet_hours(self, begin: str = "", end: str = "") -> ToolResult:
        """Keep news for later every day between two times, written like "22:00" or "7:30 morning"."""
        first = self._time(begin, self._now(), evening=True)
        last = self._time(end, first, evening=False)
        quiet = Quiet(_minute(first), _minute(last), self._hours.get().until)
        if quiet.begin == quiet.end:
            raise BadArguments(self._phrases.say("quiet.which_hours"))
        words = self._phrases.words
        return self._put(quiet, "quiet.completed.hours", begin=words.clock_time(first), end=words.clock_time(last))

    @tool(Risk.REVERSIBLE)
    def be_quiet(
        self,
        hours: int = 0,
        minutes: int = 0,
        seconds: int = 0,
        hour: int | None = None,
        minute: int = 0,
        part: Part = "",
    ) -> ToolResult:
        """Keep news for later for this long, or until this time, or until told otherwise."""
        now = self._now()
        before = self._hours.get()
        if hour is not None:
            try:
                until = resolve("", hour, minute, part, now)
            except NoSuchTime as exc:
                raise BadArguments(self._phrases.say(exc.key)) from exc
        elif hours or minutes or seconds:
            until = now + timedelta(hours=hours, minutes=minutes, seconds=seconds)
        else:
            return self._put(msgspec.structs.replace(before, until=math.inf), "quiet.completed.until_told")
        quiet = msgspec.structs.replace(before, until=until.timestamp())
        return self._put(quiet, "quiet.completed.until", until=self._phrases.words.relative_moment(until, now))

    @tool(Risk.REVERSIBLE)
    def end_quiet(self) -> ToolResult:
        """Tell news at once again, every day."""
        return self._put(Quiet(), "quiet.completed.over")

    def _time(self, said: str, after: datetime, *, evening: bool) -> datetime:
        """Give the next moment that a clock shows this; where no part of the day was said, `evening` tells."""
        found = _CLOCK.match(said)
        if found is None:
            raise BadArguments(self._phrases.say("quiet.which_hours"))
        hour, minute, part = int(found[1]), int(found[2] or 0), found[3] or ""
        if evening and not part and hour < _EVENING:
            hour += _EVENING
        try:
            return resolve("", hour, minute, msgspec.convert(part, Part), after)
        except NoSuchTime as exc:
            raise BadArguments(self._phrases.say(exc.key)) from exc

    def _put(self, quiet: Quiet, key: str, **slots: str) -> ToolResult:
        try:
            self._hours.put(quiet)
        except NotQuiet:
            return ToolResult(self._phrases.say("quiet.not_kept"))
        return ToolResult(self._phrases.say(key, **slots))


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
