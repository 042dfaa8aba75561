"""The table of frames against the tools that the wearable has."""

from __future__ import annotations

import pytest

from edge.fast_path import FastPath
from edge.frame_tools import frame_tool, has_effect
from edge.meant import Meant
from edge.tools import AboutTools, ClockTools, NotYetTools, PhoneTools, Risk, SoundTools, SumTools, Tool, collect
from models.llm import ToolCall
from models.pocket.frames import CLOSED, SEVERAL, TOOLS, Call

_GROUPS = (ClockTools, SoundTools, AboutTools, PhoneTools, SumTools, NotYetTools)
_VALUES = {"duration": "ten minutes", "when": "tomorrow at nine"}
_NO_FRAME = {"status", "shopping"}
"""Tools of the wearable that only a template can mean."""
_TOOLS = collect(*(object.__new__(group) for group in _GROUPS))


@pytest.fixture(scope="module")
def meant() -> Meant:
    return Meant(FastPath("en", (), ()))


def full_call(tool: str) -> Call:
    return Call(tool, tuple((name, CLOSED.get((tool, name), (_VALUES.get(name, "zorp"),))[0]) for name in TOOLS[tool]))


@pytest.mark.parametrize("frame", sorted(TOOLS.keys() - {SEVERAL}))
def test_a_frame_has_an_effect_where_its_tool_does_more_than_read(meant: Meant, frame: str) -> None:
    found = meant.tool_call(full_call(frame), "zorp")
    tools = [_TOOLS[found.tool]] if isinstance(found, ToolCall) and found.tool in _TOOLS else []
    assert has_effect(frame) == any(tool.risk > Risk.READS for tool in tools)


@pytest.mark.parametrize("tool", _TOOLS.values(), ids=lambda tool: str(tool.name))
def test_every_tool_of_the_wearable_is_one_of_the_model(tool: Tool) -> None:
    assert (frame_tool(tool.name) in TOOLS) != (tool.name in _NO_FRAME)


@pytest.mark.parametrize("frame", TOOLS)
def test_what_the_model_means_leads_back_to_its_frame(meant: Meant, frame: str) -> None:
    found = meant.tool_call(full_call(frame), "zorp")
    if isinstance(found, ToolCall) and found.tool != "ask":
        assert frame_tool(found.tool) == frame
