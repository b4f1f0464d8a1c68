"""Models and how the project looks their rows up: columns with their indexes, and places that filter or sort by one.

{"tables": [[class name, table name, {attribute: [led by an index, boolean or enum, foreign key, column name, place]}]],
 "uses": [[expression of the model, attribute, kind, line, column, other attributes of the model that the query filters by,
           the same of other models, function]],     kind: "filter", "sort", or "null" for a test that an index rarely serves
 "whole": [expression of a model whose rows are all read by some query],
 "engines": [[place, [dialect], pool_size expression, max_overflow expression, pooled]]}
                                   an expression is ["const", None] where the keyword is not given
"""

from __future__ import annotations

import ast

from preaudit.core import engines, tables
from preaudit.core.exprs import storable
from preaudit.core.tree import FUNCTIONS, dotted, function_of, statement_of

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
_NULL_TESTS = frozenset({"is_", "is_not", "isnot", "not_in", "notin_"})
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
    whole = [] if ctx.is_migration else _whole(ctx)
    fact = {"tables": made, "uses": uses, "whole": whole, "engines": _engines(ctx)}
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
            if model is not None and any(keyword.arg for keyword in call.keywords):
                found = queries.setdefault((statement_of(call), dotted(model)), [])
                found += [(model, k.arg, "filter", call) for k in call.keywords if k.arg]
    rows = []
    tested: dict = {}
    queries = {key: found for key, found in queries.items() if found}
    for (statement, spelled), found in queries.items():
        filtered = {attribute for _, attribute, kind, _ in found if kind == "filter"}
        expr = storable(ctx.exprs.of(found[0][0]), 40)
        if filtered and expr is not None:
            tested.setdefault(statement, []).append([spelled, expr, sorted(filtered)])
    for (statement, spelled), found in queries.items():
        filtered = {attribute for _, attribute, kind, _ in found if kind == "filter"}
        others = [[expr, names] for other, expr, names in tested.get(statement, ())[:6] if other != spelled]
        function = function_of(statement)
        where = ctx.scope_name(function) if isinstance(function, FUNCTIONS) else ""
        seen: set = set()
        for model, attribute, kind, node in found:
            if attribute in seen:
                continue  # one query is one place
            seen.add(attribute)
            expr = storable(ctx.exprs.of(model), 40)
            if expr is not None and len(rows) < 400:
                beside = sorted(filtered - {attribute})
                rows.append([expr, attribute, kind, *ctx.place(node)[:2], beside, others, where])
    return sorted(rows, key=lambda row: row[3:5])


def _whole(ctx):
    """Answer the models that a query reads whole: `Group.query.all()`, `session.scalars(select(Group)).all()`."""
    rows: list = []
    for call in ctx.nodes(ast.Call):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("all", "scalars", "execute", "exec"):
            continue
        chain = call.func.value if call.func.attr == "all" else call.args[0] if call.args else None
        model = _unfiltered(chain)
        expr = storable(ctx.exprs.of(model), 40) if model is not None else None
        if expr is not None and expr not in rows and len(rows) < 40:
            rows.append(expr)
    return rows


def _unfiltered(node):
    """Answer the model of a chain of calls that neither filters nor limits what it selects, None for another one."""
    while isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
        if name in ("query", "select"):
            given = node.args[0] if len(node.args) == 1 else None
            return given if isinstance(given, (ast.Name, ast.Attribute)) else None
        if name not in ("order_by", "options", "distinct", "unique") or not isinstance(node.func, ast.Attribute):
            return None
        node = node.func.value
    if isinstance(node, ast.Attribute) and node.attr == "query" and dotted(node.value)[:1].isupper():
        return node.value
    return None


def _kind(node):
    """Answer whether a `Model.column` is compared or sorted by in a query: "filter", "sort", "null" or ''."""
    tested = isinstance(node.parent_, ast.Compare)
    parent = node.parent_
    null = tested and (
        all(isinstance(op, (ast.NotEq, ast.IsNot)) for op in parent.ops)
        or all(isinstance(side, ast.Constant) and side.value is None for side in parent.comparators)
    )
    null = null or isinstance(parent, ast.Attribute) and parent.attr in _NULL_TESTS
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
                return "" if not tested or name in ("join", "outerjoin") else "null" if null else "filter"
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
