"""Commands that the fast path must understand to the letter, and talk that it must leave alone."""

from __future__ import annotations

import inspect
import typing
from pathlib import Path

import msgspec
import pytest
import yaml

from edge.fast_path import MAX_LETTERS, MAX_WORDS, FastPath
from edge.tools.about import AboutTools
from edge.tools.clock import ClockTools
from edge.tools.not_yet import NotYetTools
from edge.tools.pairing import PairingTools
from edge.tools.phone import PhoneTools
from edge.tools.quiet import QuietTools
from edge.tools.sound import SoundTools
from edge.tools.sums import SumTools
from edge.tools.tool import Tool, collect
from models.llm import ToolCall

Arguments = dict[str, str | int]

PEOPLE = ("Anna", "Ben Miller", "mum", "Clara Stone", "Clara Woods")
LISTS = ("shopping", "to do", "packing")
GROUPS = (ClockTools, SoundTools, AboutTools, PairingTools, PhoneTools, SumTools, QuietTools, NotYetTools)

COMMANDS = yaml.safe_load((Path(__file__).parents[1] / "data" / "commands.yaml").read_text("utf-8"))
EXAMPLES: list[tuple[str, str, Arguments]] = [
    (text, tool, arguments) for tool, rows in COMMANDS["understood"].items() for text, arguments in rows.items()
]


@pytest.fixture(scope="module")
def fast_path() -> FastPath:
    return FastPath("en", PEOPLE, LISTS)


def test_words_that_were_matched_while_they_were_spoken_are_not_matched_again(fast_path: FastPath) -> None:
    assert fast_path.match("what time is it") is fast_path.match("what time is it")
    assert fast_path.match("okay") is None
    assert fast_path.match("okay", expects_answer=True) is not None


@pytest.fixture(scope="module")
def tools() -> dict[str, Tool]:
    # Signatures need no working tools.
    return collect(*(object.__new__(group) for group in GROUPS))


@pytest.mark.parametrize(("text", "tool", "arguments"), EXAMPLES, ids=[text for text, _, _ in EXAMPLES])
def test_a_command_becomes_exactly_this_call(
    fast_path: FastPath, tools: dict[str, Tool], text: str, tool: str, arguments: Arguments
) -> None:
    assert fast_path.match(text) == ToolCall(tool, arguments)
    _assert_fits(tools[tool], arguments)


@pytest.mark.parametrize("text", COMMANDS["left_alone"])
def test_other_talk_is_left_to_the_language_model(fast_path: FastPath, text: str) -> None:
    assert fast_path.match(text) is None


@pytest.mark.parametrize(("text", "tool"), COMMANDS["with_a_question_open"].items())
def test_an_open_question_makes_short_words_an_answer(fast_path: FastPath, text: str, tool: str) -> None:
    call = fast_path.match(text, expects_answer=True)
    assert call is not None
    assert call.tool == tool


def test_every_tool_has_examples(tools: dict[str, Tool]) -> None:
    assert COMMANDS["understood"].keys() == tools.keys()
    assert all(len(rows) >= 3 for rows in COMMANDS["understood"].values())


def test_an_endless_utterance_is_no_command(fast_path: FastPath) -> None:
    note = "take a note that " + "word " * MAX_WORDS
    assert fast_path.match(note) is None
    assert fast_path.match("take a note that " + "x" * MAX_LETTERS) is None


def test_without_people_and_lists_the_rest_still_works() -> None:
    bare = FastPath("en", (), ())
    assert bare.match("add milk to my shopping list") == ToolCall(
        "add_to_list", {"item": "milk", "list_name": "shopping"}
    )
    assert bare.match("tell anna i am late") is None


def test_a_language_without_templates_is_refused() -> None:
    for language in ("xx", "../en", ""):
        with pytest.raises(ValueError, match="no sentence templates"):
            FastPath(language, PEOPLE, LISTS)


def _assert_fits(tool: Tool, arguments: Arguments) -> None:
    hints = typing.get_type_hints(tool.run)
    for name, value in arguments.items():
        msgspec.convert(value, hints[name], strict=True)
    needed = {p.name for p in inspect.signature(tool.run).parameters.values() if p.default is p.empty}
    assert needed <= arguments.keys()
