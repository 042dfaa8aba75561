"""Templates made of what chat templates are made of: the sandbox writes what Jinja writes, or says why not."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import jinja2
from hypothesis import example, given
from hypothesis import strategies as st
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from models.template_sandbox import BadTemplate, TemplateSandbox

STEPS = 50_000
FAILURES = (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, SyntaxError, TypeError, ValueError)
OURS = re.compile(
    r"is no plain value|more than \d+ steps|formats no text|64 bits"
    # Jinja works constants out beforehand, and is then kinder to nonsense.
    r"|is not subscriptable"
)
NAMES = ("messages", "tools", "message", "text", "ns.kept", "i", "nobody")
TEXTS = ("''", "'a'", "'user'", "'\\n'", "'<think>'", "'é<&'")
METHODS = (
    *(".strip()", ".strip('a ')", ".lstrip('\\n')", ".rstrip()", ".lower()", ".title()", ".startswith('a')"),
    *(".split('a')", ".split('<think>')[-1]", ".split()", ".replace('a', 'bb')", ".get('role')", ".items()"),
)
FILTERS = (
    *("length", "trim", "string", "default('x')", "join(', ')", "items", "list", "lower", "upper", "tojson"),
    *("tojson(indent=2)", "safe", "map(attribute='role') | list", "selectattr('role', 'equalto', 'user') | list"),
    *("map('upper') | list", "reject('none') | list", "dictsort", "first", "last", "unique | list", "sort", "reverse"),
    *("int", "replace('a', 'b')", "indent(2)", "min", "max", "capitalize", "abs"),
)
TESTS = (
    *("defined", "none", "string", "mapping", "iterable", "sequence", "number", "true", "boolean", "undefined"),
    *("eq('a')", "in(['a', 1])", "odd"),
)
BINARY = ("+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", "in", "and", "or")


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(BINARY), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(inner, st.sampled_from(METHODS)).map("".join),
        st.tuples(inner, st.sampled_from(FILTERS)).map(lambda parts: f"({' | '.join(parts)})"),
        st.tuples(inner, st.sampled_from(TESTS)).map(lambda parts: f"({' is '.join(parts)})"),
        st.tuples(inner, st.sampled_from(("[0]", "[::-1]", "[1:]", "['role']", ".role", ".content"))).map("".join),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        # Jinja itself breaks on a key that cannot be one, even where it is never used.
        st.tuples(st.sampled_from(TEXTS), inner).map(lambda parts: "{{{}: {}}}".format(*parts)),
        st.tuples(inner, inner, inner).map(lambda parts: "({} if {} else {})".format(*parts)),
    )


EXPRESSIONS = st.recursive(
    st.sampled_from((*NAMES, *TEXTS, "0", "3", "-1", "1.5", "none", "true")), _larger, max_leaves=6
)


def _longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.tuples(EXPRESSIONS, inner, inner).map(
            lambda parts: "{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format(*parts)
        ),
        st.tuples(EXPRESSIONS, inner).map(lambda parts: "{{%- for message in {} %}}{}{{% endfor %}}\n".format(*parts)),
        st.tuples(EXPRESSIONS, inner).map(
            lambda parts: "{{% for i in {} if i %}}{{{{ loop.index0 }}}}{}{{% else %}}-{{% endfor %}}".format(*parts)
        ),
        st.tuples(inner, EXPRESSIONS).map(
            lambda parts: "{{% macro write(text) %}}{}{{% endmacro %}}{{{{ write({}) }}}}".format(*parts)
        ),
        inner.map(lambda part: f"{{% set text %}}{part}{{% endset %}}{{{{ text | trim }}}}"),
    )


STATEMENTS = st.one_of(
    EXPRESSIONS.map("{{{{- {} }}}}".format),
    EXPRESSIONS.map("{{% set ns.kept = {} %}}".format),
    EXPRESSIONS.map("{{% set text = {} %}}".format),
    st.sampled_from(("<|im_start|>", "\n", "  x\n")),
)
TEMPLATES = st.recursive(STATEMENTS, _longer, max_leaves=6).map("{{% set ns = namespace(kept='') %}}{}".format)
MESSAGES = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["system", "user", "assistant"]), "content": st.text(max_size=20)}),
    max_size=4,
)
TOOLS = st.one_of(
    st.none(),
    st.lists(st.fixed_dictionaries({"name": st.text(max_size=5), "parameters": st.just({"n": [1]})}), max_size=2),
)


@given(TEMPLATES, MESSAGES, TOOLS)
@example("{{ 'abc' | map('upper') | join('-') }}{{ messages | tojson }}", [{"role": "user", "content": "é"}], None)
@example("{% set p = 'a-b'.split('-') %}{% for i in range(1, p | length) %}{{ p[i] + p[i - 1] }}{% endfor %}", [], None)
@example("{{ 'a' ~ 1 ~ nobody ~ ['b'] }}{{ '<' | safe + '<' }}", [], None)
@example("{% if 'user' in messages | map(attribute='role') %}yes{% endif %}", [{"role": "user", "content": ""}], None)
def test_within_its_steps_a_template_writes_what_jinja_writes(
    source: str, messages: list[dict[str, str]], tools: list[dict[str, Any]] | None
) -> None:
    try:
        plain = Jinja2ChatFormatter(source, eos_token="", bos_token="")._environment
        expected = plain.render(messages=messages, tools=tools)
    except FAILURES:
        return
    try:
        ours = TemplateSandbox(source, STEPS).render(messages=messages, tools=tools)
    except BadTemplate as exc:
        if OURS.search(str(exc)):
            return
        raise
    assert ours == expected


@given(TEMPLATES, MESSAGES, st.integers(0, 300))
def test_whatever_a_template_does_it_ends_within_its_steps(
    source: str, messages: list[dict[str, str]], steps: int
) -> None:
    with contextlib.suppress(BadTemplate):
        sandbox = TemplateSandbox(source, steps)
        with contextlib.suppress(BadTemplate):
            sandbox.render(messages=messages)
        assert sandbox.spent <= steps


@given(st.text(max_size=60))
def test_any_text_is_a_template_or_is_refused(source: str) -> None:
    with contextlib.suppress(BadTemplate):
        TemplateSandbox(source, STEPS).render()
