"""Says lengths of time, times of day, days and lists in Mandarin, in simplified characters."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

from edge.chinese_number import counted, decimal, numeral, one_by_one
from edge.spoken_number import Said, rounded
from edge.units import Unit

WEEKDAYS = "一二三四五六日"
COMMA = "\uff0c"
_UNITS = (("天", 86_400), ("小时", 3600), ("分", 60), ("秒", 1))
_OF_UNITS = {
    "meter": "米",
    "millimeter": "毫米",
    "centimeter": "厘米",
    "kilometer": "公里",
    "inch": "英寸",
    "foot": "英尺",
    "yard": "码",
    "mile": "英里",
    "nautical mile": "海里",
    "kilogram": "公斤",
    "gram": "克",
    "milligram": "毫克",
    "tonne": "吨",
    "ton": "美吨",
    "pound": "磅",
    "ounce": "盎司",
    "stone": "英石",
    "liter": "升",
    "milliliter": "毫升",
    "centiliter": "厘升",
    "cubic meter": "立方米",
    "gallon": "加仑",
    "imperial gallon": "英制加仑",
    "quart": "夸脱",
    "pint": "品脱",
    "imperial pint": "英制品脱",
    "cup": "杯",
    "fluid ounce": "液体盎司",
    "tablespoon": "汤匙",
    "teaspoon": "茶匙",
    "meter per second": "米每秒",
    "kilometer per hour": "公里每小时",
    "mile per hour": "英里每小时",
    "foot per second": "英尺每秒",
    "knot": "节",
    "second": "秒",
    "millisecond": "毫秒",
    "minute": "分钟",
    "hour": "小时",
    "day": "天",
    "week": "周",
    "fortnight": "个双周",
    "month": "个月",
    "year": "年",
    "decade": "个十年",
    "century": "个世纪",
    "byte": "字节",
    "bit": "比特",
    "kilobyte": "千字节",
    "megabyte": "兆字节",
    "gigabyte": "吉字节",
    "terabyte": "太字节",
    "kibibyte": "二进制千字节",
    "mebibyte": "二进制兆字节",
    "gibibyte": "二进制吉字节",
    "megabit": "兆比特",
    "gigabit": "吉比特",
    "kelvin": "开尔文",
    "degree Celsius": "摄氏度",
    "degree Fahrenheit": "华氏度",
}


def duration(seconds: float) -> str:
    """Say a length of time: "一小时五分钟"; half an hour after whole hours is "一个半小时"."""
    left = max(0, round(seconds))
    if left % 3600 == 1800 and 3600 < left < 86_400:
        return f"{counted(left // 3600)}个半小时"
    parts = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(counted(count) + unit)
    said = "".join(parts)
    # 三分 alone are three points or a third of a yuan; before seconds the short form is clear.
    return f"{said}钟" if said.endswith("分") else said or "零秒"


def remaining(seconds: float) -> str:
    """Say what is left, no finer than is useful: seconds only under ten minutes."""
    grain = 1 if seconds < 600 else 60
    return duration(max(1, round(seconds / grain) * grain))


def joined(parts: list[str]) -> str:
    """Join with pause marks and a last 和."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{'、'.join(parts[:-1])}和{parts[-1]}"


def clock_time(moment: datetime) -> str:
    """Say a time of day: "早上九点半", "中午十二点", "凌晨零点十分"."""
    return f"{_part(moment.hour)}{_face(moment)}"


def full_date(day: date) -> str:
    """Say a date with its weekday, a comma between: "四月二日" and "星期五"."""
    return f"{numeral(day.month)}月{numeral(day.day)}日{COMMA}{_weekday(day)}"


def relative_day(day: date, today: date) -> str:
    """Say a day as seen from today: "明天", "星期三", "下周一", a full date; a week begins on Monday."""
    away = (day - today).days
    if -2 <= away <= 2:
        return ("今天", "明天", "后天", "前天", "昨天")[away]
    if 2 < away < 7:
        return _weekday(day) if day.weekday() > today.weekday() else f"下周{WEEKDAYS[day.weekday()]}"
    year = "" if day.year == today.year or 0 < away < 180 else f"{one_by_one(str(day.year))}年"
    return f"{year}{full_date(day)}"


def relative_moment(moment: datetime, now: datetime) -> str:
    """Say day and time: "明天早上九点", "今天晚上十二点"."""
    local = moment.astimezone(now.tzinfo)
    if local.hour == local.minute == 0 and local.date() > now.date():
        # 明天零点 is heard as the end of tomorrow; the night that the hour belongs to is plain.
        return f"{_before_hour(local.date() - timedelta(days=1), now)}晚上十二点"
    return f"{_before_hour(local.date(), now)}{clock_time(local)}"


def event_time(moment: datetime | None) -> str:
    """Say when on its day something is; None is all day."""
    return "全天" if moment is None else clock_time(moment)


def digits(phone: str) -> str:
    """Say a telephone number digit by digit."""
    return one_by_one(phone).replace("+", "加")


def in_words(value: Fraction) -> Said:
    """Say a number: exactly if it ends within four decimals, else rounded."""
    shown = rounded(value)
    return Said(decimal(shown), Fraction(shown) == value)


def measure(number: Fraction, unit: Unit) -> str:
    """Say an amount: "两公里", "三点五磅", "零下五摄氏度"."""
    name = _OF_UNITS.get(unit.one, unit.one)
    if unit.kind == "temperature" and number < 0 and unit.one != "kelvin":
        return f"零下{in_words(-number).words}{name}"
    return (counted(2) if number == 2 else in_words(number).words) + name


def named_units() -> dict[str, str]:
    """Give our English names of units by their Chinese ones."""
    return {chinese.removeprefix("个"): english for english, chinese in _OF_UNITS.items()}


def _before_hour(day: date, now: datetime) -> str:
    # A comma after the weekday, which ends the date.
    said = relative_day(day, now.date())
    return said + COMMA if COMMA in said else said


def _weekday(day: date) -> str:
    return f"星期{WEEKDAYS[day.weekday()]}"


def _face(moment: datetime) -> str:
    hour = moment.hour if moment.hour == 0 else moment.hour % 12 or 12
    if moment.minute == 0:
        return f"{counted(hour)}点"
    if moment.minute == 30:
        return f"{counted(hour)}点半"
    return f"{counted(hour)}点{'零' if moment.minute < 10 else ''}{numeral(moment.minute)}分"


def _part(hour: int) -> str:
    parts = ((5, "凌晨"), (10, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
    return next(part for end, part in parts if hour < end)
