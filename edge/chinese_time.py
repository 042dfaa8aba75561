"""Says every time of day, day and count the way people say it in Mandarin, as tables from words to values."""

from __future__ import annotations

from collections.abc import Iterator

from edge.chinese_number import counted, numeral
from edge.spoken_time import DayPart, Length, LoosePart, TimeOfDay
from edge.when import WEEKDAYS, Day, Part

_WEEK = ("一", "二", "三", "四", "五", "六", "日", "天")
_EVENING = LoosePart("evening", "night")
_NOON = LoosePart("am", "pm")
"""中午十一点半 is before noon, 中午一点 after it."""
_PARTS: dict[str, Part | LoosePart] = {
    "凌晨": "am",
    "清晨": "morning",
    "清早": "morning",
    "一大早": "morning",
    "早晨": "morning",
    "早上": "morning",
    "上午": "morning",
    "中午": _NOON,
    "午后": "afternoon",
    "下午": "afternoon",
    "傍晚": _EVENING,
    "晚上": _EVENING,
    "夜晚": _EVENING,
    "夜里": "night",
    "深夜": "night",
    "半夜": "night",
}
_HOUR = ("小时", "钟头")
_SHORT_PARTS: dict[str, Part | LoosePart] = {"早": "morning", "晚": _EVENING}
"""After a day: 明早, 周五晚."""


def counts(first: int, last: int) -> dict[str, int]:
    """Give each number's spoken forms and its digits."""
    return {form: value for value in range(first, last + 1) for form in _count(value)}


def times() -> dict[str, TimeOfDay]:
    """Give every way of saying every minute of the day."""
    table = {"正午": TimeOfDay(12, part="pm"), "午夜": TimeOfDay(12, part="night")}
    for hour in range(25):
        for words in _hour(hour):
            table |= {f"{words}{end}": TimeOfDay(hour) for end in ("点", "点钟", "点整")}
            for face, minute in _minutes() if hour < 24 else ():
                table[f"{words}点{face}"] = TimeOfDay(hour, minute)
    for hour in range(1, 13):
        for words in _hour(hour):
            for face, minute in _before():
                table[f"差{face}{words}点"] = table[f"{words}点差{face}"] = TimeOfDay((hour - 2) % 12 + 1, minute)
    return table


def parts() -> dict[str, Part | LoosePart]:
    """Give the parts of the day."""
    return dict(_PARTS)


def days() -> dict[str, DayPart]:
    """Give the days by name, and those that name a part as well: 今晚."""
    names = _days()
    short = {f"{first}{part}": DayPart(day, _SHORT_PARTS[part]) for first, day in _FIRSTS for part in _SHORT_PARTS}
    weekdays = {name: day for name, day in names.items() if day.removeprefix("next ") in WEEKDAYS}
    late = {f"{name}{part}": DayPart(day, _SHORT_PARTS[part]) for name, day in weekdays.items() for part in "早晚"}
    return {name: DayPart(day) for name, day in names.items()} | short | late | {"今夜": DayPart("today", _EVENING)}


def dates() -> dict[str, DayPart]:
    """Give days, parts of the day and both together: 明天, 早上, 明天的早上."""
    named = {name: day for name, day in days().items() if not day.part}
    both = {
        f"{name}{of}{part}": DayPart(day.day, meant)
        for name, day in named.items()
        for of in ("", "的")
        for part, meant in _PARTS.items()
    }
    return {**days(), **{part: DayPart(part=meant) for part, meant in _PARTS.items()}, **both}


def hours() -> dict[str, Length]:
    """Give lengths in hours: 一个小时, 两个半小时, 半个钟头."""
    table = {f"半{of}{hour}": Length(minutes=30) for of in ("", "个") for hour in _HOUR}
    for words, count in counts(1, 180).items():
        for hour in _HOUR:
            table[f"{words}{hour}"] = table[f"{words}个{hour}"] = Length(count)
            for half in (f"{words}个半{hour}", f"{words}{hour}半", f"{words}个{hour}半"):
                table[half] = Length(count, 30)
    return table


def minutes() -> dict[str, Length]:
    """Give lengths in minutes, also as they follow hours: 五分钟, 零五分, 一刻钟, 两分半."""
    table = {"一刻钟": Length(minutes=15), "三刻钟": Length(minutes=45), "半分钟": Length(seconds=30)}
    for words, count in counts(1, 180).items():
        for form in _following(words):
            table[f"{form}分钟"] = table[f"{form}分"] = Length(minutes=count)
            table[f"{form}分半"] = table[f"{form}分半钟"] = Length(minutes=count, seconds=30)
    return table


def seconds() -> dict[str, Length]:
    """Give lengths in seconds, also as they follow minutes: 十秒, 零五秒."""
    table = {}
    for words, count in counts(1, 180).items():
        for form in _following(words):
            table[f"{form}秒"] = table[f"{form}秒钟"] = Length(seconds=count)
    return table


def plain_days() -> dict[str, Day]:
    """Give the days alone, by name."""
    return _days()


def _following(words: str) -> tuple[str, ...]:
    return (words, *(f"{between}{words}" for between in "零又加和"))


def _days() -> dict[str, Day]:
    table: dict[str, Day] = {"今天": "today", "今日": "today", "今儿": "today"}
    table |= {"明天": "tomorrow", "明日": "tomorrow", "明儿": "tomorrow", "后天": "day after tomorrow"}
    for index, name in enumerate(_WEEK):
        day, following = _WEEKDAYS[min(index, 6)]
        for week in ("周", "星期", "礼拜"):
            table[f"{week}{name}"] = table[f"这{week}{name}"] = table[f"本{week}{name}"] = day
            table[f"下{week}{name}"] = following
            if week != "周":
                table[f"这个{week}{name}"], table[f"下个{week}{name}"] = day, following
    return table


_FIRSTS: tuple[tuple[str, Day], ...] = (("今", "today"), ("明", "tomorrow"))
_WEEKDAYS: tuple[tuple[Day, Day], ...] = (
    ("monday", "next monday"),
    ("tuesday", "next tuesday"),
    ("wednesday", "next wednesday"),
    ("thursday", "next thursday"),
    ("friday", "next friday"),
    ("saturday", "next saturday"),
    ("sunday", "next sunday"),
)


def _count(value: int) -> Iterator[str]:
    yield numeral(value)
    yield counted(value)
    yield str(value)
    if 10 <= value % 100 < 20 and value > 100:
        yield numeral(value).replace("百一十", "百十")


def _hour(hour: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys((counted(hour), numeral(hour))))


def _minutes() -> Iterator[tuple[str, int]]:
    yield from (("半", 30), ("半钟", 30), ("一刻", 15), ("三刻", 45), ("过一刻", 15), ("零零", 0), ("零零分", 0))
    for minute in range(1, 60):
        words = f"零{numeral(minute)}" if minute < 10 else numeral(minute)
        yield words, minute
        yield f"{words}分", minute
        if minute < 10:
            yield f"{numeral(minute)}分", minute
            yield f"过{numeral(minute)}分", minute
        if minute == 2:
            yield "两分", minute
            yield "零两分", minute


def _before() -> Iterator[tuple[str, int]]:
    yield "一刻", 45
    for minute in range(1, 30):
        yield f"{numeral(minute)}分", 60 - minute
        yield f"{numeral(minute)}分钟", 60 - minute
    yield "两分", 58
    yield "两分钟", 58
