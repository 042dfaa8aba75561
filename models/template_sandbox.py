"""Runs the chat template of a model file, which anybody may have written: what it reaches and what it costs is bounded.

Jinja's own sandbox bounds what is reached. For the cost, the template is rewritten after it was parsed, so that each
turn of a loop, each call of a macro and each operation on values pays out of an allowance before it is done.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from models import template_vocabulary as vocabulary
from models.template_allowance import CHARACTERS_A_STEP, STEPS, Allowance
from models.template_prices import CONCATENATE, PAY, SLICE, TURNS, WEIGH, put_prices

_INTEGER_BITS = 64
_SCOPES = ("_loop_vars", "_block_vars")
"""What Jinja adds to a call."""
_FAILURES = (
    *(jinja2.TemplateError, ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError),
    *(RuntimeError, SyntaxError, TypeError, ValueError),
)
"""What running a program that anybody wrote can raise; deep nesting is a RuntimeError."""


class BadTemplate(ValueError):
    """A chat template cannot be read or run, or does too much; the message says what."""


class TemplateSandbox:
    """One template. Owned by one thread."""

    def __init__(self, source: str, steps: int = STEPS) -> None:
        """Read the template; no part of it is run. Raises BadTemplate."""
        self._allowance = Allowance(steps)
        environment = _Environment(self._allowance)
        try:
            self._template = environment.from_string(environment.priced(source))
        except _FAILURES as exc:
            raise BadTemplate(_told(exc)) from exc

    @property
    def spent(self) -> int:
        """Steps that the latest rendering took."""
        return self._allowance.spent

    def render(self, **variables: object) -> str:
        """Write the text. Raises BadTemplate, after as many steps as are allowed at the latest."""
        self._allowance.renew()
        try:
            return self._template.render(variables)
        except _FAILURES as exc:
            raise BadTemplate(_told(exc)) from exc


def _told(exc: Exception) -> str:
    return f"{type(exc).__name__}: {str(exc)[:300]}"


class _GenerationTag(Extension):
    """Lets `{% generation %}` pass, with which training marks what the model says."""

    tags = {"generation"}  # noqa: RUF012  # Jinja's own interface

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja as Transformers sets it up for chat templates, with a price on everything."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(self, allowance: Allowance) -> None:
        # The optimizer would run parts of the template while it is read.
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,
            finalize=self._written,
            extensions=[_GenerationTag, loopcontrols],
        )
        self._allowance = allowance
        self.globals = {"namespace": Namespace, "range": self.globals["range"]}
        self.filters = vocabulary.filters(allowance) | {
            TURNS: allowance.each,
            PAY: allowance.spend,
            WEIGH: self._weighed,
            CONCATENATE: self._concatenated,
            SLICE: self._sliced,
        }
        self.tests = vocabulary.tests(allowance)

    def priced(self, source: str) -> nodes.Template:
        """Parse a template and put the prices in. Raises what Jinja does, SecurityError among it."""
        tree = self.parse(source)
        put_prices(tree)
        tree.set_environment(self)
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Keep to the methods that have a price."""
        is_method = callable(value) and not isinstance(value, jinja2.Undefined | Macro)
        known = not is_method or vocabulary.is_known_method(obj, attr)
        return known and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """Give no substitute for `format`: a field is as wide as it says."""

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Pay for the hash of the key."""
        self._allowance.weigh(argument)
        return super().getitem(obj, argument)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Pay for a method or a function by its arguments; a macro pays by itself."""
        self._allowance.spend(1)
        if isinstance(obj, types.BuiltinMethodType):
            named = {name: value for name, value in kwargs.items() if name not in _SCOPES}
            vocabulary.pay_method(self._allowance, obj.__self__, obj.__name__, *args, **named)
        elif not isinstance(obj, Macro):
            for value in args:
                self._allowance.weigh(value)
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Pay for both sides, and for repeating one."""
        weights = self._allowance.weigh(left), self._allowance.weigh(right)
        if operator == "*":
            for weight, times in zip(weights, (right, left), strict=True):
                self._allowance.spend(weight * times if isinstance(times, int) and times > 0 else 0)
        elif operator == "%" and isinstance(left, str):
            raise SecurityError("% formats no text here: a field is as wide as it says")
        result = super().call_binop(context, operator, left, right)
        if isinstance(result, int) and result.bit_length() > _INTEGER_BITS:
            raise SecurityError(f"an integer has more than {_INTEGER_BITS} bits")
        return result

    @jinja2.pass_context
    def _written(self, _context: Context, value: object) -> object:
        # `pass_context` keeps Jinja from writing constants while it reads the template.
        self._allowance.weigh(value)
        return value

    def _weighed(self, value: object) -> object:
        if isinstance(value, Iterator):
            value = list(self._allowance.each(value))
        self._allowance.weigh(value)
        return value

    def _concatenated(self, values: list[object]) -> str:
        self._allowance.weigh(values)
        return "".join(map(str, values))

    def _sliced(self, value: Any) -> Any:
        self._allowance.spend(len(value) // (CHARACTERS_A_STEP if isinstance(value, str) else 1))
        return value
