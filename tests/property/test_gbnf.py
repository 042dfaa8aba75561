"""The grammar, the checker and the reader of calls agree, with each other and with llama.cpp."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from models.calls import AnswerReader, BadCall, misfit, parse_call
from models.engine import EngineFailed
from models.gbnf import write_grammar
from models.gbnf_check import BadGrammar, check_grammar
from models.llama_choice import Grammar
from models.llama_cpp_llm import LlamaCppModel
from models.llama_session import LlamaSession, SessionOptions
from models.llm import ChatMessage, Delta, ToolCall, ToolSchema
from tests.tiny_gguf import write_tiny_gguf

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)
SMALL = st.integers(-300, 300)


@st.composite
def bounded(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    low, high = sorted((draw(SMALL), draw(SMALL)))
    bounds = {"minimum": low, "maximum": high, "exclusiveMinimum": low - 1, "exclusiveMaximum": high + 1}
    kept = draw(st.sets(st.sampled_from(sorted(bounds))))
    return {"type": kind, **{name: bounds[name] for name in kept}}


@st.composite
def strings(draw: st.DrawFn) -> dict[str, Any]:
    least, most = sorted((draw(st.integers(0, 6)), draw(st.integers(0, 6))))
    return {"type": "string", "minLength": least, "maxLength": most, "description": "words"}


def objects(values: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    def with_required(properties: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        required = st.lists(st.sampled_from(sorted(properties)), unique=True) if properties else st.just([])
        return st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.just(properties),
                "required": required,
                "additionalProperties": st.just(False),
            }
        )

    return st.dictionaries(NAMES, values, max_size=4).flatmap(with_required)


SCALARS = st.one_of(
    bounded("integer"),
    bounded("number"),
    strings(),
    st.just({"type": "boolean"}),
    st.builds(lambda values: {"enum": values}, st.lists(NAMES | st.integers() | st.booleans(), min_size=1, max_size=4)),
    st.just({"anyOf": [{"type": "integer", "minimum": 3, "maximum": 17}, {"type": "null"}]}),
    st.just({"type": ["boolean", "null"]}),
)
VALUES = st.recursive(
    SCALARS,
    lambda values: objects(values) | st.builds(lambda v: {"type": "array", "items": v, "maxItems": 3}, values),
    max_leaves=5,
)
TOOLS = st.lists(
    st.builds(lambda name, parameters: ToolSchema(name, "Do it.", parameters), NAMES, objects(VALUES)),
    max_size=4,
    unique_by=lambda tool: tool.name,
)


@pytest.fixture(scope="module")
def model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("llm") / "tiny.gguf")


@pytest.fixture(scope="module")
def session(model_path: Path) -> LlamaSession:
    return LlamaSession(model_path, SessionOptions(threads=1, context_tokens=64))


@given(TOOLS)
def test_what_is_written_passes_the_checker(tools: list[ToolSchema]) -> None:
    check_grammar(write_grammar(tools))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tools=TOOLS, seed=st.integers(0, 2**32))
def test_whatever_llama_cpp_lets_through_fits_the_schema(
    session: LlamaSession, tools: list[ToolSchema], seed: int
) -> None:
    assume(tools)
    text = follow(session, write_grammar(tools), np.random.default_rng(seed))
    if text is None or text.startswith('{"say": "'):
        return
    call = parse_call(text, tools)
    parameters = next(tool.parameters for tool in tools if tool.name == call.tool)
    jsonschema.validate(call.arguments, parameters)


def follow(session: LlamaSession, text: str, random: np.random.Generator) -> str | None:
    """Walk a grammar at random, without a model: all tokens that it allows are as likely."""
    grammar = Grammar(session, text)
    tokens = np.arange(session.vocab_size, dtype=np.int32)
    decoder, written = codecs.getincrementaldecoder("utf-8")(), b""
    try:
        for _ in range(400):
            left = np.isfinite(grammar.filter(tokens, np.zeros(len(tokens), np.float32)))
            token = next(int(t) for t in random.permutation(tokens[left]) if goes_on(decoder, session.piece(int(t))))
            if session.ends(token):
                return written.decode()
            grammar.accept(token)
            written += session.piece(token)
    finally:
        grammar.close()
    return None


def goes_on(decoder: codecs.IncrementalDecoder, piece: bytes) -> bool:
    """Take a piece when it is UTF-8 after the others; the model's own chooser refuses the rest too."""
    before = decoder.getstate()
    try:
        decoder.decode(piece)
    except UnicodeDecodeError:
        decoder.setstate(before)
        return False
    return True


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(tools=TOOLS, data=st.data())
def test_what_the_checker_lets_through_llama_cpp_takes(
    session: LlamaSession, tools: list[ToolSchema], data: st.DataObject
) -> None:
    text = write_grammar(tools)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 6, len(text))))
    spoiled = text[:start] + data.draw(st.text('"[]()|*+?{},\\ 0123-^nxu:=\nrootv', max_size=4)) + text[end:]
    try:
        check_grammar(spoiled)
    except BadGrammar:
        with pytest.raises(EngineFailed, match="the grammar is wrong"):
            Grammar(session, spoiled)
    else:
        Grammar(session, spoiled).close()


@given(st.text() | st.text('{}[]",:toolarguments 0123456789.-truefalsn\\'))
def test_any_text_is_a_call_or_a_bad_call(text: str) -> None:
    tools = [ToolSchema("t", "Do it.", {"type": "object", "properties": {}})]
    for written in (text, '{"tool": "t", "arguments": ' + text):
        try:
            assert parse_call(written, tools).tool == "t"
        except BadCall:
            continue


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-400, 400) | st.floats(-400, 400) | NAMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=6,
)


@given(VALUES, JSON)
def test_the_reader_is_as_strict_as_json_schema(schema: dict[str, Any], value: object) -> None:
    if not misfit(value, schema):
        jsonschema.validate(value, schema)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])), st.data())
def test_words_come_out_as_they_went_in_however_they_are_cut(words: str, data: st.DataObject) -> None:
    written = json.dumps({"say": words}, ensure_ascii=False)
    reader, said = AnswerReader(), ""
    while written:
        count = data.draw(st.integers(1, len(written)))
        said += reader.feed(written[:count])
        written = written[count:]
    assert said == words
    assert reader.is_words()
    assert reader.is_whole()


def test_two_hundred_answers_of_a_random_model_are_words_or_calls_that_fit(model_path: Path) -> None:
    properties = {
        "minutes": {"type": "integer", "minimum": 1, "maximum": 180},
        "label": {"type": "string", "maxLength": 8},
        "level": {"type": "number", "minimum": -2.5, "maximum": 7},
        "room": {"enum": ["kitchen", "bath", 'the "den"']},
        "days": {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 2},
    }
    parameters = {"type": "object", "properties": properties, "required": ["minutes", "room"]}
    tools = [ToolSchema(name, "Do it.", parameters) for name in ("set_timer", "light")]
    answers = list(generate(model_path, tools, 200))
    calls = [answer for answer in answers if isinstance(answer, ToolCall)]
    assert len(answers) == 200
    assert len(calls) > 40
    for call in calls:
        jsonschema.validate(call.arguments, parameters)


def generate(path: Path, tools: list[ToolSchema], count: int) -> list[ToolCall | str]:
    """Answer that many times; the words of an answer in words are joined."""
    answers: list[ToolCall | str] = []
    model = LlamaCppModel(path, threads=1, temperature=3.0, answer_tokens=120, context_tokens=1024)
    for _ in range(count):
        pieces = list(model.answer([ChatMessage("user", "set a timer")], tools))
        words = "".join(piece.text for piece in pieces if isinstance(piece, Delta))
        answers.append(words if words else next(piece for piece in pieces if isinstance(piece, ToolCall)))
    return answers
