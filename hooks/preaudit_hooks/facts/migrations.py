"""Who migrates the schema: functions that run Alembic, calls of such functions, and calls that stand commented out.

{"functions": [names], "calls": [names], "commented": [[name, line, column, end column]]}
"""

from __future__ import annotations

import ast
import re

from preaudit.core.patterns import lazy
from preaudit.core.tree import FUNCTIONS, dotted, function_of

KIND = "migrations"
WORDS = ("alembic", "migrat", "upgrade")
_NAME = lazy(r"migrat|upgrade_(?:db|database|schema|head)|alembic", re.I)
_COMMENTED = lazy(
    r"^\s*#+\s*(?:await\s+)?(?:[\w.]+\s*=\s*)?(?P<name>[\w.]*(?:migrat|upgrade|alembic)\w*)\s*\(.*\)\s*;?\s*(?:#.*)?$",
    re.I,
)


def collect(ctx):
    """Answer what a file says of migrations, None if nothing."""
    if ctx.is_migration:
        return None
    functions, calls = set(), set()
    for node in ctx.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        if _NAME.search(node.name):
            functions.add(node.name)
    for call in ctx.nodes(ast.Call):
        name = dotted(call.func)
        if ctx.qualname(call.func) in ("alembic.command.upgrade", "flask_migrate.upgrade"):
            function = function_of(call)
            if isinstance(function, FUNCTIONS):
                functions.add(function.name)
        if _NAME.search(name.rpartition(".")[2]) or name.rpartition(".")[2] in functions:
            calls.add(name.rpartition(".")[2])
    named = {
        dotted(node).rpartition(".")[2] for node in ctx.nodes(ast.Name, ast.Attribute) if isinstance(node.ctx, ast.Load)
    }
    calls |= {name for name in named if _NAME.search(name)}
    commented = []
    for number, line in enumerate(ctx.lines, 1):
        hit = _COMMENTED.match(line.rstrip()) if "#" in line else None
        if hit:
            start = len(line) - len(line.lstrip()) + 1
            commented.append([hit["name"].rpartition(".")[2], number, start, len(line.rstrip()) + 1])
    fact = {"functions": sorted(functions), "calls": sorted(calls), "commented": commented}
    return fact if any(fact.values()) else None
