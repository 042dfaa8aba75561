"""Moments as RFC 3339 text and as calendar values."""

from __future__ import annotations

from datetime import UTC, date, datetime

from companion.servers.failure import Failure


def moment(text: str) -> datetime:
    """Read RFC 3339; a time without an offset is this machine's. Raises Failure bad_arguments."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as exc:
        raise Failure("bad_arguments", f"{text!r} is not an RFC 3339 time") from exc
    return value if value.tzinfo else value.astimezone()


def day(text: str) -> date:
    """Read YYYY-MM-DD, or the day of a full time. Raises Failure bad_arguments."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError as exc:
        raise Failure("bad_arguments", f"{text!r} is not a day") from exc


def stored(value: datetime) -> datetime:
    """Give the moment in UTC: iCalendar has no bare offsets, and a made-up time zone name is read by nobody."""
    return value.astimezone(UTC).replace(microsecond=0)


def spoken(value: date | datetime) -> str:
    """Give RFC 3339 by this machine's clock, or the day alone."""
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.astimezone().isoformat(timespec="seconds")  # without an offset ("floating") it is local time


def started(value: date | datetime) -> datetime:
    """Give the moment at which a day or a time begins here."""
    return (
        value.astimezone() if isinstance(value, datetime) else datetime(value.year, value.month, value.day).astimezone()
    )
