"""Writes a grammar as a regular expression that Python's `re` and the regex crate of Rust read the same way."""

from __future__ import annotations

from models.grammar import Chain, Choice, OneOf, Repeat, Rule, Text

_PLAIN = ' _"<>:,='
"""What means itself outside of a set, for both, and inside the slashes of a Lark file."""


def write_regex(rule: Rule) -> str:
    """Write a rule."""
    match rule:
        case Text(text):
            return "".join(map(_character, text))
        case OneOf(ranges):
            return f"[{''.join(f'{_escape(first)}-{_escape(last)}' for first, last in ranges)}]"
        case Chain(parts):
            return "".join(map(write_regex, parts))
        case Choice(options):
            return f"(?:{'|'.join(map(write_regex, options))})"
        case Repeat(inner, 0, 1):
            return f"(?:{write_regex(inner)})?"
        case Repeat(inner, least, most):
            return f"(?:{write_regex(inner)}){{{least},{'' if most is None else most}}}"


def _character(character: str) -> str:
    is_plain = character in _PLAIN or (character.isascii() and character.isalnum())
    return character if is_plain else _escape(ord(character))


def _escape(code: int) -> str:
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
