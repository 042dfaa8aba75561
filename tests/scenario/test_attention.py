"""Whom we listen to, and when: wake word, button, open window, question, coughs and "stop"; real loop and tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge import timeline
from tests.stage import Apps, Stage, stage


def send_message(**arguments: Any) -> dict[str, Any]:
    return {**arguments, "how": "outbox"}


async def asleep(wearer: Stage) -> None:
    await wearer.next(timeline.Attention, listens=False)


async def test_without_the_wake_word_nothing_is_recognised_or_done(tmp_path: Path) -> None:
    async with stage(tmp_path, attention="wake") as wearer:
        await asleep(wearer)
        await wearer.talk(2.0)
        await wearer.next(timeline.Quiet)
        assert not wearer.of(timeline.Partial)
        assert not wearer.of(timeline.HeardWords)
        assert not wearer.of(timeline.Spoken)


async def test_the_wake_word_and_the_command_may_be_one_breath_and_the_next_needs_no_wake_word(tmp_path: Path) -> None:
    async with stage(tmp_path, attention="wake") as wearer:
        await asleep(wearer)
        await wearer.wake_and_say("what time is it")
        await wearer.next(timeline.Attention, listens=True, why="wake word")
        assert (await wearer.hears()).startswith("It is ")
        await wearer.say("what day is it today")
        assert (await wearer.hears()).startswith("Today is ") or wearer.of(timeline.Spoken)
        assert len(wearer.of(timeline.Call)) == 2


async def test_after_thanks_and_after_silence_nobody_listens(tmp_path: Path) -> None:
    async with stage(tmp_path, attention="wake") as wearer:
        await wearer.wake_and_say("what time is it")
        await wearer.hears()
        await wearer.say("thank you")
        await wearer.hears()
        await asleep(wearer)
        await wearer.wake_and_say("what time is it")
        await wearer.hears()
        closed = await wearer.next(timeline.Attention, listens=False, why="over")
        assert closed.at_s - wearer.of(timeline.Spoken)[-1].at_s >= 5.5


async def test_silence_is_counted_from_the_end_of_what_we_said_unasked(tmp_path: Path) -> None:
    apps = Apps({"messages.wait_for_reply": lambda **_: {"sender": "Ben", "text": "yes"}})
    async with stage(tmp_path, apps, attention="wake") as wearer:
        await wearer.wake_and_say("let me know when ben replies")
        await wearer.hears()
        news = await wearer.next(timeline.Spoken, kind="announcement")
        closed = await wearer.next(timeline.Attention, listens=False, why="over")
        assert closed.at_s - news.at_s >= 5.5


async def test_talk_to_somebody_else_closes_the_window_without_a_word(tmp_path: Path) -> None:
    async with stage(tmp_path, attention="wake") as wearer:
        await wearer.wake_and_say("what time is it")
        await wearer.hears()
        await wearer.say("colourless green ideas sleep")
        await asleep(wearer)
        await wearer.next(timeline.Quiet)
        assert len(wearer.of(timeline.Spoken)) == 1


async def test_what_was_said_right_after_the_wake_word_deserves_an_excuse_once(tmp_path: Path) -> None:
    async with stage(tmp_path, attention="wake") as wearer:
        await wearer.wake()
        await wearer.is_answering()  # the tone that says: I listen
        await wearer.say("mumble", confidence=0.2)
        assert (await wearer.hears()) == "I did not catch that."
        await wearer.say("mumble", confidence=0.2)
        await asleep(wearer)
        assert len(wearer.of(timeline.Spoken)) == 1


async def test_an_answer_to_our_question_needs_no_wake_word(tmp_path: Path) -> None:
    apps = Apps({"messages.send_message": send_message})
    async with stage(tmp_path, apps, attention="wake") as wearer:
        await wearer.wake_and_say("tell anna i am running late")
        await wearer.next(timeline.Spoken, kind="question")
        await wearer.next(timeline.Quiet, question_open=True)
        await wearer.say("yes")
        assert (await wearer.hears()).startswith("Task completed. ")
    assert len(apps.calls) == 1


async def test_the_button_wakes_and_while_we_speak_it_stops(tmp_path: Path) -> None:
    async with stage(tmp_path, attention="wake") as wearer:
        await asleep(wearer)
        wearer.press()
        await wearer.next(timeline.Attention, listens=True, why="button")
        await wearer.say("what can you do")
        await wearer.next(timeline.Call)
        await wearer.is_answering()
        wearer.press()
        spoken = await wearer.next(timeline.Spoken)
        assert len(spoken.heard) < len(spoken.text)
        await asleep(wearer)


async def test_a_cough_holds_the_answer_for_a_moment_and_all_of_it_is_heard(tmp_path: Path) -> None:
    async with stage(tmp_path) as wearer:
        await wearer.say("what can you do")
        await wearer.is_answering()
        await wearer.say("", confidence=0.0, seconds=0.3)
        spoken = await wearer.next(timeline.Spoken)
        assert spoken.heard == spoken.text
        await wearer.next(timeline.Quiet)
        assert len(wearer.of(timeline.Spoken)) == 1


async def test_mumbling_while_we_speak_is_not_answered_and_does_not_stop_us(tmp_path: Path) -> None:
    async with stage(tmp_path) as wearer:
        await wearer.say("what can you do")
        await wearer.is_answering()
        await wearer.say("mumble", confidence=0.2, seconds=0.3)
        spoken = await wearer.next(timeline.Spoken)
        assert spoken.heard == spoken.text


async def test_stop_ends_a_question_and_nothing_is_done(tmp_path: Path) -> None:
    apps = Apps({"messages.send_message": send_message})
    async with stage(tmp_path, apps) as wearer:
        await wearer.say("tell anna i am running late")
        await wearer.next(timeline.Spoken, kind="question")
        await wearer.say("stop")
        assert (await wearer.hears()).startswith("All right, I will not")
        await wearer.next(timeline.Quiet, question_open=False)
    assert apps.calls == []


async def test_news_is_kept_while_nobody_wears_the_device(tmp_path: Path) -> None:
    async with stage(tmp_path) as wearer:
        await wearer.say("put dentist in my calendar for tomorrow at nine")
        await wearer.hears()
    apps = Apps({"calendar.add_event": dict})
    async with stage(tmp_path) as wearer:
        wearer.wear(False)
        await wearer.next(timeline.Quiet)
    async with stage(tmp_path, apps) as wearer:
        wearer.wear(False)
        await wearer.next(timeline.ErrandMoved, state="completed")
        await wearer.next(timeline.Quiet)
        assert not wearer.of(timeline.Spoken)
        wearer.wear(True)
        assert (await wearer.hears()).startswith("Task completed. ")


async def test_several_ends_are_one_announcement_with_one_task_completed(tmp_path: Path) -> None:
    apps = Apps({"calendar.add_event": dict, "notes.take_note": dict})
    async with stage(tmp_path) as wearer:
        await wearer.say("put dentist in my calendar for tomorrow at nine")
        await wearer.hears()
        await wearer.say("take a note the key is under the mat")
        await wearer.hears()
    async with stage(tmp_path, apps) as wearer:
        wearer.wear(False)
        for _ in apps.tools:
            await wearer.next(timeline.ErrandMoved, state="completed")
        wearer.wear(True)
        assert (await wearer.hears()).startswith("Two tasks completed. ")
        assert "ompleted" not in await wearer.hears()
        await wearer.next(timeline.Quiet)
        assert len(wearer.of(timeline.Spoken)) == 2
