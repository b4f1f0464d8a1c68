"""Where a value comes from, and where it goes, within one function.

Control flow is core/flow.py. Here a local variable is followed through the bindings that can reach a use
(core/reaching.py), and a container through what is put into it. What counts as a source or a sink is the
asking rule's business; core/requests.py knows what of a request an expression is.
"""

from __future__ import annotations

import ast

from preaudit.core.reaching import reaching
from preaudit.core.tree import FUNCTIONS, dotted, function_of

MAX_DEPTH = 8
_FILLERS = frozenset({"append", "add", "extend", "update", "insert", "setdefault", "write", "appendleft"})
_ELEMENTS = ("for", "async for")


def bindings_of(ctx, name: ast.Name) -> list:
    """Answer the bindings (core/names.py) of a local variable that can have made its value at this use.

    Empty for a name of the module or of a class. What `x += y` adds to is among them.
    """
    scope, bindings = ctx.names.lookup(name, name.id)
    if scope is None or scope.outer is None or scope.is_class:
        return []
    found = reaching(bindings, name, scope)
    if any(binding.kind == "aug" for binding in found):
        found = [*found, *(one for one in bindings if one not in found and one.node.lineno < name.lineno)]
    return found


def function_named(ctx, node: ast.AST):
    """Answer the function of this file that a name stands for, None if it is none or not the only one."""
    if not isinstance(node, ast.Name):
        return None
    _, bindings = ctx.names.lookup(node, node.id)
    one = bindings[0] if bindings and len(bindings) == 1 else None
    return one.node if one is not None and one.kind == "def" and isinstance(one.node, FUNCTIONS) else None


def given(ctx, name: ast.Name) -> list:
    """Answer the expressions whose values a local variable can hold at this use; what is unpacked or looped over is none."""
    found = []
    for kind, _, value in bindings_of(ctx, name):
        if kind == "assign":
            found.append(value)
        elif kind in ("annotated", "aug") and value.value is not None:
            found.append(value.value)
    return found


def iterated(ctx, name: ast.Name) -> list:
    """Answer the expressions over whose elements a loop variable runs; [] for any other name."""
    return [one.value[0] for one in bindings_of(ctx, name) if one.kind in _ELEMENTS and not one.value[1]]


def stored(ctx, name: ast.Name) -> list:
    """Answer the expressions that the function puts into what a variable holds: `x["k"] = v`, `x.append(v)`, `x.a = v`."""
    function = function_of(name)
    return list(ctx.once("stored", lambda: _all_stored(ctx)).get((function, name.id), ()))


def _all_stored(ctx) -> dict:
    found: dict = {}
    for node in ctx.nodes(ast.Assign):
        for target in node.targets:
            base = target
            while isinstance(base, (ast.Subscript, ast.Attribute)):
                base = base.value
            if base is not target and isinstance(base, ast.Name):
                found.setdefault((function_of(node), base.id), []).append(node.value)
    for call in ctx.nodes(ast.Call):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in _FILLERS
            and isinstance(call.func.value, ast.Name)
        ):
            values = [*call.args, *(keyword.value for keyword in call.keywords)]
            found.setdefault((function_of(call), call.func.value.id), []).extend(values)
    return found


def sources(ctx, node: ast.AST, depth: int = 0):
    """Give an expression and the others that its value can be: through variables, `a or b`, `a if c else b`, await and `:=`."""
    yield node
    if depth > MAX_DEPTH:
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        parts = given(ctx, node)
    elif isinstance(node, (ast.Await, ast.NamedExpr)):
        parts = [node.value]
    elif isinstance(node, ast.BoolOp):
        parts = node.values
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    else:
        return
    for part in parts:
        yield from sources(ctx, part, depth + 1)


def holds(ctx, expression: ast.AST, skip=None):
    """Give (place, node) for all that an expression is made of: itself, its parts, and what its variables are given.

    `place` is the node inside the expression itself through which `node` gets there. What `skip(value)` is
    true for, of what a variable is given, is left out.
    """
    seen: set = set()
    stack = [(None, expression)]
    while stack:
        place, root = stack.pop()
        for node in ast.walk(root):
            yield place or node, node
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                for value in (*given(ctx, node), *stored(ctx, node)):
                    if value not in seen and not (skip is not None and skip(value)):
                        seen.add(value)
                        stack.append((place or node, value))


def uses(ctx, value: ast.AST) -> list:
    """Answer the names that can hold what an expression gives: those of the variables it is assigned to, in source order."""
    parent = value.parent_
    if isinstance(parent, ast.Assign):
        targets = parent.targets
    elif isinstance(parent, (ast.AnnAssign, ast.NamedExpr)) and parent.value is value:
        targets = [parent.target]
    else:
        return []
    found = []
    for target in targets:
        if isinstance(target, ast.Name):
            found += loads(ctx, target.id, target, parent)
    return sorted(found, key=lambda one: (one.lineno, one.col_offset))


def loads(ctx, name: str, near: ast.AST, made: ast.AST) -> list:
    """Answer the reads of a local variable that a binding can reach; `near` is in its scope, `made` the binding's node."""
    scope, bindings = ctx.names.lookup(near, name)
    if scope is None or scope.outer is None:
        return []
    found = []
    for one in ctx.once("reads", lambda: _reads(ctx)).get(name, ()):
        where, _ = ctx.names.lookup(one, name)
        if where is scope and any(binding.node is made for binding in reaching(bindings, one, scope)):
            found.append(one)
    return found


def _reads(ctx) -> dict:
    found: dict = {}
    for node in ctx.nodes(ast.Name):
        if node.ctx.__class__ is ast.Load:
            found.setdefault(node.id, []).append(node)
    return found


def spelled_uses(ctx, name: str, function) -> list:
    """Answer the expressions of a function that are spelled as this dotted name: `file`, `self.file`, `form.name`."""
    return [
        node for node in ctx.nodes(ast.Name, ast.Attribute)
        if dotted(node) == name and function_of(node) is function and isinstance(node.ctx, ast.Load)
    ]  # fmt: skip


__all__ = ["bindings_of", "given", "holds", "iterated", "loads", "sources", "spelled_uses", "stored", "uses"]
