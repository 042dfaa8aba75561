"""Holds the file of phrases against the rules that it states, and against the code that uses it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.phrase_lines import Lines, slots_in

EDGE = Path(__file__).parents[2] / "edge"
LINES = Lines.load(EDGE / "phrases" / "en.toml")

CLAIMS = """accepted added approved bought booked called cancelled cleared completed created deleted delivered done
ended erased finished kept moved noted ordered paid played placed posted purchased received removed replied reserved
saved scheduled sent started stored ticked turned updated written wrote"""
CLAIM = re.compile(
    rf"\b({'|'.join(CLAIMS.split())})\b|\b(is|are) (still )?(set|off|out|in your|on your)\b", re.IGNORECASE
)
TRUE_BY_ITSELF = ("rang.", "about.too_late", "tools.messages.read_messages.item", "model.")
"""Keys that tell of an end that has happened (a timer that rang, a record), quote somebody, or are not spoken."""


def _under(key: str, name: str) -> bool:
    return name in key.split(".")


@pytest.mark.parametrize("key", sorted(LINES.names()))
def test_a_deed_is_claimed_only_where_it_was_done(key: str) -> None:
    if _under(key, "completed") or key.startswith(TRUE_BY_ITSELF):
        return
    for line in LINES.get(key):
        claims = {found[0] for found in CLAIM.finditer(re.sub(r"{\w+}", "", line))}
        assert not claims or (_under(key, "cancelled") and claims == {"cancelled"}), line


def test_a_message_in_the_outbox_is_never_said_to_be_sent() -> None:
    for key in ("outbox", "other"):
        for line in LINES.get(f"tools.messages.send_message.completed.{key}"):
            assert "sent" not in line
    assert [key for key in LINES.names() if any("sent" in line.split() for line in LINES.get(key))] == []


@pytest.mark.parametrize("key", sorted(key for key in LINES.names() if key.startswith("tools.") and "failed" in key))
def test_failures_use_only_what_was_asked(key: str) -> None:
    tool = key.removeprefix("tools.").split(".failed")[0]
    asked = set().union(*(slots_in(line) for line in LINES.get(f"tools.{tool}.task")))
    asked |= {"sender", "to", "name", "what", "title"}
    assert all(slots_in(line) <= asked for line in LINES.get(key))


def _calls() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Give each `phrases.say("key", slot=...)` of the wearable's code: where, key, slots."""
    for path in sorted(EDGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say"):
                continue
            speaker = ast.unparse(node.func.value)
            ours = "phrases" in speaker or (path.name == "phrasebook.py" and speaker == "self")
            first = node.args[0] if node.args else None
            if ours and isinstance(first, ast.Constant) and isinstance(first.value, str):
                slots = frozenset(word.arg for word in node.keywords if word.arg)
                yield f"{path.name}:{node.lineno}", first.value, slots


def test_every_sentence_that_the_code_says_is_in_the_file() -> None:
    calls = list(_calls())
    assert len(calls) > 35
    for where, key, slots in calls:
        keys = [f"{key}.none", f"{key}.one", f"{key}.many", key] if "count" in slots else [key]
        lines = [line for one in keys for line in LINES.get(one)]
        assert lines, f"{where} says {key}, which is not in the file"
        assert any(slots_in(line) <= slots for line in lines), f"{where} does not give what {key} needs"


def test_every_sentence_ends() -> None:
    parts = re.compile(
        r"^tools\..*\.(task|item|list|join|choose)$|^list\.|^clock\.timer_l|^consent\.(argument|some|it|nothing)$"
    )
    for key in LINES.names():
        for line in LINES.get(key):
            assert parts.search(key) or line.endswith(
                (".", "?", "!", "{question}", "{ended}", "{items}", "{running}")
            ), key


def test_every_tool_has_its_task() -> None:
    tools = {".".join(key.split(".")[1:3]) for key in LINES.names() if key.startswith("tools.")}
    assert len(tools) == 16
    for tool in tools:
        assert LINES.get(f"tools.{tool}.task")
        assert any(key.startswith(f"tools.{tool}.completed") for key in LINES.names())
