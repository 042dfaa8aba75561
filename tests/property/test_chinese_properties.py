"""What we say in Mandarin is understood as what we said, and any text is understood in bounded time or not at all."""

# ruff: noqa: RUF001  # Chinese has its own punctuation

from __future__ import annotations

import time
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.chinese_number import counted, numeral, read_number
from edge.chinese_sums import conversion_in_english, sum_in_english
from edge.chinese_wording import ChineseWording
from edge.chinese_words import clock_time, duration, in_words, relative_day, relative_moment
from edge.fast_path import MAX_WORDS, FastPath
from edge.sums import reckon
from edge.templates import read_yaml
from edge.when import resolve, resolve_loosely

FAST_PATH = FastPath("zh-CN", ("安娜", "Ben Miller"), ("购物", "待办"))
WORDING = ChineseWording.of(read_yaml("zh-CN", "polite"))
LONGEST_S = 2.0
"""Seconds of computing for one match: for machines that do much else."""
SHANGHAI = ZoneInfo("Asia/Shanghai")
"""No clock changes: what is said and understood there is the same to the minute."""
nows = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
)
sparse = st.dictionaries(st.integers(0, 11), st.integers(1, 9), max_size=3).map(
    lambda digits: sum(digit * 10**place for place, digit in digits.items())
)
"""Numbers with zeros inside, which are said with 零."""
command_characters = st.sampled_from(
    "请提醒我明天早上九点半给安娜发消息说把牛奶加到购物清单设一个五分钟的计时器取消闹钟音量大声停好不要谢了"
)
texts = st.text(max_size=120) | st.text(
    "零一二两三十百点半分钟小时今明后天早晚上下周的我你在了吗说 0123456789:.%，。", max_size=60
)


@given(st.integers(-(10**11), 10**11) | sparse)
def test_a_number_that_we_write_is_read_as_itself(value: int) -> None:
    assert read_number(numeral(value)) == value
    assert value < 0 or read_number(counted(value)) == value


@given(st.fractions(-10_000, 10_000))
def test_a_number_that_we_say_in_full_is_read_as_itself(value: Fraction) -> None:
    said = in_words(value)
    assert (read_number(said.words) == value) == said.exact


@given(st.text("零〇一二两三十百千万亿点负.0123456789", max_size=12))
def test_any_heap_of_numerals_is_a_number_or_none(text: str) -> None:
    value = read_number(text)
    assert value is None or isinstance(value, Fraction)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 86_399))
def test_a_length_of_time_that_we_say_sets_a_timer_of_that_length(seconds: int) -> None:
    call = FAST_PATH.match(f"设一个{duration(seconds)}的计时器")
    assert call is not None
    assert call.tool == "set_timer"
    given_ = {name: int(value) for name, value in call.arguments.items()}
    assert given_.get("hours", 0) * 3600 + given_.get("minutes", 0) * 60 + given_.get("seconds", 0) == seconds


@settings(deadline=None, max_examples=60)
@given(nows, st.integers(0, 23), st.integers(0, 59))
def test_a_time_that_we_say_is_understood_as_the_same_time(now: datetime, hour: int, minute: int) -> None:
    call = FAST_PATH.match(f"{clock_time(now.replace(hour=hour, minute=minute))}提醒我给银行打电话")
    assert call is not None
    assert call.tool == "add_reminder"
    assert call.arguments["what"] == "给银行打电话"
    moment = _moment(dict(call.arguments), now)
    assert (moment.hour, moment.minute) == (hour, minute)


@settings(deadline=None, max_examples=60)
@given(nows, st.integers(1, 6 * 1440))
def test_a_moment_that_we_say_is_understood_as_the_same_moment(now: datetime, minutes: int) -> None:
    moment = now + timedelta(minutes=minutes)
    call = FAST_PATH.match(f"{relative_moment(moment, now)}提醒我给银行打电话")
    assert call is not None
    assert call.arguments["what"] == "给银行打电话"
    assert _moment(dict(call.arguments), now) == moment


@settings(deadline=None, max_examples=30)
@given(nows, st.integers(1, 6))
def test_a_midnight_that_we_say_is_understood_as_the_same_midnight(now: datetime, days: int) -> None:
    midnight = now.replace(hour=0, minute=0) + timedelta(days=days)
    call = FAST_PATH.match(f"{relative_moment(midnight, now)}提醒我给银行打电话")
    assert call is not None
    assert _moment(dict(call.arguments), now) == midnight


@settings(deadline=None, max_examples=30)
@given(nows, st.integers(0, 6))
def test_a_day_that_we_say_is_understood_as_the_same_day(now: datetime, days: int) -> None:
    day = (now + timedelta(days=days)).date()
    call = FAST_PATH.match(f"取消{relative_day(day, now.date())}早上八点的闹钟")
    assert call is not None
    assert call.tool == "cancel_alarm"
    if days:
        assert _moment(dict(call.arguments), now).date() == day


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 100))
def test_a_volume_that_we_say_is_understood(percent: int) -> None:
    call = FAST_PATH.match(f"音量调到百分之{numeral(percent)}")
    assert call is not None
    assert call.arguments == {"percent": percent}


@given(texts)
def test_evening_out_is_done_once(text: str) -> None:
    plain = WORDING.plain(text)
    assert WORDING.plain(WORDING.written(plain)) == plain
    assert plain == " ".join(plain.split())


@settings(deadline=None, max_examples=150)
@given(texts, st.booleans())
def test_any_text_gives_a_call_or_none(text: str, expects_answer: bool) -> None:
    call = FAST_PATH.match(text, expects_answer=expects_answer)
    assert call is None or call.tool


@settings(deadline=None, max_examples=80)
@given(st.lists(command_characters, max_size=MAX_WORDS + 5))
def test_any_heap_of_command_characters_takes_bounded_time_and_gives_the_same_twice(characters: list[str]) -> None:
    text = "".join(characters)
    start = time.process_time()
    call = FAST_PATH.match(text)
    assert time.process_time() - start < LONGEST_S
    assert FAST_PATH.match(text) == call
    assert call is None or len(characters) <= MAX_WORDS


@given(texts)
def test_any_question_can_be_put_into_english(text: str) -> None:
    assert isinstance(sum_in_english(text), str)
    assert isinstance(conversion_in_english(text), str)


@given(st.integers(0, 10_000), st.integers(1, 10_000), st.sampled_from(["加", "减去", "乘以", "除以"]))
def test_sums_in_characters_are_reckoned(one: int, other: int, sign: str) -> None:
    right = {"加": one + other, "减去": one - other, "乘以": one * other, "除以": Fraction(one, other)}
    assert reckon(f"{numeral(one)}{sign}{numeral(other)}等于多少") == right[sign]


def _moment(arguments: dict[str, str | int], now: datetime) -> datetime:
    arguments.pop("what", None)
    named = {"day": "", "hour": None, "minute": 0, "part": ""} | arguments
    if named["hour"] is None:
        loosely = resolve_loosely(named["day"], None, 0, named["part"], now)  # type: ignore[arg-type]  # of a template
        assert loosely is not None
        return loosely
    return resolve(**named, now=now)  # type: ignore[arg-type]  # as the tools are given them, checked by msgspec there
