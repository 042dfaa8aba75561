"""Chat templates that could run for ever are refused; those of real models are not."""

import pytest

from models.template_check import BadTemplate, check_template
from tests import chat_templates


@pytest.mark.parametrize(
    "bomb",
    [
        "{% for a in range(100000000) %}x{% endfor %}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'a' * 10000000000 }}",
        "{{ lipsum(n=100000000) }}",
        "".join(f"{{% for {name} in messages %}}" for name in "abcd") + "." + "{% endfor %}" * 4,
        "{% for",
        "{{ " + "(" * 5000 + ")" * 5000 + " }}",
    ],
)
def test_a_template_that_computes_without_end_is_refused(bomb: str) -> None:
    with pytest.raises(BadTemplate):
        check_template(bomb)


@pytest.mark.parametrize("name", [name for name in dir(chat_templates) if name.isupper()])
def test_templates_as_models_have_them_are_taken(name: str) -> None:
    check_template(getattr(chat_templates, name))
