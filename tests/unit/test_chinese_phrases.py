"""Holds the Mandarin phrases against the English ones and against spoken truth, and hears what they say."""
# ruff: noqa: RUF001  # Chinese has its own punctuation

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.clocks import Alarm, Due, Reminder, Timer
from edge.phrase_lines import Lines, slots_in
from edge.phrasebook import Phrases
from edge.tools import ErrandRequest
from edge.truth import claims_effect
from firmware_bridge.errands import Errand, State
from tests.errand_samples import ERRANDS, NINE, REASONS
from tests.wearable_fakes import SUNDAY_EVENING, FakeTime

FOLDER = Path(__file__).parents[2] / "edge" / "phrases"
ENGLISH, MANDARIN = Lines.load(FOLDER / "en.toml"), Lines.load(FOLDER / "zh-CN.toml")
CLAIM = re.compile("完成|好了|取消了|掉了|出去了|设好|记下了|放进了|成功")
NOT_SPOKEN = re.compile(r"\.(list|choose|join)$")
PARTS = re.compile(r"\.(task|item)$|^list\.(more|cut)|^clock\.timer_l|^consent\.(argument|some|it|nothing)$")
SAID = {
    "calendar.add_event": "牙医放进明天早上九点的日历了。",
    "calendar.list_events": "明天日历里有一个安排：早上九点牙医。",
    "calendar.remove_event": "明天早上九点的牙医从日历里去掉了。",
    "reminders.add_reminder": "明天早上九点我会提醒你给妈妈打电话。",
    "reminders.list_reminders": "你有一个提醒：明天早上九点给妈妈打电话。",
    "contacts.find_contact": "安娜的号码是五五五一二。",
    "messages.send_message": "给安娜的消息在手机的发件箱里等着。",
    "messages.read_messages": "有两条消息。安娜写道：你在哪？安娜写道：快来。",
    "notes.read_list": "购物清单里有：牛奶、鸡蛋、茶和另外两个。",
}
RESULTS: dict[str, dict[str, Any]] = {
    "calendar.add_event": {"title": "牙医", "start": NINE, "all_day": False},
    "calendar.list_events": {"day": "2026-11-23", "events": [{"title": "牙医", "start": NINE, "all_day": False}]},
    "calendar.remove_event": {"title": "牙医", "start": NINE},
    "reminders.add_reminder": {"what": "给妈妈打电话", "due": NINE},
    "reminders.list_reminders": {"reminders": [{"what": "给妈妈打电话", "due": NINE}]},
    "contacts.find_contact": {"name": "安娜", "phone": "55512", "email": None},
    "messages.send_message": {"to": "安娜", "text": "晚点", "how": "outbox"},
    "messages.read_messages": {
        "messages": [{"sender": "安娜", "text": "你在哪？", "at": NINE}, {"sender": "安娜", "text": "快来", "at": NINE}]
    },
    "notes.read_list": {"list_name": "购物", "items": ["牛奶", "鸡蛋", "茶", "米", "面"]},
}


@pytest.fixture
def phrases() -> Phrases:
    """Give the Mandarin phrases on Sunday, 22 November 2026, 20:00."""
    return Phrases(FakeTime().now, "zh")


def test_both_languages_have_the_same_sentences() -> None:
    assert MANDARIN.names() == ENGLISH.names()


@pytest.mark.parametrize("key", sorted(ENGLISH.names()))
def test_a_sentence_says_the_same_values_in_both_languages(key: str) -> None:
    assert [slots_in(line) for line in MANDARIN.get(key)] == [slots_in(line) for line in ENGLISH.get(key)]


@pytest.mark.parametrize("key", sorted(MANDARIN.names()))
def test_no_line_is_left_in_english(key: str) -> None:
    for line in MANDARIN.get(key):
        if not NOT_SPOKEN.search(key):
            assert not re.search("[A-Za-z]", re.sub(r"{\w+}", "", line)), line
            assert PARTS.search(key) or line.endswith(("。", "？", "{question}", "{ended}", "{items}", "{running}"))
        else:
            assert MANDARIN.get(key) == ENGLISH.get(key) or key.endswith(".join")


@pytest.mark.parametrize("key", sorted(MANDARIN.names()))
def test_a_deed_is_claimed_only_where_it_was_done(key: str) -> None:
    # What rang has rung; a prompt and a quotation are no words of ours.
    if {"completed"} & set(key.split(".")) or key.startswith(("rang.", "model.")) or key.endswith("read_messages.item"):
        return
    for line in MANDARIN.get(key):
        assert not claims_effect(line), line
        assert CLAIM.search(re.sub(r"{\w+}", "", line)) is None, line


def test_a_message_in_the_outbox_is_never_said_to_be_sent() -> None:
    for key in ("outbox", "other"):
        assert not any(claims_effect(line) for line in MANDARIN.get(f"tools.messages.send_message.completed.{key}"))
    assert all(claims_effect(line) for line in MANDARIN.get("tools.messages.send_message.completed.sent"))


@pytest.mark.parametrize("tool", SAID)
def test_the_end_is_told_from_the_record(phrases: Phrases, tool: str) -> None:
    completed = Errand("0" * 32, tool, ERRANDS[tool][0], 0.0, State.COMPLETED, RESULTS[tool])
    assert phrases.ended(completed) == SAID[tool]
    assert phrases.ended(completed, announce=True) == f"任务完成。{SAID[tool]}"


@pytest.mark.parametrize("tool", [*ERRANDS, "weather.now", ""])
@pytest.mark.parametrize("state", sorted(State))
def test_every_end_has_a_sentence_whatever_the_reason(phrases: Phrases, tool: str, state: State) -> None:
    for reason in REASONS:
        record = Errand("0" * 32, tool, ERRANDS.get(tool, ({}, {}))[0], 0.0, state, {}, reason)
        said, announced = phrases.ended(record), phrases.ended(record, announce=True)
        assert said.endswith(("。", "？"))
        assert said != MANDARIN.get("generic")[0]
        assert announced.startswith("任务完成") == (state is State.COMPLETED)


def test_questions_hold_every_argument(phrases: Phrases) -> None:
    message = ErrandRequest("messages.send_message", {"to": "安娜", "text": "我迟到了"})
    assert phrases.read_back(message) == "给安娜的消息：我迟到了。要发送吗？"
    assert phrases.read_back(message, again=True) == "请说是或者不是。给安娜的消息：我迟到了。要发送吗？"
    strange = ErrandRequest("bank.pay", {"amount": 5, "to": "", "": None})
    assert phrases.read_back(strange) == "我要运行bank pay，amount：5、to：空和某项：null。可以吗？"
    assert phrases.not_approved("refused", message) == "好的，不给安娜发消息。"


def test_what_rings_is_told(phrases: Phrases) -> None:
    at = (SUNDAY_EVENING - timedelta(hours=1)).timestamp()
    assert phrases.rang(Due(Timer(1, "", 5400.0, at), False)) == "一个半小时的计时器到时间了。"
    assert phrases.rang(Due(Timer(1, "煮面", 60.0, at), False)) == "煮面计时器到时间了。"
    assert phrases.rang(Due(Alarm(1, at), False)) == "现在是晚上八点，闹钟响了。"
    assert phrases.rang(Due(Reminder(1, "买牛奶", at), True)) == "今天晚上七点我关机了，现在提醒你：买牛奶。"


def test_two_things_are_counted_with_their_own_word(phrases: Phrases) -> None:
    assert phrases.say("about.errands", count=2) == "有两个任务正在进行。"
    assert phrases.say("sound.volume", percent=2) == "音量是百分之二。"
