"""Tools on time: the clock, timers and alarms, all on the wearable."""

from __future__ import annotations

from collections.abc import Callable

from edge.clocks import Alarm, Clocks, NotKept, Timer, TooMany, called
from edge.tools.tool import BadArguments, Risk, ToolResult, tool
from edge.tools.wording import Says
from edge.when import Day, NoSuchTime, Now, Part, resolve
from edge.which_alarm import meant

LONGEST_TIMER = 7 * 86_400
"""Seconds. Longer ones are reminders, and most likely misheard."""
_EVERY = ("all", "all of them", "every", "everything")


class ClockTools:
    """The time, timers and alarms."""

    def __init__(self, now: Now, clocks: Clocks, phrases: Says) -> None:
        self._now = now
        self._clocks = clocks
        self._phrases = phrases

    @tool(Risk.READS)
    def tell_time(self) -> ToolResult:
        """Tell the time of day."""
        return ToolResult(self._phrases.say("clock.time", time=self._phrases.words.clock_time(self._now())))

    @tool(Risk.READS)
    def tell_date(self) -> ToolResult:
        """Tell the day of the week and the date."""
        return ToolResult(self._phrases.say("clock.date", date=self._phrases.words.full_date(self._now().date())))

    @tool(Risk.REVERSIBLE)
    def set_timer(self, hours: int = 0, minutes: int = 0, seconds: int = 0, name: str = "") -> ToolResult:
        """Start a timer for this length of time, with a name if one was given."""
        if min(hours, minutes, seconds) < 0 or not hours + minutes + seconds:
            raise BadArguments(self._phrases.say("clock.timer_how_long"))
        length = hours * 3600 + minutes * 60 + seconds
        if length > LONGEST_TIMER:
            raise BadArguments(
                self._phrases.say("clock.timer_too_long", most=self._phrases.words.duration(LONGEST_TIMER))
            )
        name = " ".join(name.split())
        now = self._now().timestamp()
        return self._change(
            lambda: self._clocks.set_timer(length, name, now),
            "clock.completed.timer_set",
            length=self._phrases.words.duration(length),
            name=name,
        )

    @tool(Risk.READS)
    def timer_status(self) -> ToolResult:
        """Tell how long the timers still run."""
        now, words = self._now().timestamp(), self._phrases.words
        timers = self._clocks.timers(now)
        left = [
            self._phrases.say("clock.timer_left", timer=self._label(timer), left=words.remaining(timer.at - now))
            for timer in timers
        ]
        return ToolResult(self._phrases.say("clock.timers", count=len(timers), timers=words.joined(left)))

    @tool(Risk.REVERSIBLE)
    def cancel_timer(self, name: str = "") -> ToolResult:
        """Cancel the timer of this name or length; "all" cancels every timer."""
        running = self._clocks.timers(self._now().timestamp())
        if not running:
            return ToolResult(self._phrases.say("clock.timers", count=0))
        wanted = name.strip().casefold()
        chosen = running if not wanted or wanted in _EVERY else called(running, name, self._phrases.words.duration)
        if not chosen:
            raise BadArguments(self._phrases.say("clock.timer_unknown", timers=self._labels(running)))
        if len(chosen) > 1 and wanted not in _EVERY:
            raise BadArguments(self._phrases.say("clock.timer_which", count=len(chosen), timers=self._labels(chosen)))
        return self._change(
            lambda: self._cancel(chosen),
            "clock.completed.timer_cancelled",
            count=len(chosen),
            timers=self._labels(chosen),
        )

    @tool(Risk.REVERSIBLE)
    def set_alarm(self, hour: int, minute: int = 0, part: Part = "", day: Day = "") -> ToolResult:
        """Set an alarm that rings once at this time."""
        now = self._now()
        try:
            rings = resolve(day, hour, minute, part, now, waking=True)
        except NoSuchTime as exc:
            raise BadArguments(self._phrases.say(exc.key)) from exc
        return self._change(
            lambda: self._clocks.set_alarm(rings.timestamp()),
            "clock.completed.alarm_set",
            when=self._phrases.words.relative_moment(rings, now),
        )

    @tool(Risk.READS)
    def list_alarms(self) -> ToolResult:
        """Tell which alarms are set."""
        alarms = self._clocks.alarms(self._now().timestamp())
        times = self._phrases.words.joined([self._rings(alarm) for alarm in alarms])
        return ToolResult(self._phrases.say("clock.alarms", count=len(alarms), alarms=times))

    @tool(Risk.REVERSIBLE)
    def cancel_alarm(self, day: Day = "", hour: int | None = None, minute: int = 0, part: Part = "") -> ToolResult:
        """Cancel the alarm at this time, the next one if no time was given."""
        now = self._now()
        alarms = self._clocks.alarms(now.timestamp())
        if not alarms:
            return ToolResult(self._phrases.say("clock.alarms", count=0))
        chosen = alarms[0] if hour is None and not day and not part else self._meant(alarms, day, hour, minute, part)
        key = "clock.completed.alarm_cancelled"
        return self._change(
            lambda: self._clocks.cancel(chosen.id), key, when=self._rings(chosen), count=len(alarms) - 1
        )

    def _meant(self, alarms: tuple[Alarm, ...], day: Day, hour: int | None, minute: int, part: Part) -> Alarm:
        try:
            found = meant(alarms, day, hour, minute, part, self._now())
        except NoSuchTime as exc:
            raise BadArguments(self._phrases.say(exc.key)) from exc
        if not found:
            times = self._phrases.words.joined([self._rings(alarm) for alarm in alarms])
            raise BadArguments(self._phrases.say("clock.alarm_unknown", count=len(alarms), alarms=times))
        if len(found) > 1:
            times = self._phrases.words.joined([self._rings(alarm) for alarm in found])
            raise BadArguments(self._phrases.say("clock.alarm_which", count=len(found), alarms=times))
        return found[0]

    def _change(self, change: Callable[[], object], key: str, **slots: str | int) -> ToolResult:
        """Say what was changed, only after it is on the disk."""
        try:
            change()
        except NotKept:
            return ToolResult(self._phrases.say("clock.not_kept"))
        except TooMany:
            return ToolResult(self._phrases.say("clock.too_many"))
        return ToolResult(self._phrases.say(key, **slots))

    def _cancel(self, timers: tuple[Timer, ...]) -> None:
        for timer in timers:
            self._clocks.cancel(timer.id)

    def _rings(self, alarm: Alarm) -> str:
        now = self._now()
        return self._phrases.words.relative_moment(now.fromtimestamp(alarm.at, now.tzinfo), now)

    def _label(self, timer: Timer) -> str:
        return self._phrases.say(
            "clock.timer_label", name=timer.name, length=self._phrases.words.duration(timer.length)
        )

    def _labels(self, timers: tuple[Timer, ...]) -> str:
        return self._phrases.words.joined([self._label(timer) for timer in timers])
