"""The rule that reconciles sentence templates and the pocket model."""

from collections.abc import AsyncIterator, Mapping

import pytest

from edge.interpreter import CONTRADICTS, LEAST, SURE, Interpretation, Interpreter, PocketOnWorker, contradicts
from edge.tools.tool import Risk, Tool, ToolResult
from edge.worker import Worker
from models.asr import Heard
from models.llm import ToolCall, ToolSchema
from models.pocket.frames import Call, Effort, Understanding
from tests.told_pocket import ToldPocket

_RISKS = {
    "tell_time": Risk.READS,
    "battery": Risk.READS,
    "set_timer": Risk.REVERSIBLE,
    "add_to_list": Risk.REVERSIBLE,
    "send_message": Risk.REACHES_OTHERS,
    "stop": Risk.REVERSIBLE,
    "confirm": Risk.READS,
    "deny": Risk.READS,
}
TOOLS = {
    name: Tool(ToolSchema(name, name, {}), risk, lambda: ToolResult(""), name == "send_message")
    for name, risk in _RISKS.items()
}


def _heard(text: str, *alternatives: str) -> Heard:
    return Heard(text, 0.9, alternatives)


class FakeTemplates:
    """Knows some sentences."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known

    def match(self, text: str, *, expects_answer: bool = False) -> ToolCall | None:
        tool = self._known.get(text)
        return ToolCall(tool, {}) if tool else None


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    with Worker("pocket") as worker:
        yield worker


def _interpreter(templates: Mapping[str, str], pocket: ToldPocket | None, worker: Worker) -> Interpreter:
    return Interpreter(FakeTemplates(templates), TOOLS, PocketOnWorker(pocket, worker) if pocket else None)


async def test_a_template_that_only_reads_is_believed_without_the_model(worker: Worker) -> None:
    pocket = ToldPocket({})
    meant = await _interpreter({"the time": "tell_time"}, pocket, worker).interpret(
        _heard("the time"), expects_answer=False
    )
    assert meant == Interpretation((ToolCall("tell_time", {}),), "fast-path")
    assert not pocket.asked


async def test_stop_never_waits_for_the_model(worker: Worker) -> None:
    pocket = ToldPocket({})
    await _interpreter({"stop": "stop"}, pocket, worker).interpret(_heard("stop"), expects_answer=False)
    assert not pocket.asked


@pytest.mark.parametrize(
    ("confidence", "is_sure"), [(CONTRADICTS, False), (CONTRADICTS - 0.01, True), (LEAST - 0.1, True)]
)
async def test_a_template_with_an_effect_is_asked_about_when_the_model_surely_means_another_tool(
    worker: Worker, confidence: float, is_sure: bool
) -> None:
    pocket = ToldPocket({"timer off": ([Call("battery")], confidence, 1.0)})
    meant = await _interpreter({"timer off": "set_timer"}, pocket, worker).interpret(
        _heard("timer off"), expects_answer=False
    )
    assert meant == Interpretation((ToolCall("set_timer", {}),), "fast-path", is_sure)


@pytest.mark.parametrize(
    ("template", "frame", "does"),
    [
        ("add_reminder", "create_event", False),
        ("set_timer", "set_alarm", False),
        ("change_volume", "set_volume", False),
        ("play_music", "play_media", True),
        ("shopping", "order_food", True),
    ],
)
def test_another_name_for_the_same_thing_is_no_contradiction(template: str, frame: str, does: bool) -> None:
    meant = Understanding((Call(frame),), ("",), 1.0, 1.0, Effort(1, 1))
    assert contradicts(meant, ToolCall(template, {})) == does


@pytest.mark.parametrize(
    ("confidence", "values", "calls", "is_sure"),
    [
        (SURE, 1.0, 1, True),
        (SURE - 0.01, 1.0, 1, False),
        (SURE, 0.4, 1, False),
        (LEAST - 0.01, 1.0, 0, True),
    ],
)
async def test_without_a_template_the_model_is_believed_as_far_as_it_is_sure(
    worker: Worker, confidence: float, values: float, calls: int, is_sure: bool
) -> None:
    pocket = ToldPocket({"oat milk too": ([Call("add_to_list", (("item", "oat milk"),))], confidence, values)})
    meant = await _interpreter({}, pocket, worker).interpret(_heard("oat milk too"), expects_answer=False)
    assert len(meant.calls) == calls
    assert meant.is_sure == is_sure


async def test_other_readings_of_the_sound_are_tried_only_when_the_first_is_unsure(worker: Worker) -> None:
    pocket = ToldPocket(
        {
            "what's the batter he": ([Call("ask")], 0.6, 1.0),
            "what's the battery": ([Call("battery")], 0.9, 1.0),
            "what the battery": ([Call("stop")], 1.0, 1.0),
        }
    )
    heard = _heard("what's the batter he", "what's the battery", "what the battery")
    meant = await _interpreter({}, pocket, worker).interpret(heard, expects_answer=False)
    assert [call.tool for call in meant.calls] == ["battery"]
    assert [text for text, _ in pocket.asked] == ["what's the batter he", "what's the battery"]


async def test_a_yes_of_the_model_approves_nothing_and_its_no_is_a_no(worker: Worker) -> None:
    pocket = ToldPocket({"go for it": ([Call("confirm")], 1.0, 1.0), "rather not": ([Call("deny")], 1.0, 1.0)})
    interpreter = _interpreter({"yes": "confirm"}, pocket, worker)
    assert not (await interpreter.interpret(_heard("go for it"), expects_answer=True)).approves
    assert (await interpreter.interpret(_heard("rather not"), expects_answer=True)).refuses
    assert (await interpreter.interpret(_heard("yes"), expects_answer=True)).approves
    assert pocket.asked == [("go for it", True), ("rather not", True)]


async def test_what_is_not_for_us_is_no_call(worker: Worker) -> None:
    pocket = ToldPocket({"turnip carriage": ([Call("nothing")], 1.0, 1.0)})
    meant = await _interpreter({}, pocket, worker).interpret(_heard("turnip carriage"), expects_answer=False)
    assert meant.calls == ()


async def test_several_commands_come_in_the_order_they_were_said(worker: Worker) -> None:
    calls = [Call("add_to_list", (("item", "eggs"),)), Call("battery")]
    pocket = ToldPocket({"eggs on the list and the battery": (calls, 0.9, 0.9)})
    meant = await _interpreter({}, pocket, worker).interpret(
        _heard("eggs on the list and the battery"), expects_answer=False
    )
    assert [call.tool for call in meant.calls] == ["add_to_list", "battery"]


async def test_a_missing_part_of_one_of_several_commands_stops_them_all(worker: Worker) -> None:
    calls = [Call("battery"), Call("send_message", (("to", "anna"),))]
    pocket = ToldPocket({"battery and text anna": (calls, 0.9, 0.9)})
    meant = await _interpreter({}, pocket, worker).interpret(_heard("battery and text anna"), expects_answer=False)
    assert meant.calls == ()
    assert meant.unclear == "turn.which_words"


async def test_a_broken_model_leaves_the_templates(worker: Worker) -> None:
    meant = await _interpreter({"a timer": "set_timer"}, ToldPocket({}), worker).interpret(
        _heard("a timer"), expects_answer=False
    )
    assert [call.tool for call in meant.calls] == ["set_timer"]


async def test_without_a_model_the_templates_stand_alone(worker: Worker) -> None:
    interpreter = _interpreter({"a timer": "set_timer"}, None, worker)
    assert (await interpreter.interpret(_heard("a timer"), expects_answer=False)).is_sure
    assert (await interpreter.interpret(_heard("what"), expects_answer=False)).calls == ()
