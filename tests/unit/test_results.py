"""Whatever a tool gives becomes a small plain dict."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from mcp_types import CallToolResult, ImageContent, TextContent

from companion.errors import ToolFailed
from companion.results import MAX_RESULT_BYTES, fit, plain_result


def test_structured_content_comes_through_as_it_is() -> None:
    assert plain_result(CallToolResult(content=[], structured_content={"a": 1})) == {"a": 1}


def test_text_and_pictures_become_text_and_a_list_of_what_is_left_out() -> None:
    picture = ImageContent(type="image", data="AAAA", mime_type="image/png")
    result = CallToolResult(content=[TextContent(type="text", text="sunny"), picture])
    assert plain_result(result) == {"text": "sunny", "left_out": ["image"]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Error executing tool x: not_found: no event is called 'x'", "not_found"),
        ("disk_full: no room", "disk_full"),
        ("Error executing tool x: 1 validation error for xArguments", "bad_arguments"),
        ("it broke", "tool_failed"),
        ("", "tool_failed"),
    ],
)
def test_an_error_has_a_code(text: str, code: str) -> None:
    with pytest.raises(ToolFailed) as caught:
        plain_result(CallToolResult(content=[TextContent(type="text", text=text)], is_error=True))
    assert caught.value.code == code


def _nested(depth: int) -> dict[str, Any]:
    return {"in": _nested(depth - 1)} if depth else {}


@pytest.mark.parametrize(
    "data",
    [
        {"text": "ü" * 1_000_000},
        {"items": list(range(100_000))},
        {f"key {n}": "x" * 100 for n in range(10_000)},
        {"k" * 50_000: 1},
        {"n": 2**70, "f": float("nan"), "b": b"\x00", "s": "\ud800", "t": (1, 2)},
        _nested(500),
        {"wide": [["x" * 50] * 50] * 50},
    ],
    ids=["text", "list", "keys", "long key", "odd values", "deep", "wide"],
)
def test_any_size_and_shape_fits_the_link_and_the_journal(data: dict[str, Any]) -> None:
    fitted = fit(data)
    assert len(msgspec.msgpack.encode(fitted)) <= MAX_RESULT_BYTES
    assert msgspec.json.decode(msgspec.json.encode(fitted)) == fitted
