"""When events happen: repeated ones are expanded by their rule, less what was moved, cancelled or taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # python-dateutil has no stubs
from icalendar import Component

from companion.servers import times
from companion.servers.ics import value

Start = date | datetime


def occurrences(events: Sequence[Component], first: datetime, last: datetime) -> list[tuple[Component, Start]]:
    """Give what touches the time from `first` to `last`, earliest first."""
    found = [
        (event, start)
        for event in events
        if str(event.get("status", "")).upper() != "CANCELLED"
        for start in _starts(event, first, last, _moved(event, events))
    ]
    return sorted(found, key=lambda pair: times.started(pair[1]))


def ends(event: Component) -> datetime:
    """Give when the event is over; a repeated one never is, as far as we look."""
    if "RRULE" in event:
        return datetime.max.replace(tzinfo=times.started(value(event, "DTSTART").dt).tzinfo)
    return times.started(value(event, "DTSTART").dt) + _duration(event)


def _duration(event: Component) -> timedelta:
    start = value(event, "DTSTART").dt
    if "DTEND" in event:
        return times.started(value(event, "DTEND").dt) - times.started(start)
    if "DURATION" in event:
        duration: timedelta = value(event, "DURATION").dt
        return duration
    return timedelta(0) if isinstance(start, datetime) else timedelta(days=1)


def _starts(event: Component, first: datetime, last: datetime, moved: set[datetime]) -> Iterator[Start]:
    lasts = _duration(event)
    start: Start = value(event, "DTSTART").dt
    candidates = _expanded(event, start, first - lasts, last) if "RRULE" in event else [start]
    for candidate in candidates:
        begins = times.started(candidate)
        if begins < last and (begins >= first or begins + lasts > first) and begins not in moved:
            yield candidate


def _moved(event: Component, events: Sequence[Component]) -> set[datetime]:
    """Give the starts of a repeated event that do not count: taken out, or replaced by an event of their own."""
    if "RRULE" not in event:
        return set()
    excluded = value(event, "EXDATE") or []
    lists = excluded if isinstance(excluded, list) else [excluded]
    taken_out = {times.started(one.dt) for dates in lists for one in dates.dts}
    replaced = {
        times.started(value(other, "RECURRENCE-ID").dt)
        for other in events
        if "RECURRENCE-ID" in other and other.get("UID") == event.get("UID")
    }
    return taken_out | replaced


def _expanded(event: Component, start: Start, first: datetime, last: datetime) -> list[Start]:
    """Expand the rule by the clock on the wall, so that nine o'clock stays nine o'clock in summer."""
    zone = start.tzinfo if isinstance(start, datetime) else None
    rule = value(event, "RRULE").copy()
    until = rule.pop("UNTIL", None)
    limit = times.started(until[0]) if until else None
    text = rule.to_ical().decode()
    repeated = rrulestr(text, dtstart=_on_the_wall(start))
    slack = timedelta(days=1)  # `first` and `last` are in this machine's zone, the rule in the event's
    found = repeated.between(_on_the_wall(first) - slack, _on_the_wall(last) + slack, inc=True)
    starts = [at.replace(tzinfo=zone) if isinstance(start, datetime) else at.date() for at in found]
    return [at for at in starts if limit is None or times.started(at) <= limit]


def _on_the_wall(start: Start) -> datetime:
    if isinstance(start, datetime):
        return start.replace(tzinfo=None)
    return datetime(start.year, start.month, start.day)
