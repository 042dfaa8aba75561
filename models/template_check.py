"""Refuses chat templates that could keep a processor busy for ever: Jinja's sandbox bounds their reach, not their time.

Without `range`, powers and products a template can only loop over what it is given: the messages and the tools.
"""

from __future__ import annotations

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

_DEEPEST_LOOP = 3
_NEVER_CALLED = frozenset({"range", "lipsum"})


class BadTemplate(ValueError):
    """A template that we do not run; the message says why."""


def check_template(source: str) -> None:
    """Raise BadTemplate for a template that computes more than any chat needs, or is none."""
    try:
        tree = ImmutableSandboxedEnvironment(extensions=["jinja2.ext.loopcontrols"]).parse(source)
    except (jinja2.TemplateError, RecursionError) as exc:
        raise BadTemplate(f"it cannot be read ({exc})") from exc
    if next(tree.find_all((nodes.Pow, nodes.Mul)), None) is not None:
        raise BadTemplate("it multiplies, which no chat needs and which can go on for ever")
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in _NEVER_CALLED:
            raise BadTemplate(f"it calls {call.node.name}, which no chat needs and which can go on for ever")
    if _depth(tree) > _DEEPEST_LOOP:
        raise BadTemplate(f"its loops are more than {_DEEPEST_LOOP} deep")


def _depth(node: nodes.Node) -> int:
    below = max(map(_depth, node.iter_child_nodes()), default=0)
    return below + isinstance(node, nodes.For)
