"""Conversations in which the pocket model has a word: what it is sure of is done, the rest is asked about."""

from pathlib import Path
from typing import Any

from edge import timeline
from models.pocket.frames import Call
from tests.stage import Apps, stage
from tests.told_pocket import ToldPocket

LUNCH = Call("create_event", (("title", "lunch"), ("when", "friday at noon")))
LATE = Call("send_message", (("to", "anna"), ("text", "i am late")))


def done(**arguments: Any) -> dict[str, Any]:
    return {**arguments, "how": "outbox"}


def phone_apps() -> Apps:
    return Apps({"calendar.add_event": done, "messages.send_message": done})


async def test_what_the_model_is_sure_of_is_done(tmp_path: Path) -> None:
    apps = phone_apps()
    async with stage(tmp_path, apps, pocket=ToldPocket({"lunch friday": ([LUNCH], 0.99, 0.9)})) as wearer:
        await wearer.say("lunch friday")
        assert (await wearer.next(timeline.Call)).by == "pocket"
        assert (await wearer.hears()).startswith("Task completed. ")
    assert [tool for tool, _ in apps.calls] == ["calendar.add_event"]


async def test_an_errand_that_it_is_not_sure_of_needs_a_yes(tmp_path: Path) -> None:
    apps = phone_apps()
    async with stage(tmp_path, apps, pocket=ToldPocket({"lunch friday": ([LUNCH], 0.7, 0.9)})) as wearer:
        await wearer.say("lunch friday")
        question = await wearer.next(timeline.Spoken)
        assert question.kind == "question"
        assert "lunch" in question.text.lower()
        await wearer.next(timeline.Quiet, question_open=True)
        assert apps.calls == []
        await wearer.say("yes")
        assert (await wearer.hears()).startswith("Task completed. ")
    assert [tool for tool, _ in apps.calls] == ["calendar.add_event"]


async def test_what_the_wearable_does_itself_is_not_done_on_a_guess(tmp_path: Path) -> None:
    timer = Call("set_timer", (("duration", "ten minutes"),))
    async with stage(tmp_path, pocket=ToldPocket({"ten minutes or so": ([timer], 0.7, 0.9)})) as wearer:
        await wearer.say("ten minutes or so")
        assert await wearer.hears() == "I'm not sure what I should do. Please say it in other words."
        await wearer.next(timeline.Quiet)
        await wearer.say("how much time is left on the timer")
        assert "no timer" in (await wearer.hears()).lower()


async def test_a_template_that_the_model_surely_contradicts_is_asked_about(tmp_path: Path) -> None:
    apps = phone_apps()
    said = "put dentist in my calendar for tomorrow at nine"
    async with stage(tmp_path, apps, pocket=ToldPocket({said: ([Call("battery")], 0.99, 1.0)})) as wearer:
        await wearer.say(said)
        assert (await wearer.next(timeline.Spoken)).kind == "question"
    assert apps.calls == []


async def test_of_several_commands_each_is_done_and_the_question_comes_last(tmp_path: Path) -> None:
    apps = phone_apps()
    meanings = {"the hour and a word to anna": ([Call("get_time"), LATE], 0.99, 0.9)}
    async with stage(tmp_path, apps, pocket=ToldPocket(meanings)) as wearer:
        await wearer.say("the hour and a word to anna")
        assert (await wearer.hears()).startswith("It is ")
        assert (await wearer.next(timeline.Spoken)).kind == "question"
        await wearer.next(timeline.Quiet, question_open=True)
        await wearer.say("yes")
        assert (await wearer.hears()).startswith("Task completed. ")
    assert apps.calls == [("messages.send_message", {"to": "anna", "text": "i am late"})]


async def test_what_a_question_would_bury_is_to_be_said_again(tmp_path: Path) -> None:
    apps = phone_apps()
    meanings = {"a word to anna and lunch": ([LATE, LUNCH], 0.99, 0.9)}
    async with stage(tmp_path, apps, pocket=ToldPocket(meanings)) as wearer:
        await wearer.say("a word to anna and lunch")
        assert await wearer.hears() == "One question at a time. Please say the rest again after it."
        assert (await wearer.next(timeline.Spoken)).kind == "question"
    assert apps.calls == []


async def test_a_yes_of_the_model_approves_nothing(tmp_path: Path) -> None:
    apps = phone_apps()
    async with stage(tmp_path, apps, pocket=ToldPocket({"why not go for it": ([Call("confirm")], 1.0, 1.0)})) as wearer:
        await wearer.say("tell anna i am late")
        await wearer.next(timeline.Quiet, question_open=True)
        await wearer.say("why not go for it")
        assert (await wearer.next(timeline.Spoken)).kind == "question"
    assert apps.calls == []
