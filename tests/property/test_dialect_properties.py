"""What a model writes in each dialect is read as what it means, and anything else is refused in one way."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.calls import BadCall
from models.dialects import Dialect, SayJson, ToolCallJson
from models.grammar_regex import write_regex
from models.llm import Delta, ToolCall, ToolSchema
from tests.fuzz_calls import DIALECTS, TOOLS
from tests.tool_strategies import NAMES

EVERY_DIALECT = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: type(dialect).__name__)
ANY_TEXT = st.text() | st.text('{}[]<>/",:=!CDATAtoolfunctionparamname argumentsgo 0123456789.-truefalsn\\\n')
BEGINNINGS = (
    "",
    '{"tool": "go", "arguments": ',
    '<tool_call>\n{"name": "go", ',
    '<function name="go"><param name="to">',
)
PRINTABLE = st.characters(codec="utf-8", exclude_categories=["Cc"])
ARGUMENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "stop": st.just({}),
    "set_timer": st.fixed_dictionaries(
        {"minutes": st.integers(1, 180)}, optional={"label": st.text(PRINTABLE, min_size=1, max_size=8)}
    ),
    "set_time": st.fixed_dictionaries({}, optional={"part": st.sampled_from(["", "am", 'the "small" <hours>'])}),
    "send": st.fixed_dictionaries(
        {"to": st.text(PRINTABLE, min_size=2, max_size=6)}, optional={"urgent": st.booleans() | st.none()}
    ),
    "set_lights": st.fixed_dictionaries({"on": st.lists(st.booleans(), min_size=1, max_size=3)}),
}


@st.composite
def calls(draw: st.DrawFn) -> ToolCall:
    tool = draw(st.sampled_from(sorted(ARGUMENTS)))
    arguments: dict[str, Any] = draw(ARGUMENTS[tool])
    return ToolCall(tool, arguments)


def write(call: ToolCall, dialect: Dialect) -> str:
    """Write a call as the models' own makers do."""
    match dialect:
        case SayJson():
            return json.dumps({"tool": call.tool, "arguments": call.arguments}, ensure_ascii=False)
        case ToolCallJson():
            body = json.dumps({"name": call.tool, "arguments": call.arguments}, ensure_ascii=False)
            return f"<tool_call>\n{body}\n</tool_call>"
    params = [f'<param name="{name}">{_xml(value)}</param>' for name, value in call.arguments.items()]
    return f'<function name="{call.tool}">{"".join(params)}</function>'


def _xml(value: object) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if not any(character in value for character in "<&\n"):
        return value
    return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"


@EVERY_DIALECT
@given(call=calls())
def test_a_call_is_read_as_it_was_written(dialect: Dialect, call: ToolCall) -> None:
    assert dialect.read(write(call, dialect), TOOLS) == call


@EVERY_DIALECT
@given(text=ANY_TEXT)
def test_any_text_is_words_or_a_call_that_fits_or_a_bad_call(dialect: Dialect, text: str) -> None:
    for beginning in BEGINNINGS:
        try:
            answer = dialect.read(beginning + text, TOOLS)
        except BadCall:
            continue
        assert isinstance(answer, Delta) or answer.tool in {tool.name for tool in TOOLS}


@EVERY_DIALECT
@given(call=calls(), data=st.data())
def test_a_spoiled_call_is_never_another_kind_of_error(dialect: Dialect, call: ToolCall, data: st.DataObject) -> None:
    text = write(call, dialect)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 5, len(text))))
    try:
        dialect.read(text[:start] + data.draw(ANY_TEXT) + text[end:], TOOLS)
    except BadCall:
        return


@EVERY_DIALECT
@given(words=st.text(PRINTABLE, min_size=1), data=st.data())
def test_words_come_out_as_they_went_in_however_they_are_cut(dialect: Dialect, words: str, data: st.DataObject) -> None:
    is_json = isinstance(dialect, SayJson)
    written = json.dumps({"say": words}, ensure_ascii=False) if is_json else words
    assume(is_json or re.fullmatch(write_regex(dialect.grammar(TOOLS)), written))
    assert dialect.read(written, TOOLS) == Delta(words)
    follower, said = dialect.words(), ""
    while written:
        count = data.draw(st.integers(1, len(written)))
        said += follower.feed(written[:count])
        written = written[count:]
    assert said == words


@EVERY_DIALECT
@given(call=calls())
def test_no_part_of_a_call_is_said(dialect: Dialect, call: ToolCall) -> None:
    follower = dialect.words()
    assert "".join(map(follower.feed, write(call, dialect))) == ""


@EVERY_DIALECT
@given(name=NAMES)
def test_a_tool_that_is_not_there_cannot_be_called(dialect: Dialect, name: str) -> None:
    assume(name not in ARGUMENTS)
    with pytest.raises(BadCall):
        dialect.read(write(ToolCall(name, {}), dialect), [ToolSchema("stop", "Do.", {"type": "object"})])
