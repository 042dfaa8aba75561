"""Says whether a GBNF text is well-formed, before llama.cpp sees it.

llama.cpp fails an invalid grammar in ways that nobody wants: a null pointer that kills the process later, or, for
"a"{2,1}, memory until the kernel ends it (seen with llama-cpp-python 0.3.36). This reads the part of GBNF that
Earrand writes, one rule a line, and is stricter: what it lets through, llama.cpp takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MOST_REPETITIONS = 2000
"""llama.cpp refuses more (MAX_REPETITION_THRESHOLD in src/llama-grammar.cpp)."""

_ESCAPE = r'\\(?:["\\\[\]nrt]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})'
_NAME = r"[A-Za-z][A-Za-z0-9-]*"
_RULE = re.compile(rf"({_NAME}) ::= (.+)")
_MEMBER = re.compile(rf"{_ESCAPE}|[^\\]")
_TOKEN = re.compile(
    rf"""[ ]*(?:
    (?P<literal>"(?:[^"\\]|{_ESCAPE})*")
  | (?P<set>\[\^?(?:[^\]\\]|{_ESCAPE})+\])
  | (?P<repeat>[*+?]|\{{[0-9]{{1,6}}(?:,[0-9]{{0,6}})?\}})
  | (?P<name>{_NAME})
  | (?P<mark>[()|])
)[ ]*""",
    re.VERBOSE,
)


class BadGrammar(ValueError):
    """A GBNF text that llama.cpp would not survive; the message says why."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A terminal (None), the name of a rule, or a group; and how often it comes."""

    inner: str | _Group | None
    optional: bool = False
    repeated: bool = False


_Group = Sequence[Sequence[_Item]]
"""Alternatives, each a sequence of items."""


def check_grammar(text: str) -> None:
    """Raise BadGrammar unless every rule reads, is there, and can be expanded without end."""
    if not text.isprintable() and not text.replace("\n", "").isprintable():
        raise BadGrammar("a character must be written as an escape")
    rules: dict[str, _Group] = {}
    for line in text.split("\n")[: -1 if text.endswith("\n") else None]:
        match = _RULE.fullmatch(line)
        if match is None:
            raise BadGrammar(f"not a rule: {line[:60]!r}")
        if match[1] in rules:
            raise BadGrammar(f"the rule {match[1]} is there twice")
        rules[match[1]] = _read(match[2])
    if "root" not in rules:
        raise BadGrammar("there is no root")
    for name, group in rules.items():
        missing = {item.inner for item in _items(group) if isinstance(item.inner, str)} - rules.keys()
        if missing:
            raise BadGrammar(f"{name} needs {min(missing)}, which is not there")
    _refuse_endless(rules, _rules_that_can_be_empty(rules))


def _read(text: str) -> _Group:
    stack: list[list[list[_Item]]] = [[[]]]
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise BadGrammar(f"cannot read {text[position : position + 20]!r}")
        position = match.end()
        _take(match, stack)
    if len(stack) > 1:
        raise BadGrammar("a group is not closed")
    return _closed(stack.pop())


def _take(match: re.Match[str], stack: list[list[list[_Item]]]) -> None:
    kind = match.lastgroup or ""
    match kind, match[kind]:
        case "literal", literal:
            stack[-1][-1].append(_Item(None, optional=literal == '""'))
        case "set", members:
            _check_set(members[1:-1].removeprefix("^"))
            stack[-1][-1].append(_Item(None))
        case "name", name:
            stack[-1][-1].append(_Item(name))
        case "repeat", repeat:
            _repeat(stack[-1][-1], repeat)
        case _, "(":
            stack.append([[]])
        case _, "|":
            stack[-1].append([])
        case _ if len(stack) == 1:
            raise BadGrammar("a group is closed that was not opened")
        case _:
            group = _closed(stack.pop())
            stack[-1][-1].append(_Item(group))


def _closed(group: _Group) -> _Group:
    if not all(group):
        raise BadGrammar("an alternative is empty")
    return group


def _repeat(sequence: list[_Item], repeat: str) -> None:
    if not sequence or sequence[-1].repeated or sequence[-1].optional:
        raise BadGrammar(f"nothing to repeat before {repeat}")
    least, most = _times(repeat)
    if not 1 <= max(least, 1) <= most <= MOST_REPETITIONS:
        raise BadGrammar(f"{repeat} is no number of repetitions")
    sequence[-1] = _Item(sequence[-1].inner, optional=least == 0, repeated=repeat != "?")


def _times(repeat: str) -> tuple[int, int]:
    match repeat:
        case "?":
            return 0, 1
        case "*" | "+":
            return int(repeat == "+"), MOST_REPETITIONS
    least, comma, most = repeat[1:-1].partition(",")
    return int(least), int(most or (MOST_REPETITIONS if comma else least))


def _check_set(members: str) -> None:
    codes = [_code(member) for member in _MEMBER.findall(members)]
    i = 0
    while i < len(codes):
        # As llama.cpp reads it: "-" between two members makes a range, a last one is itself.
        if i + 2 < len(codes) and codes[i + 1] == ord("-"):
            if codes[i] > codes[i + 2]:
                raise BadGrammar(f"a range in [{members[:40]}] runs backwards")
            i += 2
        i += 1


def _code(member: str) -> int:
    if len(member) == 1:
        return ord(member)
    return (
        int(member[2:], 16) if member[1] in "xuU" else ord({"n": "\n", "r": "\r", "t": "\t"}.get(member[1], member[1]))
    )


def _items(group: _Group) -> Iterator[_Item]:
    for sequence in group:
        for item in sequence:
            yield item
            if item.inner is not None and not isinstance(item.inner, str):
                yield from _items(item.inner)


def _can_be_empty(item: _Item, empty: set[str]) -> bool:
    if item.optional or item.inner is None:
        return item.optional
    if isinstance(item.inner, str):
        return item.inner in empty
    return _group_can_be_empty(item.inner, empty)


def _group_can_be_empty(group: _Group, empty: set[str]) -> bool:
    return any(all(_can_be_empty(item, empty) for item in sequence) for sequence in group)


def _rules_that_can_be_empty(rules: Mapping[str, _Group]) -> set[str]:
    empty: set[str] = set()
    while True:
        more = {name for name, group in rules.items() if _group_can_be_empty(group, empty)} - empty
        if not more:
            return empty
        empty |= more


def _refuse_endless(rules: Mapping[str, _Group], empty: set[str]) -> None:
    for name, group in rules.items():
        for item in _items(group):
            if item.repeated and _can_be_empty(_Item(item.inner), empty):
                raise BadGrammar(f"{name} repeats what may be nothing")
    reach = {name: _first_names(group, empty) for name, group in rules.items()}
    for name in rules:
        seen: set[str] = set()
        ahead = set(reach[name])
        while ahead:
            seen |= ahead
            ahead = {further for each in ahead for further in reach[each]} - seen
        if name in seen:
            raise BadGrammar(f"{name} begins with itself")


def _first_names(group: _Group, empty: set[str]) -> set[str]:
    """Give the rules that may be expanded before any character is read."""
    names: set[str] = set()
    for sequence in group:
        for item in sequence:
            if isinstance(item.inner, str):
                names.add(item.inner)
            elif item.inner is not None:
                names |= _first_names(item.inner, empty)
            if not _can_be_empty(item, empty):
                break
    return names
