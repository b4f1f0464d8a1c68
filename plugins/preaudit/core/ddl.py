"""What the operations of an Alembic revision do to tables, and what became of a table in the revisions that follow.

Facts of a revision, as JSON can hold them: [revision, [revisions before it], [operation]]. An operation is one of
["drop", table, column or ""], ["index", table, first column], ["rename", table, new name],
["column", table, old name, new name], ["unkey", table, constraint], ["key", table, first column].
"""

from __future__ import annotations

import ast
import re

from preaudit.core.patterns import lazy
from preaudit.core.tree import dotted, last_name, parents

MARK = "revision:"
_MANY = 300
PARTIAL = ("postgresql_where", "sqlite_where", "mssql_where")
_INDEXES = ("create_index", "create_unique_constraint", "create_primary_key")
_KINDS = frozenset(("drop_table", "drop_column", "rename_table", "alter_column", "drop_constraint", "create_foreign_key",
                    "execute", *_INDEXES))  # fmt: skip
_TEXT = lazy(
    r"\bDROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?\W?(?P<dropped>\w+)"
    r"|\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+[^;(]*?\bON\s+(?:ONLY\s+)?\W?(?P<table>\w+)\W?\s*(?:USING\s+\w+\s*)?"
    r"\(\s*\W?(?P<column>\w+)[^;)]*\)(?P<where>\s*WHERE\b)?",
    re.I,
)


def column_name(node) -> str:
    """Answer the column that an element of an index names: a string, an attribute, `desc(x)` or `text("x DESC")`."""
    if isinstance(node, ast.Constant):
        return str(node.value).split()[0] if str(node.value).split() else ""
    if isinstance(node, ast.Call):
        inner = node.args[0] if node.args else getattr(node.func, "value", None)
        # a function of the column is no index of the column itself
        known = inner is not None and last_name(node.func) in ("desc", "asc", "text", "nullslast", "nullsfirst")
        return column_name(inner) if known else ""
    return dotted(node).rpartition(".")[2]


def batch_table(call: ast.Call) -> str:
    """Answer the table of the `with op.batch_alter_table("x") as batch:` that a call of `batch.` stands in, '' if none."""
    name = dotted(call.func.value)
    for parent in parents(call):
        for item in parent.items if isinstance(parent, ast.With) else ():
            manager = item.context_expr
            if item.optional_vars is not None and dotted(item.optional_vars) == name and isinstance(manager, ast.Call):
                if last_name(manager.func) == "batch_alter_table" and manager.args:
                    return str(getattr(manager.args[0], "value", ""))
    return ""


def operations(upgrade: ast.AST, names=None) -> list:
    """Answer the operations of an upgrade() in their order, without the tables and columns that it makes.

    `names`: the bindings of the module; a loop over a literal, or over a name of the module that is one, runs.
    """
    found: list = []
    loops: dict = {}
    for node in ast.walk(upgrade):
        if isinstance(node, ast.For):
            loops[node] = _turns(node, names or {})
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _KINDS:
            turns = next((loops[p] for p in parents(node) if loops.get(p)), [{}]) if loops else [{}]
            found += [[node.lineno, *one] for known in turns for one in _operation(node, known)]
    return [one[1:] for one in sorted(found, key=lambda one: one[0])]


def _turns(loop, names):
    """Answer [{name of the loop's target: node}], one for each turn of a loop over literals; [] for any other."""
    source = loop.iter
    if isinstance(source, ast.Name):
        bindings = names.get(source.id, ())
        source = bindings[0].value if len(bindings) == 1 else None
        source = source.value if isinstance(source, ast.AnnAssign) else source
    if not isinstance(source, (ast.List, ast.Tuple)) or len(source.elts) > _MANY:
        return []
    targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
    found = []
    for item in source.elts:
        parts = item.elts if isinstance(item, (ast.Tuple, ast.List)) and len(targets) > 1 else [item]
        if len(parts) == len(targets):
            found.append({t.id: part for t, part in zip(targets, parts) if isinstance(t, ast.Name)})
    return found


def _operation(call, known):
    def put(node):
        return known.get(node.id, node) if isinstance(node, ast.Name) else node

    def text(node):
        value = getattr(put(node), "value", "")
        return value if isinstance(value, str) else ""

    def head(columns):
        columns = put(columns)
        if isinstance(columns, (ast.List, ast.Tuple)):
            return column_name(put(columns.elts[0])) if columns.elts else ""
        return "*" if columns is not None else ""

    kind, arguments = call.func.attr, call.args
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if kind == "execute":
        return _sql(call)
    if kind == "rename_table":
        found = ["rename", *(text(argument) for argument in arguments[:2])]
        return [found] if len(found) > 2 and all(found) else []
    batch = batch_table(call)
    # of a batch the table is not given again
    rest = arguments if batch else arguments[1:]
    if kind in _INDEXES or kind in ("create_foreign_key", "drop_constraint"):
        table = batch or text(rest[0] if rest else named.get("source_table" if kind[-1] == "y" else "table_name"))
        rest = arguments[1:] if batch else arguments[2:]
        if kind == "drop_constraint":
            return [["unkey", table, text(arguments[0] if arguments else named.get("constraint_name"))]]
        if kind == "create_foreign_key":
            return [["key", table, head(rest[1] if len(rest) > 1 else named.get("local_cols"))]]
        column = head(rest[0] if rest else named.get("columns"))
        return [] if not table or not column or any(name in named for name in PARTIAL) else [["index", table, column]]
    table = batch or text(arguments[0] if arguments else named.get("table_name"))
    column = text(rest[0] if rest else named.get("column_name"))
    if kind == "alter_column":
        return [["column", table, column, text(named["new_column_name"])]] if "new_column_name" in named else []
    return [["drop", table, column]] if table and (column or kind == "drop_table") else []


def _sql(call):
    """Answer the operations that literal SQL does."""
    found: list = []
    for part in ast.walk(call):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and len(part.value) > 10:
            for hit in _TEXT.finditer(part.value):
                if hit["dropped"]:
                    found.append(["drop", hit["dropped"], ""])
                elif not hit["where"]:
                    found.append(["index", hit["table"], hit["column"]])
    return found


def revision(names, functions) -> list | None:
    """Answer the facts of a module that is an Alembic revision, None for any other.

    `names` are the module's bindings, `functions` the FunctionDefs of the file.
    """
    if "down_revision" not in names or "upgrade" not in names:
        return None
    upgrade = next((f for f in functions if f.name == "upgrade"), None)
    own = _texts(names.get("revision"))
    if upgrade is None or not own:
        return None
    return [own[0], _texts(names["down_revision"]), operations(upgrade, names)]


def _texts(bindings):
    for binding in bindings or ():
        value = binding.value.value if binding.kind == "annotated" else binding.value
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
        return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return []


def is_settled(project, path: str, table: str, column: str, constraint: str = "") -> bool:
    """Answer whether a revision after that of `path` drops a table, column or constraint, or makes an index of the column."""
    rows = [(home, value) for home, _, value in project.outside(MARK)]
    after: dict = {}
    for _, facts in rows:
        for before in facts[1]:
            after.setdefault(before, []).append(facts)
    waiting = [facts for home, facts in rows if home == path]
    names = {constraint, f"{table}_{column}_fkey"}
    seen: set = set()
    keyed = True
    while waiting:
        facts = waiting.pop(0)
        for one in after.get(facts[0], ()):
            if one[0] in seen:
                continue
            seen.add(one[0])
            waiting.append(one)
            for kind, of, *rest in one[2]:
                if of != table:
                    continue
                if kind == "rename":
                    table = rest[0]
                elif kind == "column" and rest[0] == column:
                    column = rest[1]
                elif kind == "drop" and rest[0] in ("", column) or kind == "index" and rest[0] == column:
                    return True
                elif kind == "unkey" and rest[0] in names:
                    keyed = False
                elif kind == "key" and rest[0] == column:
                    keyed = True  # the constraint was only made anew
    return not keyed
