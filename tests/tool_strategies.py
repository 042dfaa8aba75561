"""Hypothesis strategies for tools, their schemas and JSON values."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from models.llm import ToolSchema

NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters='\0"<>&', exclude_categories=["Cc"]), min_size=1, max_size=6
)
_SMALL = st.integers(-300, 300)


@st.composite
def bounded(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    low, high = sorted((draw(_SMALL), draw(_SMALL)))
    bounds = {"minimum": low, "maximum": high, "exclusiveMinimum": low - 1, "exclusiveMaximum": high + 1}
    kept = draw(st.sets(st.sampled_from(sorted(bounds))))
    return {"type": kind, **{name: bounds[name] for name in kept}}


@st.composite
def strings(draw: st.DrawFn) -> dict[str, Any]:
    least, most = sorted((draw(st.integers(0, 6)), draw(st.integers(0, 6))))
    return {"type": "string", "minLength": least, "maxLength": most, "description": "words"}


def objects(values: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    def with_required(properties: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        required = st.lists(st.sampled_from(sorted(properties)), unique=True) if properties else st.just([])
        return st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.just(properties),
                "required": required,
                "additionalProperties": st.just(False),
            }
        )

    return st.dictionaries(NAMES, values, max_size=4).flatmap(with_required)


_CHOICES = st.lists(NAMES | st.integers() | st.booleans() | st.just("a<b&\n]]>"), min_size=1, max_size=4)
_SCALARS = st.one_of(
    bounded("integer"),
    bounded("number"),
    strings(),
    st.just({"type": "boolean"}),
    st.builds(lambda values: {"enum": values}, _CHOICES),
    st.just({"anyOf": [{"type": "integer", "minimum": 3, "maximum": 17}, {"type": "null"}]}),
    st.just({"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 5}]}),
    st.just({"type": ["boolean", "null"]}),
)
VALUES = st.recursive(
    _SCALARS,
    lambda values: objects(values) | st.builds(lambda v: {"type": "array", "items": v, "maxItems": 3}, values),
    max_leaves=5,
)
TOOL_LISTS = st.lists(
    st.builds(lambda name, parameters: ToolSchema(name, "Do it.", parameters), NAMES, objects(VALUES)),
    min_size=1,
    max_size=4,
    unique_by=lambda tool: tool.name,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-400, 400) | st.floats(-400, 400) | NAMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=6,
)
