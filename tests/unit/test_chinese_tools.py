"""The wearable's own tools answer in the language of the phrase book."""
# ruff: noqa: RUF001  # Chinese has its own punctuation

from __future__ import annotations

import pytest

from edge.clocks import Clocks
from edge.phrasebook import Phrases
from edge.tools import AboutTools, BadArguments, ClockTools, SumTools, Tool, ToolResult, collect
from tests.wearable_fakes import FakeBattery, FakeDesk, FakeTime, MemoryClockStore


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ([("tell_time", {})], "现在是晚上八点。"),
        ([("tell_date", {})], "今天是十一月二十二日，星期日。"),
        ([("set_timer", {"minutes": 90})], "一个半小时的计时器设好了。"),
        ([("set_timer", {"minutes": 5, "name": "煮面"})], "五分钟的煮面计时器设好了。"),
        ([("set_timer", {"minutes": 5}), ("timer_status", {})], "五分钟的计时器还剩五分钟。"),
        ([("set_timer", {"minutes": 5}), ("cancel_timer", {"name": "五分钟"})], "五分钟的计时器取消了。"),
        ([("set_alarm", {"hour": 9, "part": "morning"})], "闹钟设好了，明天早上九点响。"),
        ([("set_alarm", {"hour": 9, "day": "next friday"}), ("list_alarms", {})], "你有一个闹钟，下周五早上九点。"),
        ([("calculate", {"question": "三加五等于多少"})], "等于八。"),
        ([("calculate", {"question": "八十的百分之十五是多少"})], "等于十二。"),
        ([("calculate", {"question": "十除以三"})], "大约等于三点三三三。"),
        ([("calculate", {"question": "九的平方根是多少"})], "等于三。"),
        ([("calculate", {"question": "六十的三分之二是多少"})], "等于四十。"),
        ([("convert", {"question": "五英里是多少公里"})], "五英里大约是八点零四七公里。"),
        ([("convert", {"question": "三十七摄氏度是多少华氏度"})], "三十七摄氏度等于九十八点六华氏度。"),
        ([("convert", {"question": "一百美元是多少人民币"})], "我还不会换算钱，我不知道今天的汇率。"),
        ([("status", {})], "手机在线。没有正在进行的任务。"),
    ],
)
def test_tools_answer_in_mandarin(calls: list[tuple[str, dict[str, object]]], said: str) -> None:
    now = FakeTime().now
    phrases = Phrases(now, "zh-CN")
    clocks = Clocks(MemoryClockStore(), 0.0)
    about = AboutTools(FakeDesk(), FakeBattery(), phrases)
    tools = collect(ClockTools(now, clocks, phrases), SumTools(phrases), about)
    *before, (last, arguments) = calls
    for name, given in before:
        tools[name].call(given)
    assert _answer(tools[last], arguments) == said


def _answer(asked: Tool, arguments: dict[str, object]) -> str:
    try:
        outcome = asked.call(arguments)
    except BadArguments as exc:
        return exc.say
    assert isinstance(outcome, ToolResult)
    return outcome.say
