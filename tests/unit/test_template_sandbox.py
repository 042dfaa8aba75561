"""Chat templates of any maker: bombs end after a counted number of steps, and what is not needed does not exist."""

from __future__ import annotations

from typing import NoReturn

import jinja2
import pytest

from models.template_allowance import STEPS
from models.template_sandbox import BadTemplate, TemplateSandbox

MESSAGES = [{"role": "user", "content": "hello"}]
STEPS_HERE = 20_000
KEEP = "{% set ns = namespace(a='x', l=(), n=9) %}"


def sixty_times(body: str) -> str:
    return KEEP + "{% for i in range(60) %}" + body + "{% endfor %}"


LISTS = sixty_times("{% set ns.l = [ns.l, ns.l] %}")
TUPLES = sixty_times("{% set ns.l = (ns.l, ns.l) %}")
TWICE = "{{ f(n - 1) }}{{ f(n - 1) }}"

ENDLESS = {
    "nested loops": "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    "a filtered loop": "{% for a in range(99999) if false %}{% endfor %}",
    "an output": "{% for a in range(9999) %}{% for b in range(9999) %}z{% endfor %}{% endfor %}",
    "a macro that calls itself": "{% macro f(n) %}{% if n %}" + TWICE + "{% endif %}{% endmacro %}{{ f(40) }}",
    "a long macro": "{% macro f() %}"
    + "z" * 9999
    + "{% endmacro %}{% for a in range(40) %}{% set b = f() %}{% endfor %}",
    "doubling with ~": sixty_times("{% set ns.a = ns.a ~ ns.a %}"),
    "doubling with +": sixty_times("{% set ns.a = ns.a + ns.a %}"),
    "doubling with a block": sixty_times("{% set ns.a %}{{ ns.a }}{{ ns.a }}{% endset %}"),
    "doubling with replace": sixty_times("{% set ns.a = ns.a.replace('x', 'xx') %}"),
    "a text times a number": "{{ 'a' * 10000000000 }}",
    "a number times a text": "{{ 10000000000 * 'a' }}",
    "a list times a number": "{{ [0] * 10000000000 }}",
    "lists of lists, written": LISTS + "{{ ns.l }}",
    "lists of lists, concatenated": LISTS + "{% set x = ns.l ~ '' %}",
    "lists of lists, as JSON": LISTS + "{{ ns.l | tojson }}",
    "lists of lists, compared": LISTS + LISTS.replace("ns", "m") + "{% if ns.l == m.l %}{% endif %}",
    "tuples of tuples, as a key": TUPLES + "{{ {ns.l: 1} }}",
    "tuples of tuples, looked up": TUPLES + "{{ {}[ns.l] }}",
    "tuples of tuples, sought": TUPLES + "{% if ns.l in {} %}{% endif %}",
    "tuples of tuples, as a refusal": TUPLES + "{{ raise_exception(ns.l) }}",
    "a replacement": "{{ ('a' * 999).replace('a', 'b' * 999) }}",
    "a replacing filter": "{{ ('a' * 999) | replace('a', 'b' * 999) }}",
    "a long separator": "{{ range(999) | join('b' * 9999) }}",
    "a joining method": "{{ ('b' * 9999).join(['a'] * 999) }}",
    "a wide indent": "{{ 'a' | indent(1000000000) }}",
    "a wide indent of JSON": "{{ [1] | tojson(indent=10000000000000) }}",
    "a deep indent of JSON": sixty_times("{% set ns.l = [ns.l] * 2 %}") + "{{ ns.l | tojson(indent=200) }}",
    "splitting at spaces": "{{ ('a' * 9999).split() }}{{ ('a' * 9999).split() }}",
    "splitting at letters": "{{ ('a' * 9999).split('a') }}",
    "splitting into lines": "{{ ('a' * 9999).splitlines() }}{{ ('a' * 9999).splitlines() }}",
    "many letters": "{{ ('a' * 9999) | list | map('upper') | list | length }}",
    "stripping": "{{ ('a' * 999).strip('b' * 999) }}",
    "a stripping filter": "{{ ('a' * 999) | trim('b' * 999) }}",
    "comparing": "{% set s = 'a' * 9999 %}{% for i in range(99) %}{% if s < s %}{% endif %}{% endfor %}",
    "a test that compares": "{% set s = 'a' * 9999 %}{% for i in range(99) %}{% set t = s is lt(s) %}{% endfor %}",
    "searching": "{% for i in range(99) %}{% if 'a' in range(99999) %}{% endif %}{% endfor %}",
    "sorting": "{{ range(999) | map('string') | sort | first }}",
    "slices": "{% set l = [0] * 5000 %}{% for i in range(99) %}{% set m = l[:] %}{% endfor %}",
}

ABSENT = {
    "powers": ("{{ 9**9**7 }}", "Pow"),
    "huge ranges": ("{% for i in range(1000000000) %}{% endfor %}", "Range too big"),
    "ranges past any length": ("{{ range(99999999999999999999) | length }}", "OverflowError"),
    "nonsense by the page": ("{{ lipsum(1000000) }}", "'lipsum' is undefined"),
    "padding": ("{{ 'a'.center(1000000000) }}", "'center' of 'str' object is unsafe"),
    "padding by filter": ("{{ 'a' | center(1000000000) }}", "No filter named 'center'"),
    "padding by a mapped filter": ("{{ ['a'] | map('center', 1000000000) | list }}", "No filter named 'center'"),
    "fields": ("{{ '{:1000000000}'.format(1) }}", "'format' of 'str' object is unsafe"),
    "fields by name": ("{{ '{a:1000000000}'.format_map({'a': 1}) }}", "'format_map' of 'str' object is unsafe"),
    "fields by percent": ("{{ '%1000000000d' % 1 }}", "formats no text"),
    "deep recursion": ("{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}", "RecursionError"),
    "recursive loops": ("{% for m in messages recursive %}{{ loop(messages) }}{% endfor %}", "kind of For"),
    "inclusion": ("{% include 'a' %}", "kind of Include"),
    "blocks": ("{% block a %}{{ self.a() }}{% endblock %}", "kind of Block"),
    "squares": (sixty_times("{% set ns.n = ns.n * ns.n %}"), "64 bits|steps"),
    "long integers": ("{{ 9223372036854775807 + 9223372036854775809 }}", "64 bits"),
    "integers too long to read": ("{{ " + "9" * 5000 + " }}", "4300 digits"),
    "deep nesting": ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "RecursionError"),
    "long sums": ("{{ " + "1+" * 5000 + "1 }}", "RecursionError"),
    "many nested loops": ("{% for a in messages %}" * 25 + "{% endfor %}" * 25, "SyntaxError"),
    "changing what it is given": ("{{ messages.append(1) }}", "unsafe"),
    "namespaces as text": (KEEP + "{{ namespace(a=ns) }}", "no plain value"),
    "generators as text": ("{{ messages | map('string') }}", "no plain value"),
    "Python": ("{{ ''.__class__.__mro__ }}", "unsafe"),
    "division by zero": ("{{ 1 / 0 }}", "ZeroDivisionError"),
    "its own refusal": ("{{ raise_exception('no system message') }}", "no system message"),
    "wrong syntax": ("{% for", "TemplateSyntaxError"),
}


def refuse(message: str) -> NoReturn:
    raise jinja2.TemplateError(message)


def render(source: str, steps: int = STEPS_HERE) -> str:
    return TemplateSandbox(source, steps).render(messages=MESSAGES, raise_exception=refuse)


@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
def test_a_bomb_ends_after_the_steps_that_are_allowed(source: str) -> None:
    sandbox = TemplateSandbox(source, STEPS_HERE)
    with pytest.raises(BadTemplate, match="more than 20000 steps"):
        sandbox.render(messages=MESSAGES, raise_exception=refuse)
    assert sandbox.spent <= STEPS_HERE


@pytest.mark.parametrize(("source", "why"), ABSENT.values(), ids=ABSENT)
def test_what_no_chat_needs_is_refused_with_the_reason(source: str, why: str) -> None:
    with pytest.raises(BadTemplate, match=why):
        render(source)


def test_a_reason_is_short() -> None:
    with pytest.raises(BadTemplate) as refused:
        render("{{ raise_exception('a' * 9999) }}")
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("source", ["{{ 'a' * 10000000000 }}", "{{ 'a' | center(1000000000) }}", "{{ 1 / 0 }}"])
def test_nothing_is_run_while_a_template_is_read(source: str) -> None:
    assert TemplateSandbox("{% if messages %}" + source + "{% endif %}").render() == ""


def test_what_never_changes_is_not_worked_out_beforehand() -> None:
    assert TemplateSandbox("{{ ('a' * 99) | upper ~ 'b' }}").spent == 0


def test_a_macro_costs_what_is_in_it() -> None:
    sandbox = TemplateSandbox("{% macro f() %}" + "{% if a %}{% endif %}" * 100 + "{% endmacro %}" + "{{ f() }}" * 10)
    sandbox.render()
    assert sandbox.spent > 1000


def test_every_rendering_has_all_steps() -> None:
    sandbox = TemplateSandbox("{% for i in range(1500) %}{{ i }}{% endfor %}", STEPS_HERE)
    sandbox.render()
    first = sandbox.spent
    sandbox.render()
    assert sandbox.spent == first > 1500


def test_training_marks_pass() -> None:
    assert render("{% generation %}{{ messages[0].content }}{% endgeneration %}") == "hello"


def test_loops_can_be_left() -> None:
    leave = "{% if i == 1 %}{% continue %}{% elif i == 3 %}{% break %}{% endif %}"
    assert render("{% for i in range(9) %}" + leave + "{{ i }}{% endfor %}") == "02"


def test_a_loop_knows_its_neighbours_and_its_length() -> None:
    body = "{{ loop.previtem }}{{ i }}{{ loop.nextitem }}{{ loop.length }}{{ loop.last }} "
    assert render("{% for i in 'abc' %}" + body + "{% endfor %}") == "ab3False abc3False bc3True "


def test_ninety_tools_and_a_long_talk_take_a_fifth_of_the_steps() -> None:
    source = (
        "{% set ns = namespace(text='') %}"
        "{% for tool in tools %}{% set ns.text = ns.text + '\\n' + (tool | tojson) %}{% endfor %}{{ ns.text }}"
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content.strip() }}<|im_end|>\n{% endfor %}"
    )
    tool = {"name": "set_timer", "description": "Set a timer. " * 5, "parameters": {"minutes": {"type": "integer"}}}
    sandbox = TemplateSandbox(source)
    text = sandbox.render(tools=[tool] * 90, messages=MESSAGES * 40)
    assert text.count("set_timer") == 90
    assert text.count("hello") == 40
    assert sandbox.spent < STEPS / 5
