"""What blocks by the tables and does not as it is written: a queue without a bound, a text instead of a file, rows at hand."""

from __future__ import annotations

import ast

from preaudit.core.tree import dotted, function_of

# What keeps the rows of a query once they were read: tests/oracles/test_query_caches.py.
KEEPS_ROWS = frozenset({"peewee.ModelSelect.__iter__", "django.db.models.QuerySet.__iter__"})
_PUTS = frozenset({"queue.Queue.put", "queue.LifoQueue.put", "queue.PriorityQueue.put"})
_DATAGRAMS = frozenset({"socket.socket.connect", "socket.socket.connect_ex", "socket.socket.sendto"})
_TARGETS = frozenset({"path_or_buf", "path", "buf", "excel_writer", "fname"})


def is_harmless(ctx, node: ast.AST, name: str) -> bool:
    """Answer whether a call of `name`, which blocks by the tables, cannot last as it is written here."""
    if not isinstance(node, ast.Call):
        return False
    if name in _PUTS:
        return not _is_bounded(ctx, node)
    if name in _DATAGRAMS:
        # connect() of a datagram socket only sets the address
        function = function_of(node)
        around = ast.walk(function) if ctx.holds("SOCK_DGRAM") and function is not None else ()
        return any("SOCK_DGRAM" in (getattr(part, "attr", ""), getattr(part, "id", "")) for part in around)
    if name.startswith("pandas.") and ".to_" in name:
        # without a target, to_csv() and the like answer a text
        return not node.args and not any(k.arg is None or k.arg in _TARGETS for k in node.keywords)
    return False


def _is_bounded(ctx, call: ast.Call) -> bool:
    """Answer whether this file makes the queue of a put() with a bound: without one, put() never waits."""
    return _last(call.func.value) in ctx.once("bounded queues", lambda: _bounded(ctx))


def _bounded(ctx) -> frozenset:
    names = set()
    for made in ctx.nodes(ast.Call):
        bound = made.args[0] if made.args else next((k.value for k in made.keywords if k.arg == "maxsize"), None)
        if bound is None or isinstance(bound, ast.Constant) and bound.value in (0, None):
            continue
        if dotted(made.func).rpartition(".")[2].endswith("Queue") and ctx.names.qualname(made.func).startswith(
            "queue."
        ):
            parent = made.parent_
            while parent is not None and not isinstance(parent, ast.stmt):
                parent = parent.parent_
            targets = parent.targets if isinstance(parent, ast.Assign) else [getattr(parent, "target", None)]
            names.update(_last(target) for target in targets if target is not None)
    return frozenset(names - {""})


def _last(node) -> str:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def first_reading(node: ast.AST):
    """Answer where the rows that a loop goes through are first read: the node itself, a truth test before it, or None.

    None is told where something else has read them before: another loop, a list() of them, a function of the project.
    """
    function = function_of(node)
    if not isinstance(node, ast.Name) or function is None:
        return node
    here = (node.lineno, node.col_offset)
    uses = sorted(
        (part for part in ast.walk(function) if isinstance(part, ast.Name) and part.id == node.id),
        key=lambda part: (part.lineno, part.col_offset),
    )
    before = [part for part in uses if (part.lineno, part.col_offset) < here]
    stores = [index for index, part in enumerate(before) if isinstance(part.ctx, ast.Store)]
    for part in before[stores[-1] + 1 if stores else 0 :]:
        parent = part.parent_
        if isinstance(parent, ast.Attribute):
            continue  # makes another query of it
        if isinstance(parent, ast.Compare) and all(isinstance(op, (ast.Is, ast.IsNot)) for op in parent.ops):
            continue
        return part if _is_test(part) else None
    return node


def _is_test(node) -> bool:
    """Answer whether a name is asked for its truth, as `if not rows:` does."""
    child, parent = node, node.parent_
    while isinstance(parent, (ast.BoolOp, ast.UnaryOp)):
        child, parent = parent, parent.parent_
    return isinstance(parent, (ast.If, ast.While, ast.IfExp, ast.Assert)) and parent.test is child
