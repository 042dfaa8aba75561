"""The filters, tests and methods that a chat template may use, each at its price.

They are what the templates of some seventy chat models use, but for `format` and `from_json`. What is not named here
does not exist for a template: most of Jinja's other filters can make a text of any length out of one number.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2.filters import FILTERS
from jinja2.tests import TESTS

from models.template_allowance import Allowance

_Function = Callable[..., Any]

_PLAIN_FILTERS = ("count", "d", "default", "first", "items", "last", "length")
"""They take as long for any value."""
_WEIGHED_FILTERS = (
    *("abs", "capitalize", "float", "indent", "int", "lower", "replace", "reverse"),
    *("safe", "string", "title", "tojson", "trim", "upper"),
)
"""They read all they are given, once."""
_LAZY_FILTERS = ("list", "map", "reject", "rejectattr", "select", "selectattr")
"""They take an item after the other."""
_GATHERING_FILTERS = ("dictsort", "join", "max", "min", "sort", "unique")
"""They need all items at once."""
_COMPARISONS = 20
"""Times that sorting looks at an item: the logarithm of the most that there can be."""

_KIND_TESTS = (
    *("boolean", "defined", "even", "false", "float", "integer", "iterable", "mapping", "none"),
    *("number", "odd", "sequence", "string", "true", "undefined"),
)
_COMPARING_TESTS = (
    *("!=", "<", "<=", "==", ">", ">=", "eq", "equalto", "ge", "greaterthan", "gt", "in"),
    *("le", "lessthan", "lt", "ne"),
)


def filters(allowance: Allowance) -> dict[str, Any]:
    """Give the filters, paid from the allowance."""
    known: dict[str, Any] = {**FILTERS, "tojson": functools.partial(_as_json, allowance)}
    extra: dict[str, _Function] = {"indent": _indented, "replace": _replaced, "trim": _stripped}
    return {
        **{name: known[name] for name in _PLAIN_FILTERS},
        **{name: _weighed(known[name], allowance, extra.get(name)) for name in _WEIGHED_FILTERS},
        **{name: _lazy(known[name], allowance) for name in _LAZY_FILTERS},
        **{name: _gathering(known[name], allowance) for name in _GATHERING_FILTERS},
    }


def tests(allowance: Allowance) -> dict[str, Any]:
    """Give the tests, paid from the allowance."""
    known: dict[str, Any] = {**TESTS}
    return {
        **{name: known[name] for name in _KIND_TESTS},
        **{name: _weighed(known[name], allowance) for name in _COMPARING_TESTS},
    }


def is_known_method(owner: object, name: str) -> bool:
    """Say whether a template may call this method."""
    return name in (_TEXT_METHODS if isinstance(owner, str) else _MAPPING_METHODS if isinstance(owner, dict) else ())


def pay_method(allowance: Allowance, owner: object, name: str, *given: Any, **named: Any) -> None:
    """Pay for calling a known method. Raises SecurityError."""
    for value in (*given, *named.values()):
        allowance.weigh(value)
    if isinstance(owner, str):
        allowance.weigh(owner)
        if (extra := _TEXT_METHODS[name]) is not None:
            allowance.spend(extra(owner, *given, **named))


def _weighed(function: _Function, allowance: Allowance, extra: _Function | None = None) -> _Function:
    passed = _passed(function)

    @functools.wraps(function)
    def weighed(*given: Any, **named: Any) -> Any:
        for value in (*given[passed:], *named.values()):
            allowance.weigh(value)
        if extra is not None:
            allowance.spend(extra(*given[passed:], **named))
        return function(*given, **named)

    return weighed


def _lazy(function: _Function, allowance: Allowance) -> _Function:
    passed = _passed(function)

    @functools.wraps(function)
    def lazy(*given: Any, **named: Any) -> Any:
        items = given[passed]
        # Jinja takes nothing, too, for no items.
        paid = allowance.each(items) if items else items
        return function(*given[:passed], paid, *given[passed + 1 :], **named)

    return lazy


def _gathering(function: _Function, allowance: Allowance) -> _Function:
    passed = _passed(function)

    @functools.wraps(function)
    def gathering(*given: Any, **named: Any) -> Any:
        items = given[passed]
        if not isinstance(items, Mapping):
            items = list(allowance.each(items))
        weight = allowance.weigh(items)
        # The separator of `join` is written once an item.
        weight += sum(allowance.weigh(value) for value in (*given[passed + 1 :], *named.values())) * len(items)
        allowance.spend(weight * _COMPARISONS)
        return function(*given[:passed], items, *given[passed + 1 :], **named)

    return gathering


def _passed(function: _Function) -> int:
    """Count the arguments that Jinja puts before those of the template."""
    return int(hasattr(function, "jinja_pass_arg"))


def _as_json(
    allowance: Allowance,
    value: object,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Write JSON as Transformers does: nothing is escaped for HTML."""
    if isinstance(indent, int):
        allowance.spend(indent)
    encoder = json.JSONEncoder(ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def pieces() -> Iterator[str]:
        # Piece by piece: how much an indent adds depends on how deep the value is.
        for piece in encoder.iterencode(value):
            allowance.spend(1)
            allowance.write(len(piece))
            yield piece

    return "".join(pieces())


# What a function costs over reading what it is given; the arguments are named as the function names them.


def _replaced(text: object, old: str, new: str, count: int | None = None) -> int:
    return str(text).count(str(old)) * len(str(new))


def _indented(text: str, width: int | str = 4, first: bool = False, blank: bool = False) -> int:
    # As many lines as characters, at worst.
    return len(text) * (len(width) if isinstance(width, str) else max(width, 1))


def _stripped(text: object, chars: str | None = None) -> int:
    # Each character is searched for among `chars`.
    return len(str(text)) * len(chars or "")


def _split(text: str, sep: str | None = None, maxsplit: int = -1) -> int:
    return text.count(sep) if sep else len(text)


def _split_lines(text: str, keepends: bool = False) -> int:
    return len(text)


def _joined(text: str, items: list[object]) -> int:
    return len(text) * len(items)


_TEXT_METHODS: Mapping[str, Callable[..., int] | None] = {
    **dict.fromkeys(("capitalize", "count", "endswith", "find", "isdigit", "lower", "startswith", "title", "upper")),
    **dict.fromkeys(("strip", "lstrip", "rstrip"), _stripped),
    **dict.fromkeys(("split", "rsplit"), _split),
    "splitlines": _split_lines,
    "replace": _replaced,
    "join": _joined,
}
_MAPPING_METHODS = frozenset({"get", "items", "keys", "values"})
