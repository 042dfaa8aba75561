# ruff: noqa: RUF001  # Chinese has its own punctuation

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from edge.chinese_number import counted, numeral, one_by_one, read_number
from edge.chinese_words import (
    clock_time,
    digits,
    duration,
    event_time,
    full_date,
    in_words,
    joined,
    measure,
    relative_day,
    relative_moment,
    remaining,
)
from edge.units import units

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=SHANGHAI)
"""A Sunday, the last day of its week."""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "零"),
        (2, "二"),
        (10, "十"),
        (25, "二十五"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (12_000, "一万二千"),
        (10_010, "一万零一十"),
        (100_000_005, "一亿零五"),
        (-7, "负七"),
    ],
)
def test_numbers(value: int, said: str) -> None:
    assert numeral(value) == said
    assert read_number(said) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("一百五", 150),
        ("两千三", 2300),
        ("三万五", 35_000),
        ("二零二六", 2026),
        ("3万", 30_000),
        ("两百", 200),
        ("三点一四", Fraction("3.14")),
        ("负二点五", Fraction("-2.5")),
        ("", None),
        ("点五", None),
        ("三点", None),
        ("百", None),
        ("十万亿的", None),
        ("五十六十", None),
    ],
)
def test_numbers_as_people_say_them(said: str, value: Fraction | int | None) -> None:
    assert read_number(said) == value


def test_two_has_its_own_word_before_things() -> None:
    assert [counted(2), counted(12), counted(22)] == ["两", "十二", "二十二"]
    assert one_by_one("2027") == "二零二七"
    assert digits("+49170") == "加四九一七零"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (60, "一分钟"),
        (90, "一分三十秒"),
        (120, "两分钟"),
        (1800, "三十分钟"),
        (3600, "一小时"),
        (5400, "一个半小时"),
        (9000, "两个半小时"),
        (7500, "两小时五分钟"),
        (0, "零秒"),
        (93_784, "一天两小时三分四秒"),
    ],
)
def test_durations(seconds: int, said: str) -> None:
    assert duration(seconds) == said


def test_what_is_left_is_no_finer_than_useful() -> None:
    assert [remaining(0.2), remaining(61.4), remaining(3629)] == ["一秒", "一分一秒", "一小时"]


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 0, "凌晨零点"),
        (0, 10, "凌晨零点十分"),
        (5, 5, "早上五点零五分"),
        (9, 30, "早上九点半"),
        (11, 15, "上午十一点十五分"),
        (12, 0, "中午十二点"),
        (14, 0, "下午两点"),
        (18, 0, "晚上六点"),
        (23, 59, "晚上十一点五十九分"),
    ],
)
def test_times_of_day(hour: int, minute: int, said: str) -> None:
    moment = NOW.replace(hour=hour, minute=minute)
    assert clock_time(moment) == event_time(moment) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 20), "前天"),
        (date(2026, 11, 21), "昨天"),
        (date(2026, 11, 22), "今天"),
        (date(2026, 11, 23), "明天"),
        (date(2026, 11, 24), "后天"),
        (date(2026, 11, 28), "下周六"),
        (date(2026, 11, 29), "十一月二十九日，星期日"),
        (date(2027, 11, 22), "二零二七年十一月二十二日，星期一"),
    ],
)
def test_days_as_seen_from_a_sunday(day: date, said: str) -> None:
    assert relative_day(day, NOW.date()) == said


def test_days_of_this_week_have_no_next() -> None:
    assert relative_day(date(2026, 11, 27), date(2026, 11, 23)) == "星期五"


def test_moments() -> None:
    assert relative_moment(NOW + timedelta(hours=13), NOW) == "明天早上九点"
    assert relative_moment(NOW + timedelta(hours=4), NOW) == "今天晚上十二点"
    assert relative_moment(NOW + timedelta(hours=28, minutes=10), NOW) == "后天凌晨零点十分"
    assert relative_moment(NOW - timedelta(hours=20), NOW) == "今天凌晨零点"
    assert relative_moment(NOW + timedelta(days=7), NOW) == "十一月二十九日，星期日，晚上八点"


def test_dates_and_lists() -> None:
    assert full_date(NOW.date()) == "十一月二十二日，星期日"
    assert [joined([]), joined(["茶"]), joined(["茶", "蛋", "米"])] == ["", "茶", "茶、蛋和米"]
    assert event_time(None) == "全天"


def test_amounts() -> None:
    named = {name: meant[0] for name, meant in units().items()}
    assert measure(Fraction(2), named["kilometer"]) == "两公里"
    assert measure(Fraction(-5), named["celsius"]) == "零下五摄氏度"
    assert in_words(Fraction(1, 3)).words == "零点三三三三"
    assert not in_words(Fraction(1, 3)).exact


def test_every_unit_has_a_chinese_name() -> None:
    for meant in units().values():
        for unit in meant:
            assert not any(letter.isascii() for letter in measure(Fraction(3), unit))
