"""Whole conversations in Mandarin: real loop, templates, tools, journals, link and companion."""
# ruff: noqa: RUF001  # Chinese has its own punctuation

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge import timeline
from tests.stage import Apps, stage


def send_message(**arguments: Any) -> dict[str, Any]:
    return {**arguments, "how": "sent"}


def add_to_list(**arguments: Any) -> dict[str, Any]:
    return arguments


async def test_a_timer_is_set_and_rings(tmp_path: Path) -> None:
    async with stage(tmp_path, language="zh-CN") as wearer:
        await wearer.say("设一个一秒钟的煮面计时器")
        assert await wearer.hears() == "一秒的煮面计时器设好了。"
        assert await wearer.hears() == "煮面计时器到时间了。"
    assert [call.tool for call in wearer.of(timeline.Call)] == ["set_timer"]


async def test_a_message_goes_out_only_after_a_yes_to_exactly_these_words(tmp_path: Path) -> None:
    apps = Apps({"messages.send_message": send_message})
    async with stage(tmp_path, apps, language="zh-CN") as wearer:
        await wearer.say("给小明发消息说我迟到了")
        question = await wearer.next(timeline.Spoken)
        assert question.kind == "question"
        assert question.text == "给王小明的消息：我迟到了。要发送吗？"
        await wearer.next(timeline.Quiet, question_open=True)
        assert apps.calls == []
        await wearer.say("好的")
        assert await wearer.hears() == "任务完成。给王小明的消息发出去了。"
    assert apps.calls == [("messages.send_message", {"to": "王小明", "text": "我迟到了"})]


async def test_no_and_stop_and_silence_send_nothing(tmp_path: Path) -> None:
    apps = Apps({"messages.send_message": send_message})
    async with stage(tmp_path, apps, language="zh-CN", answer_within_s=2.0) as wearer:
        for answer in ("取消", "停", "算了吧"):
            await wearer.say("告诉安娜我迟到了")
            await wearer.next(timeline.Spoken, kind="question")
            await wearer.say(answer)
            assert await wearer.hears() == "好的，不给安娜发消息。"
        await wearer.say("告诉安娜我迟到了")
        await wearer.next(timeline.Spoken, kind="question")
        assert await wearer.hears() == "我没有听到同意，所以不给安娜发消息。"
        await wearer.say("是的")
        assert await wearer.hears() == "我没有在等你回答。"
    assert apps.calls == []


async def test_stop_ends_what_is_being_said(tmp_path: Path) -> None:
    note = "one two three four five six seven eight nine ten " * 5
    apps = Apps({"notes.read_notes": lambda: {"notes": [note]}})
    async with stage(tmp_path, apps, language="zh-CN") as wearer:
        await wearer.say("读一下我的笔记")
        await wearer.is_answering()
        await wearer.say("别说了")
        spoken = await wearer.next(timeline.Spoken)
        assert spoken.text.startswith("你有一条笔记：")
        assert len(spoken.heard) < len(spoken.text)
        await wearer.say("谢谢")
        assert await wearer.hears() == "不客气。"


async def test_an_errand_waits_for_a_phone_that_is_away(tmp_path: Path) -> None:
    async with stage(tmp_path, language="zh-CN") as wearer:
        await wearer.say("把牛奶加到购物清单")
        assert await wearer.hears() == "手机不在。等它回来，我让它把牛奶放进购物清单。"
    apps = Apps({"notes.add_to_list": add_to_list})
    async with stage(tmp_path, apps, language="zh-CN") as wearer:
        assert await wearer.hears() == "任务完成。牛奶放进购物清单了。"
    assert apps.calls == [("notes.add_to_list", {"item": "牛奶", "list_name": "购物"})]


async def test_what_was_not_understood_does_nothing_and_says_so_in_few_words(tmp_path: Path) -> None:
    async with stage(tmp_path, Apps({}), language="zh-CN") as wearer:
        await wearer.say("我昨天去了一家很好的餐厅")
        assert await wearer.hears() == "这个我不会。"
        await wearer.say("把牛奶加到购物清单", confidence=0.3)
        assert await wearer.hears() == "我没听清。"
        assert wearer.of(timeline.ErrandMoved) == []
