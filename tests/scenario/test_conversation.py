"""Whole conversations: real loop, tools, journals, link and companion; only sound and words are faked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from edge import timeline
from firmware_bridge.errands import State
from models.asr import Partial
from tests.stage import Apps, phone, stage


def add_event(**arguments: Any) -> dict[str, Any]:
    return arguments


def send_message(**arguments: Any) -> dict[str, Any]:
    return {**arguments, "how": "outbox"}


async def test_the_time_is_told_without_a_phone(tmp_path: Path) -> None:
    async with stage(tmp_path) as wearer:
        await wearer.say("what time is it")
        spoken = await wearer.next(timeline.Spoken)
        assert spoken.text.startswith("It is ")
        assert spoken.kind == "answer"
        assert spoken.first_sound_ms is not None
        assert spoken.first_sound_ms >= 500  # the silence that ends an utterance is part of it


async def test_a_recogniser_that_lags_behind_does_not_cut_a_command_at_its_pause(tmp_path: Path) -> None:
    async with stage(tmp_path) as wearer:
        await wearer.say_with_a_pause("what time is it please", known="what time is it")
        await wearer.hears()
        await wearer.next(timeline.Quiet)
        assert [heard.text for heard in wearer.of(timeline.HeardWords)] == ["what time is it please"]


async def test_words_that_are_no_command_are_looked_at_closer_in_the_pause_and_a_command_is_not(tmp_path: Path) -> None:
    async with stage(tmp_path) as wearer:
        await wearer.say("what time is it", partials=[Partial("what i miss it", "")])
        await wearer.hears()
        assert wearer.looks == 1
        await wearer.next(timeline.Quiet)
        await wearer.say("what time is it", partials=[Partial("what time is it", "")])
        await wearer.hears()
        assert wearer.looks == 1


async def test_an_errand_that_ends_at_once_is_the_answer_and_is_told_once(tmp_path: Path) -> None:
    apps = Apps({"calendar.add_event": add_event})
    async with stage(tmp_path, apps) as wearer:
        await wearer.say("put dentist in my calendar for tomorrow at nine")
        spoken = await wearer.next(timeline.Spoken)
        assert spoken.text.startswith("Task completed. ")
        assert "dentist" in spoken.text.lower()
        await wearer.next(timeline.Quiet)
        assert len(wearer.of(timeline.Spoken)) == 1
    assert [tool for tool, _ in apps.calls] == ["calendar.add_event"]


async def test_a_slow_errand_is_acknowledged_and_announced_at_a_pause(tmp_path: Path) -> None:
    replied = asyncio.Event()

    async def wait_for_reply(sender: str) -> dict[str, Any]:
        await replied.wait()
        return {"sender": sender, "text": "see you at seven"}

    async with stage(tmp_path, Apps({"messages.wait_for_reply": wait_for_reply})) as wearer:
        await wearer.say("tell me when ben replies")
        assert not (await wearer.hears()).startswith("Task completed")
        replied.set()
        await wearer.say("what time is it", seconds=3)
        assert (await wearer.hears()).startswith("It is ")
        announced = await wearer.next(timeline.Spoken)
        assert announced.kind == "announcement"
        assert announced.text.startswith("Task completed. ")
        assert "see you at seven" in announced.text


async def test_a_message_goes_out_only_after_a_yes_to_exactly_these_words(tmp_path: Path) -> None:
    apps = Apps({"messages.send_message": send_message})
    async with stage(tmp_path, apps) as wearer:
        await wearer.say("tell anna i am running late")
        question = await wearer.next(timeline.Spoken)
        assert question.kind == "question"
        assert "i am running late" in question.text.lower()
        await wearer.next(timeline.Quiet, question_open=True)
        assert apps.calls == []
        await wearer.say("yes")
        assert (await wearer.hears()).startswith("Task completed. ")
    assert apps.calls == [("messages.send_message", {"to": "anna", "text": "i am running late"})]


async def test_no_and_silence_and_a_yes_that_came_too_early_send_nothing(tmp_path: Path) -> None:
    apps = Apps({"messages.send_message": send_message})
    async with stage(tmp_path, apps, answer_within_s=2.0) as wearer:
        await wearer.say("tell anna i am running late")
        await wearer.next(timeline.Spoken, kind="question")
        await wearer.say("no")
        assert (await wearer.hears()).startswith("All right")
        await wearer.say("tell anna i am running late")
        await wearer.next(timeline.Spoken, kind="question")
        assert (await wearer.hears()).startswith("I heard no yes")
        await wearer.say("yes")
        assert (await wearer.hears()) == "I have no open question for you."
    assert apps.calls == []


async def test_speech_cancels_the_answer_and_history_keeps_only_what_was_heard(tmp_path: Path) -> None:
    async with stage(tmp_path) as wearer:
        await wearer.say("what can you do")
        await wearer.is_answering()
        await wearer.say("stop")
        spoken = await wearer.next(timeline.Spoken)
        assert spoken.text.startswith(spoken.heard)
        assert len(spoken.heard) < len(spoken.text)
        await wearer.next(timeline.Turn)
        await wearer.say("what time is it")
        assert (await wearer.hears()).startswith("It is ")


async def test_a_cough_does_not_end_a_turn_that_thinks(tmp_path: Path) -> None:
    finish = asyncio.Event()

    async def slow(**arguments: Any) -> dict[str, Any]:
        await finish.wait()
        return arguments

    async with stage(tmp_path, Apps({"calendar.add_event": slow}), quick_s=10.0) as wearer:
        await wearer.say("put dentist in my calendar for tomorrow at nine")
        await wearer.next(timeline.Call)
        await wearer.say("mumble", confidence=0.1)
        await wearer.next(timeline.HeardWords, understood=False)
        finish.set()
        assert (await wearer.hears()).startswith("Task completed. ")


async def test_what_was_not_understood_does_nothing_and_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, Apps({})) as wearer:
        await wearer.say("colourless green ideas sleep")
        assert (await wearer.hears()) == "I don't know how to do that."
        await wearer.say("put dentist in my calendar for tomorrow at nine", confidence=0.3)
        assert (await wearer.hears()) == "I did not catch that."
        assert wearer.of(timeline.ErrandMoved) == []


async def test_silence_and_noise_are_not_answered(tmp_path: Path) -> None:
    async with stage(tmp_path) as wearer:
        await wearer.say("", confidence=0.0)
        await wearer.next(timeline.Quiet)
        assert wearer.of(timeline.Spoken) == []


async def test_an_errand_waits_for_a_phone_that_is_away_and_survives_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as wearer:
        await wearer.say("put dentist in my calendar for tomorrow at nine")
        assert (await wearer.hears()).startswith("Your phone is not here.")
    apps = Apps({"calendar.add_event": add_event})
    async with stage(tmp_path, apps) as wearer:
        announced = await wearer.next(timeline.Spoken)
        assert announced.kind == "announcement"
        assert announced.text.startswith("Task completed. ")
    async with stage(tmp_path, apps) as wearer:
        await wearer.next(timeline.Quiet)
        assert wearer.of(timeline.Spoken) == []
    assert len(apps.calls) == 1


async def test_a_phone_that_dies_in_the_middle_ends_the_errand_once_when_it_is_back(tmp_path: Path) -> None:
    died = asyncio.Event()

    async def die(**_: Any) -> dict[str, Any]:
        died.set()
        await asyncio.Event().wait()
        return {}

    async with stage(tmp_path) as wearer, asyncio.TaskGroup() as tasks:
        first = tasks.create_task(phone(tmp_path, Apps({"calendar.add_event": die}), wearer.loopback))
        await wearer.next(timeline.Link, up=True)
        await wearer.say("put dentist in my calendar for tomorrow at nine")
        await died.wait()
        first.cancel()
        await asyncio.wait([first])
        apps = Apps({"calendar.add_event": add_event})
        second = tasks.create_task(phone(tmp_path, apps, wearer.loopback))
        ended = await wearer.next(timeline.ErrandMoved, state=State.COMPLETED)
        announced = await wearer.next(timeline.Spoken, errand=ended.id)
        assert announced.text.startswith("Task completed. ")
        second.cancel()
    assert len(apps.calls) == 1


async def test_a_timer_rings_at_a_pause_also_after_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as wearer:
        await wearer.say("set a timer for one second")
        assert "is set" in await wearer.hears()
        rang = await wearer.next(timeline.Spoken)
        assert rang.kind == "announcement"
        assert "has ended" in rang.text
        await wearer.say("set a timer for two seconds")
        assert "is set" in await wearer.hears()
    async with stage(tmp_path) as wearer:
        assert "ended" in await wearer.hears()


async def test_an_errand_is_cancelled_by_voice_and_that_is_told(tmp_path: Path) -> None:
    async def wait_for_reply(sender: str) -> dict[str, Any]:
        await asyncio.Event().wait()
        return {"sender": sender, "text": ""}

    async with stage(tmp_path, Apps({"messages.wait_for_reply": wait_for_reply})) as wearer:
        await wearer.say("tell me when ben replies")
        await wearer.hears()
        await wearer.say("cancel that errand")
        await wearer.next(timeline.Call, tool="cancel_errand")
        await wearer.next(timeline.ErrandMoved, state=State.CANCELLED)
        told = [await wearer.hears(), await wearer.hears()]
        assert any(line.startswith("Task cancelled.") for line in told)


async def test_without_barge_in_our_own_voice_is_not_an_utterance(tmp_path: Path) -> None:
    async with stage(tmp_path, barge_in=False) as wearer:
        await wearer.say("what can you do")
        await wearer.is_answering()
        await wearer.say("what time is it")
        spoken = await wearer.next(timeline.Spoken)
        assert spoken.heard == spoken.text
        assert len(wearer.of(timeline.Call)) == 1


async def test_an_engine_that_breaks_costs_one_turn(tmp_path: Path) -> None:
    async with stage(tmp_path) as wearer:
        wearer.break_recogniser_once()
        await wearer.say("what time is it")
        assert "out of order" in (await wearer.next(timeline.Problem)).text
        wearer.break_voice_once()
        await wearer.say("what time is it")
        assert (await wearer.hears()).startswith("Sorry")
        await wearer.say("what time is it")
        assert (await wearer.hears()).startswith("It is ")
