"""The grammar of a tool's schema, the engines that hold to it and the judges of what is written agree."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.calls import misfit
from models.constrained import Constraint
from models.dialects import Dialect
from models.engine import EngineFailed
from models.gbnf_constraint import GbnfConstraint
from models.grammar import Rule, chain, either
from models.grammar_numbers import integers, numbers
from models.grammar_regex import write_regex
from models.llama_session import LlamaSession, SessionOptions
from models.llguidance_constraint import Vocabulary
from models.llm import Delta, ToolSchema
from models.schema_grammar import json_value
from tests.fuzz_calls import DIALECTS, TOOLS, check_call, random_calls
from tests.tiny_gguf import write_tiny_gguf
from tests.tool_strategies import JSON, TOOL_LISTS, VALUES

BOUND = st.integers(-2000, 2000)
WRITTEN_LIKE_A_SPACE = ToolSchema(
    "0",
    "Do it.",
    {
        "type": "object",
        "properties": {"\u2581": {"type": "boolean"}},
        "required": ["\u2581"],
        "additionalProperties": False,
    },
)
"""SentencePiece writes a space as this character, and cannot tell the two apart."""


@pytest.fixture(scope="module")
def model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("llm") / "tiny.gguf")


@pytest.fixture(scope="module")
def session(model_path: Path) -> LlamaSession:
    return LlamaSession(model_path, SessionOptions(threads=1, context_tokens=64))


@pytest.fixture(scope="module")
def vocabulary(session: LlamaSession) -> Vocabulary:
    return Vocabulary(session, [token for token, (_, may) in session.marks().items() if not may])


@given(BOUND, BOUND, BOUND)
def test_an_integer_can_be_written_exactly_when_it_is_within_the_bounds(a: int, b: int, value: int) -> None:
    low, high = sorted((a, b))
    for each in (value, low - 1, low, high, high + 1):
        assert bool(re.fullmatch(write_regex(integers(low, high)), str(each))) == (low <= each <= high)


@given(BOUND, BOUND, st.decimals(-2001, 2001, places=3))
def test_a_number_that_can_be_written_is_within_the_bounds(a: int, b: int, value: object) -> None:
    low, high = sorted((a, b))
    if re.fullmatch(write_regex(numbers(low, high)), str(value)):
        assert low <= float(str(value)) <= high


@given(VALUES, JSON)
def test_a_value_that_can_be_written_fits_the_schema(schema: dict[str, Any], value: object) -> None:
    if re.fullmatch(write_regex(json_value(schema, "value")), json.dumps(value, ensure_ascii=False)):
        assert misfit(value, schema) == ""


@given(VALUES, JSON)
def test_the_judge_is_as_strict_as_json_schema(schema: dict[str, Any], value: object) -> None:
    if not misfit(value, schema):
        jsonschema.validate(value, schema)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: type(dialect).__name__)
@settings(deadline=None, max_examples=40)
@given(tools=TOOL_LISTS, seed=st.integers(0, 2**32))
def test_whatever_the_grammar_lets_through_is_words_or_a_call_that_fits(
    session: LlamaSession, vocabulary: Vocabulary, dialect: Dialect, tools: list[ToolSchema], seed: int
) -> None:
    rule = dialect.grammar(tools)
    written = follow(session, vocabulary.hold_to(rule), np.random.default_rng(seed))
    if written is None:
        return
    assert re.fullmatch(write_regex(rule), written)
    answer = dialect.read(written, tools)
    if not isinstance(answer, Delta):
        jsonschema.validate(answer.arguments, next(t.parameters for t in tools if t.name == answer.tool))


def follow(session: LlamaSession, constraint: Constraint, random: np.random.Generator) -> str | None:
    """Walk a grammar at random, without a model: all tokens that it allows are as likely. None when it takes long."""
    written = constraint.forced()
    while not constraint.is_finished():
        token = int(random.choice(constraint.allowed()))
        constraint.accept(token)
        if session.ends(token):
            break
        written += [token, *constraint.forced()]
        if len(written) > 400:
            return None
    return b"".join(map(session.piece, written)).decode()


@settings(deadline=None, max_examples=25)
@example(tools=[WRITTEN_LIKE_A_SPACE], seed=1)
@given(tools=TOOL_LISTS, seed=st.integers(0, 2**32))
def test_llama_cpps_engine_holds_to_the_same_language(
    session: LlamaSession, vocabulary: Vocabulary, tools: list[ToolSchema], seed: int
) -> None:
    rule = DIALECTS[0].grammar(tools)
    one, other = vocabulary.hold_to(rule), GbnfConstraint(session, rule)
    random = np.random.default_rng(seed)
    for _ in range(60):
        for token in one.forced():
            other.accept(token)
        if one.is_finished():
            assert all(session.ends(int(token)) for token in other.allowed())
            break
        token = int(random.choice(one.allowed()))
        one.accept(token)
        other.accept(token)


@given(st.sampled_from(TOOLS))
def test_forced_tokens_are_those_that_the_tokenizer_gives(
    session: LlamaSession, vocabulary: Vocabulary, tool: ToolSchema
) -> None:
    rule = chain(f'{{"tool": "{tool.name}", "arguments": ', either("{}", "[]"))
    forced = vocabulary.hold_to(rule).forced()
    whole = session.continuation(f'{{"tool": "{tool.name}", "arguments": {{}}'.encode())
    assert forced == whole[: len(forced)]
    assert len(forced) >= len(whole) - 3


def test_forced_text_that_could_be_cut_in_two_ways_is_no_choice(session: LlamaSession, vocabulary: Vocabulary) -> None:
    # "a" and "she" would spell it too, so llguidance leaves "as" open; but no token goes beyond "as" at once.
    constraint = vocabulary.hold_to(chain("as", either("he", "ay")))
    assert [session.piece(token) for token in constraint.forced()] == [b"as"]
    assert {session.piece(int(token)) for token in constraint.allowed()} >= {b"h", b"a"}


@pytest.mark.parametrize("rule", [chain("light"), either("light", "lights")])
def test_a_token_that_does_not_fit_is_refused(session: LlamaSession, vocabulary: Vocabulary, rule: Rule) -> None:
    wrong = session.continuation(b"z")[0]
    for constraint in (vocabulary.hold_to(rule), GbnfConstraint(session, rule)):
        with pytest.raises(EngineFailed):
            constraint.accept(wrong)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: type(dialect).__name__)
def test_hundreds_of_calls_of_a_random_model_fit(model_path: Path, dialect: Dialect) -> None:
    answers = list(random_calls(model_path, dialect, 150, seed=2))
    called = {check_call(text, dialect) for text, _ in answers}
    assert len(called - {"words"}) > 4
    assert all(0 < confidence <= 1 for _, confidence in answers)
