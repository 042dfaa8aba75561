"""What the pocket model read becomes calls of the wearable's tools, with values that the templates know."""

import inspect

import pytest

from edge.fast_path import FastPath
from edge.meant import Meant, Unclear
from edge.tools import AboutTools, ClockTools, NotYetTools, PhoneTools, SoundTools, SumTools
from models.llm import ToolCall
from models.pocket.frames import CLOSED, TOOLS, Call

MEANT = Meant(FastPath("en", ("anna", "ben"), ("shopping", "to do")))
GROUPS = (AboutTools, ClockTools, NotYetTools, PhoneTools, SoundTools, SumTools)
TOOLS_OF_THE_WEARABLE = {
    name: inspect.signature(function).parameters.keys() - {"self"}
    for group in GROUPS
    for name, function in vars(group).items()
    if hasattr(function, "__earrand_risk__")
}


@pytest.mark.parametrize("tool", TOOLS)
def test_every_frame_is_a_tool_of_the_wearable_with_arguments_that_it_has(tool: str) -> None:
    words = {"duration": "ten minutes", "when": "tomorrow at nine", "level": "fifty"}
    arguments = []
    for name in TOOLS[tool]:
        closed = CLOSED.get((tool, name))
        arguments.append((name, closed[0] if closed else words.get(name, "anna")))
    found = MEANT.tool_call(Call(tool, tuple(arguments)), "what the wearer said")
    if found is None:
        assert tool in ("nothing", "several", "either")
    else:
        assert isinstance(found, ToolCall), found
        assert found.arguments.keys() <= TOOLS_OF_THE_WEARABLE[found.tool]


@pytest.mark.parametrize(
    ("call", "said", "meant"),
    [
        (
            Call("create_event", (("title", "water the plants"), ("when", "tomorrow at half past nine"))),
            "would you remind me tomorrow at half past nine to water the plants",
            ToolCall("add_reminder", {"what": "water the plants", "day": "tomorrow", "hour": 9, "minute": 30}),
        ),
        (
            Call("create_event", (("title", "lunch"), ("who", "ben"), ("when", "friday at noon"))),
            "pencil in lunch with ben on friday at noon",
            ToolCall("add_event", {"title": "lunch with ben", "day": "friday", "hour": 12, "part": "pm"}),
        ),
        (
            Call("set_alarm", (("when", "seven fifteen am"),)),
            "get me up at seven fifteen am",
            ToolCall("set_alarm", {"hour": 7, "minute": 15, "part": "am"}),
        ),
        (
            Call("set_timer", (("duration", "an hour and a half"),)),
            "an hour and a half on the clock please",
            ToolCall("set_timer", {"hours": 1, "minutes": 30}),
        ),
        (
            Call("set_volume", (("direction", "up"), ("level", "to eighty percent"))),
            "crank it up to eighty percent",
            ToolCall("set_volume", {"percent": 80}),
        ),
        (Call("set_volume", (("direction", "mute"),)), "not a sound", ToolCall("set_volume", {"percent": 0})),
        (Call("set_volume", (("direction", "down"),)), "too loud", ToolCall("change_volume", {"direction": "down"})),
        (Call("get_time"), "got the date", ToolCall("tell_date", {})),
        (Call("get_time"), "how late is it getting", ToolCall("tell_time", {})),
        (
            Call("get_time", (("place", "tokyo"),)),
            "what time is it in tokyo",
            ToolCall("ask", {"question": "what time is it in tokyo"}),
        ),
        (
            Call("add_to_list", (("item", "milk"), ("item", "oat cakes"))),
            "we are out of milk and of oat cakes",
            ToolCall("add_to_list", {"item": "milk and oat cakes"}),
        ),
        (
            Call("send_message", (("app", "twitter"), ("text", "what a day"))),
            "tweet what a day on twitter",
            ToolCall("post", {"text": "what a day", "app": "twitter"}),
        ),
        (
            Call("remove_event", (("title", "dentist"),)),
            "forget the reminder about the dentist",
            ToolCall("finish_reminder", {"what": "dentist"}),
        ),
    ],
)
def test_the_words_of_the_wearer_become_values(call: Call, said: str, meant: ToolCall) -> None:
    assert MEANT.tool_call(call, said) == meant


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (Call("create_event", (("title", "taxes"), ("when", "the week after easter"))), "turn.which_time"),
        (Call("set_alarm", (("when", "tomorrow"),)), "turn.which_time"),
        (Call("set_timer", (("duration", "a while"),)), "turn.which_length"),
        (Call("create_event", (("when", "tomorrow"),)), "turn.what"),
        (Call("send_message", (("text", "hello"),)), "turn.to_whom"),
        (Call("send_message", (("to", "anna"),)), "turn.which_words"),
    ],
)
def test_a_part_that_is_not_understood_is_never_left_out(call: Call, key: str) -> None:
    assert MEANT.tool_call(call, "whatever was said") == Unclear(key)
