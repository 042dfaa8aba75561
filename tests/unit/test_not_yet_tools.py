from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from edge.phrase_lines import Lines
from edge.phrasebook import Phrases
from edge.tools import NotYetTools, Risk, ToolResult, collect
from edge.tools.not_yet import HomeAction, MediaKind
from tests.wearable_fakes import FakeTime

TOOLS = collect(NotYetTools(Phrases(FakeTime().now)))
NEEDED: dict[str, dict[str, str]] = {
    "play_media": {"kind": "radio"},
    "control_home": {"action": "light_on"},
    "privacy": {"state": "on"},
}


def say(name: str, **arguments: str) -> str:
    """Give what a tool answers at once."""
    outcome = TOOLS[name].call(NEEDED.get(name, {}) | arguments)
    assert isinstance(outcome, ToolResult)
    return outcome.say


@pytest.mark.parametrize("name", TOOLS)
def test_what_cannot_be_done_yet_is_said_at_once_whatever_its_risk(name: str) -> None:
    assert say(name).startswith("I can't ")
    assert "yet" in say(name)


def test_everything_that_an_argument_allows_has_its_sentence() -> None:
    assert len({say("play_media", kind=kind) for kind in get_args(MediaKind)}) == len(get_args(MediaKind))
    assert {say("control_home", action=action) for action in get_args(HomeAction)} == {"I can't control your home yet."}


def test_arguments_change_nothing_of_the_answer() -> None:
    assert say("order_food", item="pizza", place="luigi's") == say("order_food") == "I can't order food yet."


def test_the_microphone_is_never_said_to_be_off() -> None:
    assert "can't stop listening" in say("privacy", state="on")
    assert say("privacy", state="off") == "I am listening."


def test_no_sentence_outlives_its_tool() -> None:
    lines = Lines.load(Path(__file__).parents[2] / "edge" / "phrases" / "en.toml")
    sentences = {line for key in lines.names() if key.startswith("not_yet.") for line in lines.get(key)}
    spoken = {say(name) for name in TOOLS} | {say("play_media", kind=kind) for kind in get_args(MediaKind)}
    assert sentences == spoken


def test_what_opens_doors_is_of_the_highest_class() -> None:
    assert TOOLS["control_home"].risk is Risk.SPENDS
