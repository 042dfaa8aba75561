"""Mandarin commands that the fast path must understand to the letter, and talk that it must leave alone."""

# ruff: noqa: RUF001  # Chinese has its own punctuation

from __future__ import annotations

import inspect
import typing
from pathlib import Path

import msgspec
import pytest
import yaml

from edge.fast_path import MAX_WORDS, FastPath
from edge.slots import Caught, arguments_of
from edge.spoken_time import DayPart, Length, LoosePart, TimeOfDay
from edge.templates import GROUPS, read_yaml
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

PEOPLE = ("安娜", "王小明", "妈妈", "Ben Miller")
LISTS = ("购物", "待办", "打包清单")
TOOL_GROUPS = (ClockTools, SoundTools, AboutTools, PairingTools, PhoneTools, SumTools, QuietTools, NotYetTools)
COMMANDS = yaml.safe_load((Path(__file__).parents[1] / "data" / "commands.zh-CN.yaml").read_text("utf-8"))
EXAMPLES: list[tuple[str, str, Arguments]] = [
    (text, tool, arguments) for tool, rows in COMMANDS["understood"].items() for text, arguments in rows.items()
]


@pytest.fixture(scope="module")
def fast_path() -> FastPath:
    return FastPath("zh-CN", PEOPLE, LISTS)


@pytest.fixture(scope="module")
def tools() -> dict[str, Tool]:
    # Signatures need no working tools.
    return collect(*(object.__new__(group) for group in TOOL_GROUPS))


@pytest.mark.parametrize(("text", "tool", "arguments"), EXAMPLES, ids=[text for text, _, _ in EXAMPLES])
def test_a_command_becomes_exactly_this_call(
    fast_path: FastPath, tools: dict[str, Tool], text: str, tool: str, arguments: Arguments
) -> None:
    assert fast_path.match(text) == ToolCall(tool, arguments)
    hints = typing.get_type_hints(tools[tool].run)
    for name, value in arguments.items():
        msgspec.convert(value, hints[name], strict=True)
    needed = {p.name for p in inspect.signature(tools[tool].run).parameters.values() if p.default is p.empty}
    assert needed <= arguments.keys()


@pytest.mark.parametrize("text", COMMANDS["left_alone"])
def test_other_talk_is_left_to_the_language_model(fast_path: FastPath, text: str) -> None:
    assert fast_path.match(text) is None


@pytest.mark.parametrize(("text", "tool"), COMMANDS["with_a_question_open"].items())
def test_an_open_question_makes_short_words_an_answer(fast_path: FastPath, text: str, tool: str) -> None:
    call = fast_path.match(text, expects_answer=True)
    assert call is not None
    assert call.tool == tool


def test_every_tool_that_english_knows_has_examples() -> None:
    english: set[str] = set()
    for group in GROUPS:
        english |= read_yaml("en", group).get("intents", {}).keys()
    assert COMMANDS["understood"].keys() == english
    assert all(len(rows) >= 3 for rows in COMMANDS["understood"].values())


def test_there_are_many_ways_to_say_things() -> None:
    intents = [intent for group in GROUPS for intent in read_yaml("zh", group).get("intents", {}).values()]
    assert sum(len(data["sentences"]) for intent in intents for data in intent["data"]) >= 400
    assert len(EXAMPLES) >= 280


def test_the_longest_name_wins_and_a_word_of_latin_letters_is_never_split() -> None:
    path = FastPath("zh", ("ann", "王芳", "李芳", "王小芳"), ())
    assert path.match("告诉ann我到了") == ToolCall("send_message", {"to": "ann", "text": "我到了"})
    assert path.match("告诉annabel我到了") is None
    assert path.match("告诉王小芳我到了") == ToolCall("send_message", {"to": "王小芳", "text": "我到了"})
    assert path.match("告诉小芳我到了") == ToolCall("send_message", {"to": "王小芳", "text": "我到了"})


def test_what_is_dictated_keeps_its_words(fast_path: FastPath) -> None:
    call = fast_path.match("给安娜发消息说 see you at the Gate 7，快点来吧！")
    assert call == ToolCall("send_message", {"to": "安娜", "text": "see you at the gate 7快点来吧"})


def test_an_endless_utterance_is_no_command(fast_path: FastPath) -> None:
    assert fast_path.match("记一下" + "啊" * (MAX_WORDS + 1)) is None


def test_without_people_and_lists_the_rest_still_works() -> None:
    bare = FastPath("zh", (), ())
    assert bare.match("把牛奶加到购物清单") == ToolCall("add_to_list", {"item": "牛奶", "list_name": "购物"})
    assert bare.match("告诉安娜我迟到了") is None


@pytest.mark.parametrize(
    ("hour", "part"), [(9, "evening"), (12, "night"), (1, "night"), (5, "evening"), (21, "evening"), (None, "evening")]
)
def test_a_loose_part_of_the_day_hangs_on_the_hour(hour: int | None, part: str) -> None:
    evening = LoosePart("evening", "night")
    caught = [Caught("date", DayPart("today", evening))]
    caught += [] if hour is None else [Caught("time", TimeOfDay(hour))]
    assert arguments_of("add_reminder", caught) == {"day": "today", "part": part} | (
        {} if hour is None else {"hour": hour}
    )


def test_lengths_add_up() -> None:
    caught = [Caught("hours", Length(1, 30)), Caught("minutes", Length(minutes=5)), Caught("seconds", Length(0, 0, 7))]
    assert arguments_of("set_timer", caught) == {"hours": 1, "minutes": 35, "seconds": 7}
