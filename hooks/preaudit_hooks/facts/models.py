"""Models and how the project looks their rows up: columns with their indexes, and places that filter or sort by one.

{"tables": [[class name, table name, {attribute: [led by an index, boolean, foreign key, column name, place]}]],
 "uses": [[expression of the model, attribute, kind, line, column]],     kind: "filter" or "sort"
 "engines": [[place, [dialect], pool_size expression, max_overflow expression, pooled]]}
                                   an expression is ["const", None] where the keyword is not given
"""

from __future__ import annotations

import ast

from preaudit.core import engines, tables
from preaudit.core.exprs import storable
from preaudit.core.tree import dotted, statement_of

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
    fact = {"tables": made, "uses": uses, "engines": _engines(ctx)}
    return fact if any(fact.values()) else None


def _engines(ctx):
    """Answer the engines that a file makes; one that has no pool, or keywords that cannot be read, is not pooled."""
    found = []
    for call in ctx.nodes(ast.Call):
        if dotted(call.func).rpartition(".")[2] not in ("create_engine", "create_async_engine"):
            continue
        if engines.kind(call, ctx) != "engine" or ctx.is_migration:
            continue
        sizes = [engines.given(call, name, ctx) for name in ("pool_size", "max_overflow")]
        # an engine per call is a finding of its own (AUD017)
        pooled = not engines.has_no_pool(call, ctx) and True not in sizes and not engines.lifetime(call, ctx)
        pooled = pooled and not engines.migrates(call, ctx)
        exprs = [
            ["const", None] if size is None else storable(ctx.exprs.of(size), 40) if isinstance(size, ast.AST) else None
            for size in sizes
        ]  # fmt: skip
        found.append([list(ctx.place(call)), sorted(engines.dialects(call, ctx)), *exprs, pooled])
    return found


def _uses(ctx):
    queries: dict = {}
    for node in ctx.nodes(ast.Attribute):
        if not isinstance(node.ctx, ast.Load) or not isinstance(node.value, (ast.Name, ast.Attribute)):
            continue
        if not dotted(node.value).rpartition(".")[2][:1].isupper() or node.attr[:1].isupper():
            continue
        kind = _kind(node)
        if kind:
            queries.setdefault((statement_of(node), dotted(node.value)), []).append((node.value, node.attr, kind, node))
    for call in ctx.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "filter_by" and call.keywords:
            model = _queried(call.func.value)
            if model is not None:
                found = queries.setdefault((statement_of(call), dotted(model)), [])
                found += [(model, k.arg, "filter", call) for k in call.keywords if k.arg]
    rows = []
    for found in queries.values():
        filtered = {attribute for _, attribute, kind, _ in found if kind == "filter"}
        seen: set = set()
        for model, attribute, kind, node in found:
            if attribute in seen:
                continue  # one query is one place
            seen.add(attribute)
            expr = storable(ctx.exprs.of(model), 40)
            if expr is not None and len(rows) < 400:
                rows.append([expr, attribute, kind, node.lineno, node.col_offset + 1, sorted(filtered - {attribute})])
    return sorted(rows, key=lambda row: row[3:5])


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
