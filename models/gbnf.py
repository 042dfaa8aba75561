"""Writes a grammar in llama.cpp's own notation, GBNF.

The product does not use it: llama.cpp looks at every token of the vocabulary at every step (see docs/dependencies.md).
The benchmark does, and the tests, which hold the two engines to the same language.
"""

from __future__ import annotations

from models.grammar import Chain, Choice, OneOf, Repeat, Rule, Text


def write_gbnf(rule: Rule) -> str:
    """Give the GBNF text whose root is this rule."""
    bodies: dict[str, str] = {}
    root = _write(rule, bodies)
    return "\n".join([f"root ::= {root}", *(f"{name} ::= {body}" for body, name in bodies.items())]) + "\n"


def _write(rule: Rule, bodies: dict[str, str]) -> str:
    match rule:
        case Text(text):
            return '"' + "".join(map(_character, text)) + '"'
        case OneOf(ranges):
            return f"[{''.join(f'{_escape(first)}-{_escape(last)}' for first, last in ranges)}]"
        case Chain(parts):
            return " ".join(_write(part, bodies) for part in parts)
        case Choice(options):
            return f"({' | '.join(_write(option, bodies) for option in options)})"
        case Repeat(inner, least, most):
            body = f"({_write(inner, bodies)}){{{least},{'' if most is None else most}}}"
            # llama.cpp writes repetitions out: a body that occurs often is one rule.
            return bodies.setdefault(body, f"r{len(bodies)}")


def _character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\U{ord(character):08X}"


def _escape(code: int) -> str:
    return f"\\U{code:08X}"
