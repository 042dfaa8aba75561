"""Finds the one thing that somebody meant by a spoken name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from companion.servers.failure import Failure

_Thing = TypeVar("_Thing")


def folded(name: str) -> str:
    """Give the form in which names are compared: lower case, single spaces."""
    return " ".join(name.casefold().split())


def fits(wanted: str, name: str) -> bool:
    """Say whether every word of `wanted` is a word of `name`."""
    return bool(wanted.split()) and set(folded(wanted).split()) <= set(folded(name).split())


def one(wanted: str, things: Sequence[_Thing], name_of: Callable[[_Thing], str], kind: str) -> _Thing:
    """Give the thing of exactly this name, else the only one whose name holds its words.

    Raises Failure not_found or ambiguous.
    """
    exact = [thing for thing in things if folded(name_of(thing)) == folded(wanted)]
    fitting = exact or [thing for thing in things if fits(wanted, name_of(thing))]
    if not fitting:
        raise Failure("not_found", f"no {kind} is called {wanted!r}")
    if len(fitting) > 1:
        raise Failure("ambiguous", f"{len(fitting)} {kind}s fit {wanted!r}")
    return fitting[0]


def required(text: str, what: str) -> str:
    """Give the text without space around it. Raises Failure bad_arguments when nothing is left."""
    if not text.strip():
        raise Failure("bad_arguments", f"{what} is empty")
    return text.strip()
