"""Models and how the project looks their rows up: columns with their indexes, and places that filter or sort by one.

{"tables": [[class name, table name, {attribute: [led by an index, boolean, foreign key, column name, place]}]],
 "uses": [[expression of the model, attribute, kind, line, column]],     kind: "filter" or "sort"
 "databases": [dialects of the engines made here]}
"""

from __future__ import annotations

import ast

from preaudit.core import engines, tables
from preaudit.core.exprs import storable
from preaudit.core.tree import dotted

KIND = "models"
WORDS = (
    "Column",
    "mapped_column",
    "filter",
    "where(",
    "order_by",
    "Field(",
    "create_engine",
    "create_async_engine",
    "SQLALCHEMY_DATABASE_URI",
)
_FILTERS = frozenset({
    "filter", "where", "having", "and_", "or_", "not_", "join", "outerjoin", "any", "has", "filter_by", "exists", "case", "all_",
})  # fmt: skip
_SORTS = frozenset({"order_by"})
_TESTS = frozenset({
    "in_", "not_in", "notin_", "like", "ilike", "is_", "is_not", "isnot", "between", "startswith", "endswith", "contains",
    "desc", "asc", "op", "any_",
})  # fmt: skip


def collect(ctx):
    """Answer the models of a file and the look-ups in it, None if there are neither."""
    made = []
    if ctx.names.imports().keys() & {"sqlalchemy", "sqlmodel", "flask_sqlalchemy"} or "Model" in ctx.text:
        for table in tables.tables(ctx):
            if table.cls is None or "*" in table.leads or not table.columns:
                continue
            columns = {
                c.attribute: [table.is_led(c), c.boolean, c.foreign, c.name, list(ctx.place(c.node))]
                for c in table.columns.values()
            }
            made.append([ctx.scope_name(table.cls), table.name, columns])
    uses = [] if ctx.is_migration else _uses(ctx)
    fact = {"tables": made, "uses": uses, "databases": _databases(ctx)}
    return fact if any(fact.values()) else None


def _databases(ctx):
    found = set()
    for call in ctx.nodes(ast.Call):
        if (
            dotted(call.func).rpartition(".")[2] in ("create_engine", "create_async_engine")
            and engines.kind(call, ctx) == "engine"
        ):
            found |= engines.dialects(call, ctx) or {"unknown"}
    return sorted(found)


def _uses(ctx):
    found = []
    for node in ctx.nodes(ast.Attribute):
        if not isinstance(node.ctx, ast.Load) or not isinstance(node.value, (ast.Name, ast.Attribute)):
            continue
        if not dotted(node.value).rpartition(".")[2][:1].isupper() or node.attr[:1].isupper():
            continue
        kind = _kind(node)
        if kind:
            expr = storable(ctx.exprs.of(node.value), 40)
            if expr is not None and len(found) < 400:
                found.append([expr, node.attr, kind, node.lineno, node.col_offset + 1])
    for call in ctx.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "filter_by" and call.keywords:
            model = _queried(call.func.value)
            expr = storable(ctx.exprs.of(model), 40) if model is not None else None
            if expr is not None:
                found += [[expr, k.arg, "filter", call.lineno, call.col_offset + 1] for k in call.keywords if k.arg]
    return found


def _kind(node):
    """Answer whether a `Model.column` is compared or sorted by in a query: "filter", "sort" or ''."""
    tested = isinstance(node.parent_, ast.Compare)
    parent = node.parent_
    if isinstance(parent, ast.Attribute) and parent.attr in _TESTS:
        tested = True
    child = node
    while parent is not None and not isinstance(parent, (ast.stmt, ast.Lambda)):
        if isinstance(parent, ast.Call) and child is not parent.func:
            name = (
                parent.func.attr if isinstance(parent.func, ast.Attribute) else dotted(parent.func).rpartition(".")[2]
            )
            if name in _SORTS:
                return "sort"
            if name in _FILTERS:
                # a join compares keys: what it needs is an index of the foreign key
                return "filter" if tested and name not in ("join", "outerjoin") else ""
        child, parent = parent, parent.parent_
    return ""


def _queried(node):
    """Answer the model of `Model.query`, `session.query(Model)` or `select(Model)` at the start of a chain."""
    while True:
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
            if name.rpartition(".")[2] in ("query", "select") and len(node.args) >= 1:
                return node.args[0] if isinstance(node.args[0], (ast.Name, ast.Attribute)) else None
            if isinstance(node.func, ast.Attribute) and node.func.attr not in ("join", "outerjoin"):
                node = node.func.value
                continue
            return None
        if isinstance(node, ast.Attribute):
            return node.value if node.attr == "query" else None
        return None
