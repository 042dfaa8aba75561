"""How each family of models is told of the tools, and what it may write."""

from __future__ import annotations

import re

import pytest

from models.calls import BadCall
from models.chat_prompt import as_functions, describe, with_system, without_oldest_turn
from models.dialects import Dialect, MiniCpmXml, SayJson, ToolCallJson, choose_dialect
from models.grammar import Repeat, Text, any_but
from models.grammar_regex import write_regex
from models.llm import ChatMessage, Delta, ToolCall, ToolSchema
from models.schema_grammar import BadSchema, json_value
from tests import chat_templates
from tests.fuzz_calls import DIALECTS

ASK = [ChatMessage("user", "what is this")]
TOOL = ToolSchema(
    "light",
    "Switch a\n  light.",
    {
        "type": "object",
        "properties": {
            "room": {"enum": ["bath", "den"]},
            "level": {"type": "integer", "minimum": 0, "maximum": 9},
            "label": {"type": "string"},
        },
        "required": ["room"],
    },
)


@pytest.mark.parametrize(
    ("template", "dialect"),
    [
        (chat_templates.SAY_JSON, SayJson),
        (chat_templates.TOOL_CALL_JSON, ToolCallJson),
        (chat_templates.MINICPM_XML, MiniCpmXml),
        ("{% if tools %}<tool_call>\n<function=name>\n<parameter=x>\n</tool_call>{% endif %}", SayJson),
        ("", SayJson),
    ],
)
def test_the_dialect_is_the_one_that_the_template_teaches(template: str, dialect: type[Dialect]) -> None:
    assert isinstance(choose_dialect(template), dialect)


def test_our_own_dialect_lists_the_tools_in_the_system_text_and_answers_as_they_were_written() -> None:
    messages = [ChatMessage("system", "Be short."), *ASK, ChatMessage("assistant", 'A "den".')]
    prompt = SayJson().lay_out(messages, [TOOL])
    system, user, answer = prompt.messages
    assert prompt.tools is None
    assert system.text.startswith("Be short.\n\n")
    assert system.text.endswith('- light(room: "bath"|"den", level?: integer 0 to 9, label?: string): Switch a light.')
    assert user == ASK[0]
    assert answer.text == '{"say": "A \\"den\\"."}'


@pytest.mark.parametrize("dialect", [ToolCallJson(), MiniCpmXml()])
def test_a_template_that_knows_tools_is_given_them(dialect: Dialect) -> None:
    prompt = dialect.lay_out([*ASK, ChatMessage("system", "Be short.")], [TOOL])
    assert prompt.tools == as_functions([TOOL])
    assert prompt.messages == [ChatMessage("system", "Be short."), *ASK]
    function = as_functions([TOOL])[0]["function"]
    assert (function["name"], function["description"]) == ("light", "Switch a light.")
    assert function["parameters"]["required"] == ["room"]


def test_a_tool_without_arguments_is_described() -> None:
    stop = ToolSchema("stop", "Stop.", {"type": "object"})
    assert describe(stop) == "- stop(): Stop."
    assert as_functions([stop])[0]["function"]["parameters"] == {"type": "object", "properties": {}}


def test_the_oldest_turns_go_first_and_the_system_text_stays() -> None:
    system, old, reply, new = (
        ChatMessage("system", "s"), ChatMessage("user", "1"), ChatMessage("assistant", "2"), ChatMessage("user", "3"),
    )  # fmt: skip
    assert without_oldest_turn([system, old, reply, new]) == [system, new]
    assert without_oldest_turn([system, new]) is None
    assert without_oldest_turn([system]) is None
    assert with_system([new]) == [new]


WRONG_JSON = [
    "null",
    "[]",
    '{"tool": "light"}',
    '{"tool": "light", "arguments": {"room": "attic"}}',
    '{"tool": "light", "arguments": {"room": "den", "level": true}}',
    '{"tool": "light", "arguments": {"room": "den", "level": 10}}',
    '{"tool": "light", "arguments": {"room": "den", "level": NaN}}',
    '{"tool": "light", "arguments": {"room": "den", "level": 1.0}}',
    '{"tool": "light", "arguments": {"room": "den", "room": "bath"}}',
    '{"tool": "light", "arguments": {"room": "den", "colour": "red"}}',
    '{"tool": "light", "arguments": {}}',
    '{"tool": "dark", "arguments": {}}',
    '{"tool": ["light"], "arguments": {}}',
    '{"say": 5}',
    '{"say": "yes", "tool": "light"}',
    "[" * 9000,
    '{"tool": "light", "arguments": {"room": "' + "x" * 10000,
]
WRONG_XML = [
    "<think>hm",
    "<function",
    '<function name="light">',
    '<function name="dark"></function>',
    '<function name="light"></function>',
    '<function name="light"><param name="room">attic</param></function>',
    '<function name="light"><param name="room">den</param><param name="room">bath</param></function>',
    '<function name="light"><param name="room">den</param><param name="level">10</param></function>',
    '<function name="light"><param name="room">den</param><param name="level">"9"</param></function>',
    '<function name="light"><param name="room">den</param><param name="colour">red</param></function>',
    '<function name="light"><param name="room">den</param></function><function name="light">',
    '<function name="light"><param name="room">den</param> </function>',
    '<function name="light"><param name="room">den</param><param name="label">a & b</param></function>',
    '<function name="light"><param name="room"><![CDATA[den</param></function>',
    '<function name="light"><param name="room">' + "<![CDATA[]]>" * 900 + "</function>",
]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        *((SayJson(), text) for text in ["", "It is five.", *WRONG_JSON]),
        *((ToolCallJson(), f"<tool_call>\n{text}\n</tool_call>") for text in WRONG_JSON),
        (ToolCallJson(), '<tool_call>{"name": "light", "arguments": {"room": "den"}}</tool_call>'),
        *((MiniCpmXml(), text) for text in WRONG_XML),
    ],
    ids=lambda value: value[:70] if isinstance(value, str) else type(value).__name__,
)
def test_a_call_that_does_not_fit_is_refused(dialect: Dialect, text: str) -> None:
    with pytest.raises(BadCall):
        dialect.read(text, [TOOL])


_ARGUMENTS = '{"room": "den", "level": 9, "label": "R&D"}'
_PARAMS = '<param name="room">den</param><param name="level">9</param><param name="label"><![CDATA[R&D]]></param>'


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        (SayJson(), f'{{"tool": "light", "arguments": {_ARGUMENTS}}}'),
        (ToolCallJson(), f'<tool_call>\n{{"name": "light", "arguments": {_ARGUMENTS}}}\n</tool_call>'),
        (MiniCpmXml(), f'<function name="light">{_PARAMS}</function>'),
    ],
)
def test_a_call_that_fits_is_read_and_can_be_written(dialect: Dialect, text: str) -> None:
    assert dialect.read(text, [TOOL]) == ToolCall("light", {"room": "den", "level": 9, "label": "R&D"})
    assert re.fullmatch(write_regex(dialect.grammar([TOOL])), text)


def test_a_string_that_looks_like_a_number_stays_a_string() -> None:
    text = '<function name="light"><param name="room">den</param><param name="label">5</param></function>'
    assert MiniCpmXml().read(text, [TOOL]) == ToolCall("light", {"room": "den", "label": "5"})


def test_words_are_given_before_the_answer_is_whole() -> None:
    words = SayJson().words()
    assert [words.feed(piece) for piece in ('{"sa', 'y": "It', " is \\", '"x\\\\', '"}')] == [
        "",
        "It",
        " is ",
        '"x\\',
        "",
    ]


def test_an_escape_that_nobody_says_is_refused() -> None:
    with pytest.raises(BadCall):
        SayJson().words().feed('{"say": "\\u0000')


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: type(dialect).__name__)
def test_a_thought_cannot_be_written(dialect: Dialect) -> None:
    assert not re.fullmatch(write_regex(dialect.grammar([TOOL])), "<think>hm</think>")
    assert isinstance(MiniCpmXml().read("Fine.", []), Delta)


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"type": "string", "pattern": "^a$"}, "pattern"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "nothing fits"),
        ({"enum": []}, "nothing to choose"),
        ({"type": "array"}, "schema of its items"),
        ({"type": "colour"}, "not supported"),
        ({"type": "object", "required": ["x"]}, "not described"),
    ],
)
def test_a_schema_that_no_grammar_can_hold_to_says_where(schema: dict[str, object], problem: str) -> None:
    with pytest.raises(BadSchema, match=f"t.when: .*{problem}"):
        json_value(schema, "t.when")


def test_a_name_that_would_end_its_attribute_is_refused() -> None:
    with pytest.raises(BadSchema, match="attribute"):
        MiniCpmXml().grammar([ToolSchema('a"b', "Do.", {"type": "object"})])


@pytest.mark.parametrize(("least", "most"), [(2, 1), (0, 5000), (-1, 1)])
def test_repetitions_that_would_take_all_memory_are_refused(least: int, most: int) -> None:
    with pytest.raises(ValueError, match="repetitions"):
        Repeat(Text("a"), least, most)


def test_what_is_left_of_all_characters_holds_no_lone_surrogate() -> None:
    assert any_but((0, 0x7F), (0xE000, 0x10FFFF)).ranges == ((0x80, 0xD7FF),)
