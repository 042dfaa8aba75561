"""Rewrites a parsed chat template so that it pays for what Jinja's sandbox does not ask about.

Every turn of a loop and every call of a macro pays as many steps as there are nodes below it: with that, whatever
costs the same for any value is paid. What depends on the size of values goes through filters that no template can name.
"""

from __future__ import annotations

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.visitor import NodeTransformer

from models.template_allowance import CHARACTERS_A_STEP

# What it calls in place of what was written. No template can spell these.
TURNS = "<turns>"
"""Yields the items of a loop, for a price each."""
PAY = "<pay>"
WEIGH = "<weigh>"
"""Pays for reading a value and gives it back."""
CONCATENATE = "<concatenate>"
SLICE = "<slice>"
"""Pays for a slice and gives it back."""

_KNOWN_NODES = (
    *(nodes.Template, nodes.TemplateData, nodes.Output, nodes.For, nodes.If, nodes.Macro, nodes.FilterBlock),
    *(nodes.Assign, nodes.AssignBlock, nodes.NSRef, nodes.With, nodes.Break, nodes.Continue),
    *(nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword),
    *(nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Call, nodes.Getattr, nodes.Getitem, nodes.Slice),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos, nodes.Concat),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
)
"""What chat templates are made of. No power, no inclusion, no block: those would need prices of their own."""


def put_prices(tree: nodes.Template) -> None:
    """Rewrite a parsed template. Raises SecurityError for what no chat template needs."""
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _KNOWN_NODES) or (isinstance(node, nodes.For) and node.recursive):
            raise SecurityError(f"line {node.lineno}: no chat template needs this kind of {type(node).__name__}")
    _Prices().visit(tree)
    tree.set_lineno(1)


class _Prices(NodeTransformer):
    """Puts a price on what the environment is not asked about."""

    def visit_For(self, node: nodes.For) -> nodes.For:
        node.iter = _filtered(node.iter, TURNS, _cost(node))
        self.generic_visit(node)
        return node

    def visit_Macro(self, node: nodes.Macro) -> nodes.Macro:
        pay = nodes.ExprStmt(_filtered(_cost(node), PAY))
        self.generic_visit(node)
        node.body.insert(0, pay)
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:
        self.generic_visit(node)
        node.expr = _weighed(node.expr)
        for operand in node.ops:
            operand.expr = _weighed(operand.expr)
        return node

    def visit_Pair(self, node: nodes.Pair) -> nodes.Pair:
        self.generic_visit(node)
        node.key = _weighed(node.key)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes), CONCATENATE)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Expr:
        self.generic_visit(node)
        return _filtered(node, SLICE) if isinstance(node.arg, nodes.Slice) else node


def _cost(node: nodes.Node) -> nodes.Const:
    """Give the steps of running what is below a node once, all branches and what inner loops hold counted in."""
    below = list(node.find_all(nodes.Node))
    data = sum(len(one.data) for one in below if isinstance(one, nodes.TemplateData))
    return nodes.Const(len(below) + data // CHARACTERS_A_STEP)


def _weighed(node: nodes.Expr) -> nodes.Expr:
    return node if isinstance(node, nodes.Const) else _filtered(node, WEIGH)


def _filtered(node: nodes.Node, name: str, *given: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(given), [], None, None)
