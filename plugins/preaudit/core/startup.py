"""What runs at start-up, before anything is served: lifespans, start-up handlers, and what only they await."""

from __future__ import annotations

import ast

from preaudit.core.tree import dotted, function_of, parents, qualified_scope

WAITS = (ast.Await, ast.AsyncWith, ast.AsyncFor)
# The attribute under which a summary tells the others what its start-up code awaits: no attribute has such a name.
MARK = "<startup>"
# Words that say of a coroutine, or of its file, that it runs once, before anything is served.
_WORDS = frozenset({"startup", "bootstrap", "seed", "init", "initialize", "initialise"})
_HANDLERS = frozenset({"before_serving", "before_server_start", "on_startup"})


def in_startup(ctx, node: ast.AST) -> bool:
    """Answer whether a node runs before the first await of a lifespan, or in a coroutine that only start-up awaits."""
    function = function_of(node)
    if not isinstance(function, ast.AsyncFunctionDef):
        return False
    if _is_startup(_named(ctx), function):
        return not follows(ctx.nodes, node, function, (*WAITS, ast.Yield))
    return before_serving(ctx, node)


def before_serving(ctx, node: ast.AST) -> bool:
    """Answer whether a node runs before a lifespan yields: there, or in a coroutine that start-up awaits.

    Of this file or, by what the summaries tell, of another one. A coroutine whose name (or file) speaks of
    start-up counts as well.
    """
    function = function_of(node)
    if not isinstance(function, ast.AsyncFunctionDef):
        return False
    if _is_startup(_named(ctx), function):
        return not follows(ctx.nodes, node, function, (ast.Yield,))
    if function.decorator_list:
        return False
    words = function.name.strip("_").split("_")
    stem = ctx.path.rpartition("/")[2].partition(".")[0]
    if words[0] in _WORDS or "startup" in words or stem in _WORDS:
        return True
    if function in ctx.once("startup", lambda: _only_at_start(ctx.nodes, _named(ctx))):
        return True
    return f"{ctx.exprs.module}.{qualified_scope(function)}" in ctx.once("startup.others", lambda: _told(ctx))


def _named(ctx) -> frozenset:
    return ctx.once("startup.named", lambda: _named_by_app(ctx.nodes))


def awaited(nodes) -> list:
    """Answer the calls that a module's start-up code awaits; `nodes` gives the nodes of some types."""
    if not nodes(ast.AsyncFunctionDef):
        return []
    named = _named_by_app(nodes)
    if not named and not any(_may_start(function) for function in nodes(ast.AsyncFunctionDef)):
        return []
    found = _only_at_start(nodes, named)
    return [
        node.value for node in nodes(ast.Await)
        if isinstance(node.value, ast.Call) and _starts(nodes, node, found, named)
    ]  # fmt: skip


def _told(ctx) -> frozenset:
    """Answer the full names of the coroutines that start-up code of other modules awaits."""
    found: set = set()
    for path, base, _ in ctx.project.outside(MARK):
        found.update(ctx.types_engine.callee_names(base, path))
    return frozenset(found)


def _only_at_start(nodes, named) -> frozenset:
    """Answer the coroutines of a module that only its start-up code awaits, one through the other."""
    coroutines = {node.name: node for node in nodes(ast.AsyncFunctionDef) if not node.decorator_list}
    uses: dict = {}
    for use in nodes(ast.Name):
        if use.id in coroutines and isinstance(use.ctx, ast.Load):
            uses.setdefault(use.id, []).append(use)
    found: set = set()
    changed = bool(uses)
    while changed:
        changed = False
        for name, places in uses.items():
            function = coroutines[name]
            if function not in found and all(_is_awaited(use) and _starts(nodes, use, found, named) for use in places):
                found.add(function)
                changed = True
    return frozenset(found)


def _is_awaited(use) -> bool:
    call = use.parent_
    return isinstance(call, ast.Call) and call.func is use and isinstance(call.parent_, ast.Await)


def _starts(nodes, use, found, named) -> bool:
    function = function_of(use)
    if function in found:
        return True
    if not isinstance(function, ast.AsyncFunctionDef) or not _is_startup(named, function):
        return False
    return not follows(nodes, use, function, (ast.Yield,))


def follows(nodes, node, function, kinds) -> bool:
    """Answer whether a node of these kinds stands in the function before this one."""
    place = (node.lineno, node.col_offset)
    return any(
        (wait.lineno, wait.col_offset) < place and function_of(wait) is function and not _holds(wait, node)
        for wait in nodes(*kinds)
    )


def _holds(outer, node) -> bool:
    """Answer whether an awaited expression has the node in it: the node then runs before the waiting."""
    return isinstance(outer, ast.Await) and any(parent is outer for parent in parents(node))


def _names(function) -> set:
    return {dotted(d.func if isinstance(d, ast.Call) else d).rpartition(".")[2] for d in function.decorator_list}


def _may_start(function) -> bool:
    names = _names(function)
    return (
        "on_event" in names
        or bool(names & _HANDLERS)
        or ("asynccontextmanager" in names and "lifespan" in function.name)
    )


def _named_by_app(nodes) -> frozenset:
    """Answer the names given to an application as `lifespan=` or in `on_startup=[...]`."""
    found = set()
    for keyword in nodes(ast.keyword):
        if keyword.arg == "lifespan":
            found.add(dotted(keyword.value).rpartition(".")[2])
        elif keyword.arg == "on_startup":
            found.update(dotted(part).rpartition(".")[2] for part in getattr(keyword.value, "elts", ()))
    return frozenset(found - {""})


def is_startup(nodes, function) -> bool:
    """Answer whether a coroutine is a lifespan or a start-up handler; `nodes` gives the nodes of some types."""
    return _is_startup((), function) or function.name in _named_by_app(nodes)


def _is_startup(named, function) -> bool:
    names = _names(function)
    if "on_event" in names or names & _HANDLERS:
        return not any(
            isinstance(d, ast.Call) and d.args and isinstance(d.args[0], ast.Constant) and d.args[0].value == "shutdown"
            for d in function.decorator_list
        )
    if "asynccontextmanager" in names and "lifespan" in function.name:
        return True
    return function.name in named
