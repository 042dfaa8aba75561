from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.consent import canonical_json, digest

VECTORS = json.loads((Path(__file__).parents[2] / "firmware_bridge" / "vectors" / "consent.json").read_text("utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: str(case["tool"]))
def test_the_vectors_hold(case: dict[str, Any]) -> None:
    assert canonical_json({"tool": case["tool"], "arguments": case["arguments"]}) == case["canonical"]
    assert digest(case["tool"], case["arguments"]) == case["sha256"]


def test_any_change_of_tool_or_arguments_changes_the_digest() -> None:
    said = digest("messages.send_message", {"to": "anna", "text": "yes"})
    assert said != digest("messages.send_message", {"to": "anna", "text": "yes "})
    assert said != digest("messages.send_message", {"to": "ann", "text": "ayes"})
    assert said != digest("messages.read_messages", {"to": "anna", "text": "yes"})
    assert digest("t", {"a": True}) != digest("t", {"a": 1})


def test_a_whole_float_is_the_same_number() -> None:
    assert digest("t", {"a": 2.0, "b": (1, 2)}) == digest("t", {"a": 2, "b": [1, 2]})


@pytest.mark.parametrize(
    "arguments",
    [
        {"a": 2**53},
        {"a": 1e16},
        {"a": float("nan")},
        {"a": float("-inf")},
        {"a": "\ud800"},
        {"a": b"x"},
        {"a": {1: 2}},
        {"a": object()},
        {"\udfff": 1},
        {"a": {1, 2}},
    ],
    ids=repr,
)
def test_what_is_not_the_same_json_everywhere_has_no_digest(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        digest("t", arguments)


def test_deep_nesting_has_no_digest() -> None:
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    with pytest.raises(ValueError, match="deep"):
        digest("t", {"a": deep})
