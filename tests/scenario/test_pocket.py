"""The weights that ship, with the templates that ship: sentences that no template knows, and some for nobody."""

from collections.abc import Iterator

import pytest

from edge.fast_path import FastPath
from edge.interpreter import LEAST, SURE, Interpretation, Interpreter, PocketOnWorker
from edge.tools import AboutTools, ClockTools, NotYetTools, PhoneTools, SoundTools, SumTools
from edge.tools.tool import Risk, Tool, ToolResult
from edge.worker import Worker
from models.asr import Heard
from models.llm import ToolSchema
from models.pocket.understand import PocketModel

PEOPLE, LISTS = ("anna", "ben", "clara", "mum"), ("shopping", "to do", "packing")
TEMPLATES = FastPath("en", PEOPLE, LISTS)
TOOLS = {
    name: Tool(ToolSchema(name, name, {}), Risk(function.__earrand_risk__), lambda: ToolResult(""))
    for group in (AboutTools, ClockTools, NotYetTools, PhoneTools, SoundTools, SumTools)
    for name, function in vars(group).items()
    if hasattr(function, "__earrand_risk__")
}
UNDERSTOOD = {
    "jot oat milk down on the shopping list": {"add_to_list": {"item": "oat milk", "list_name": "shopping"}},
    "i must not forget to call the bank tomorrow at nine please remind me": {
        "add_reminder": {"what": "call the bank", "day": "tomorrow", "hour": 9}
    },
    "ten minutes on the clock please": {"set_timer": {"minutes": 10}},
    "start counting down from twenty minutes": {"set_timer": {"minutes": 20}},
    "how much juice is left in the glasses": {"battery": {}},
    "pencil in lunch with ben on friday at noon": {
        "add_event": {"title": "lunch with ben", "day": "friday", "hour": 12, "part": "pm"}
    },
    "any word from anna": {"read_messages": {"sender": "anna"}},
    "scrub eggs off the shopping list": {"remove_from_list": {"item": "eggs", "list_name": "shopping"}},
    "it is far too loud": {"change_volume": {"direction": "down"}},
    "scrap the dentist from my calendar": {"cancel_event": {"title": "dentist"}},
    "what was my last note": {"read_notes": {}},
    "will i need an umbrella in oslo this weekend": {
        "weather": {"what": "umbrella", "place": "oslo", "when": "this weekend"}
    },
    "grab me a cab to the museum": {"hail_ride": {"place": "museum"}},
    "who painted the mona lisa": {"ask": {"question": "who painted the mona lisa"}},
    "what's the time and is there anything on my calendar tomorrow": {
        "tell_time": {},
        "list_events": {"day": "tomorrow"},
    },
    "add milk to my shopping list and remind me to call mum tomorrow": {
        "add_to_list": {"item": "milk", "list_name": "shopping"},
        "add_reminder": {"what": "call mum", "day": "tomorrow"},
    },
}


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker("pocket") as worker:
        yield worker


@pytest.fixture(scope="module")
def interpreter(worker: Worker) -> Interpreter:
    return Interpreter(TEMPLATES, TOOLS, PocketOnWorker(PocketModel(), worker, (*PEOPLE, *LISTS)))


async def _meant(interpreter: Interpreter, text: str) -> Interpretation:
    return await interpreter.interpret(Heard(text, 1.0), expects_answer=False)


@pytest.mark.parametrize("text", UNDERSTOOD)
async def test_the_model_understands_what_no_template_knows(interpreter: Interpreter, text: str) -> None:
    assert TEMPLATES.match(text) is None
    meant = await _meant(interpreter, text)
    assert {call.tool: dict(call.arguments) for call in meant.calls} == UNDERSTOOD[text]
    assert meant.by == "pocket"


@pytest.mark.parametrize(
    "text",
    [
        "turnip carriage yellow the often",
        "pass us the ketchup would you love",
        "because of the",
        "i'll be right with you",
    ],
)
async def test_what_is_for_nobody_has_no_effect_without_asking(interpreter: Interpreter, text: str) -> None:
    meant = await _meant(interpreter, text)
    assert not meant.is_sure or all(TOOLS[call.tool].risk is Risk.READS for call in meant.calls)


async def test_a_message_without_its_words_is_asked_about_and_not_sent(interpreter: Interpreter) -> None:
    meant = await _meant(interpreter, "get a message over to anna for me")
    assert not meant.calls
    assert meant.unclear == "turn.which_words"


def test_a_call_is_two_evaluations_and_no_generated_token() -> None:
    meant = PocketModel().understand("put some oat milk down on the shopping list")
    assert meant is not None
    assert meant.effort.batches == 2
    assert meant.effort.tokens < 40


def test_the_bounds_of_confidence_are_in_order() -> None:
    assert 0 < LEAST < SURE < 1
