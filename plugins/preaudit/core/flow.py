"""Control flow inside one function: how a block can end, what a `try` really protects, what a loop is for.

Works on the tree alone. Which calls never return is a question for the project; the functions here
take the answer as `never`, a function of an `ast.Call` (`Context.never_returns` gives the real one).
"""

from __future__ import annotations

import ast
from collections import namedtuple

from preaudit.core.tree import FUNCTION_LIKE, LOOPS, dotted, inside, parents

NEXT, RETURN, RAISE, BREAK, CONTINUE = "next", "return", "raise", "break", "continue"
TRIES = (ast.Try, ast.TryStar)
WITHS = (ast.With, ast.AsyncWith)
_BROAD = frozenset({"Exception", "BaseException"})
_COUNTERS = ("batch", "chunk", "every", "interval", "size")
_GROUPS = ("batch", "chunk", "page", "partition", "group", "bucket", "slice", "window")

Guard = namedtuple("Guard", "statement part")
Guard.__doc__ = """A `try` around a node and the part of it the node stands in: body, handler, else or finally."""


def nobody(call: ast.Call) -> bool:
    """Answer that a call returns: the `never` of those who know nothing of the project."""
    return False


# how a block can end


def ends(statements: list, never=nobody) -> frozenset:
    """Answer all ways a list of statements can end: next (runs off its end), return, raise, break, continue.

    A statement that merely might raise does not count as "raise": only `raise`, a failing constant
    assertion and calls of which `never` says so. What can follow a statement that cannot end with
    "next" is not looked at.
    """
    found: set = set()
    for statement in statements:
        one = _ends(statement, never)
        found |= one - {NEXT}
        if NEXT not in one:
            return frozenset(found)
    return frozenset(found | {NEXT})


def _ends(node, never) -> frozenset:
    if isinstance(node, ast.Return):
        return frozenset({RAISE}) if _never_value(node.value, never) else frozenset({RETURN})
    if isinstance(node, ast.Raise):
        return frozenset({RAISE})
    if isinstance(node, ast.Break):
        return frozenset({BREAK})
    if isinstance(node, ast.Continue):
        return frozenset({CONTINUE})
    if isinstance(node, (ast.Expr, ast.Assign)):
        return frozenset({RAISE}) if _never_value(node.value, never) else frozenset({NEXT})
    if isinstance(node, ast.Assert):
        return frozenset({RAISE}) if isinstance(node.test, ast.Constant) and not node.test.value else frozenset({NEXT})
    if isinstance(node, ast.If):
        return _if(node, never)
    if isinstance(node, LOOPS):
        return _loop(node, never)
    if isinstance(node, WITHS):
        found = ends(node.body, never)
        return found | {NEXT} if _suppresses(node) and RAISE in found else found
    if isinstance(node, TRIES):
        return _try(node, never)
    if isinstance(node, ast.Match):
        found = frozenset().union(*(ends(case.body, never) for case in node.cases))
        return found if any(_is_wildcard(case) for case in node.cases) else found | {NEXT}
    return frozenset({NEXT})


def _never_value(node, never) -> bool:
    if isinstance(node, ast.Await):
        node = node.value
    return isinstance(node, ast.Call) and bool(never(node))


def _if(node, never):
    if isinstance(node.test, ast.Constant):
        return ends(node.body if node.test.value else node.orelse, never)
    return ends(node.body, never) | ends(node.orelse, never)


def _loop(node, never):
    body = ends(node.body, never)
    found = set(body - {BREAK, CONTINUE, NEXT})
    endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
    if BREAK in body:
        found.add(NEXT)
    if not endless:
        found |= ends(node.orelse, never)
    return frozenset(found)


def _try(node, never):
    body = ends(node.body, never)
    found = set(body - {NEXT})
    if any(is_broad(handler) for handler in node.handlers):
        found.discard(RAISE)
    if NEXT in body:
        found |= ends(node.orelse, never)
    for handler in node.handlers:
        found |= ends(handler.body, never)
    if node.finalbody:
        final = ends(node.finalbody, never)
        if NEXT not in final:
            return final
        found |= final - {NEXT}
    return frozenset(found)


def _suppresses(node) -> bool:
    return any(
        isinstance(item.context_expr, ast.Call) and dotted(item.context_expr.func).rpartition(".")[2] == "suppress"
        for item in node.items
    )


def _is_wildcard(case) -> bool:
    return isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None


def always_raises(statements: list, never=nobody) -> bool:
    """Answer whether a block can only end by raising."""
    return ends(statements, never) <= {RAISE}


# what a try protects


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Answer whether a handler catches every exception: bare, `Exception` or `BaseException`, by spelling."""
    return handler.type is None or any(name.rpartition(".")[2] in _BROAD for name in caught(handler))


def caught(handler: ast.ExceptHandler) -> list:
    """Answer the dotted names of what a handler catches, as spelled; "" for what is no plain name."""
    if handler.type is None:
        return []
    return [dotted(part) for part in (handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type])]


def guards(node: ast.AST) -> list:
    """Answer a Guard for each `try` around a node, nearest first, up to the function the node runs in."""
    found = []
    child, parent = node, node.parent_
    while parent is not None and not isinstance(parent, (*FUNCTION_LIKE, ast.ClassDef)):
        if isinstance(parent, TRIES):
            if isinstance(child, ast.ExceptHandler):
                part = "handler"
            else:
                part = "body" if child in parent.body else "else" if child in parent.orelse else "finally"
            found.append(Guard(parent, part))
        child, parent = parent, parent.parent_
    return found


def protecting(node: ast.AST) -> list:
    """Answer the `try` statements whose handlers see an exception of this node: it stands in their body."""
    return [guard.statement for guard in guards(node) if guard.part == "body"]


def finals(node: ast.AST) -> list:
    """Answer the `finally` blocks that run after this node whatever happens, nearest first."""
    return [g.statement.finalbody for g in guards(node) if g.part != "finally" and g.statement.finalbody]


def handler_of(node: ast.AST):
    """Answer the nearest `except` in whose body a node stands, None if there is none in its function."""
    node = node.parent_
    while node is not None and not isinstance(node, (*FUNCTION_LIKE, ast.ClassDef)):
        if isinstance(node, ast.ExceptHandler):
            return node
        node = node.parent_
    return None


def block_of(statement: ast.stmt) -> list:
    """Answer the list of statements that holds this one."""
    for field in ("body", "orelse", "finalbody"):
        block = getattr(statement.parent_, field, None)
        if isinstance(block, list) and statement in block:
            return block
    return [statement]


def after(node: ast.AST, stop: ast.AST | None = None):
    """Give the statements that come after a node in its function or up to `stop`, nearest block first.

    Only those of enclosing blocks: what other branches hold is left out, and so is what a `return` or
    `raise` on the way hides, but for the `finally` blocks.
    """
    child, parent, reached = node, node.parent_, True
    ends_at = (*FUNCTION_LIKE, ast.ClassDef, ast.Module)
    while parent is not None and child is not stop and not isinstance(child, ends_at):
        if isinstance(child, ast.stmt) and reached:
            block = block_of(child)
            rest = block[block.index(child) + 1 :]
            yield from rest
            reached = NEXT in ends(rest)
        if isinstance(parent, TRIES) and not (isinstance(child, ast.stmt) and child in parent.finalbody):
            if isinstance(child, ast.stmt) and child in parent.body and reached:
                yield from parent.orelse
                reached = NEXT in ends(parent.orelse)
            yield from parent.finalbody
        child, parent = parent, parent.parent_


# loops


def loops(node: ast.AST) -> list:
    """Answer the loops in whose body (not their `else`) a node runs, nearest first, up to its function."""
    found = []
    child, parent = node, node.parent_
    while parent is not None and not isinstance(parent, (*FUNCTION_LIKE, ast.ClassDef)):
        if isinstance(parent, LOOPS) and child in parent.body:
            found.append(parent)
        child, parent = parent, parent.parent_
    return found


def loop_kind(loop: ast.AST, node: ast.AST, never=nobody) -> str:
    """Answer what a loop around a node is for: "items", "batches", "retry", "worker" or "condition".

    items: a turn for each element; batches: a turn for each group of them (or the node is reached for
    groups only); retry: the node is followed by leaving the loop; worker: an endless loop, a turn a job;
    condition: any other `while`.
    """
    if leaves_loop(node, loop, never):
        return "retry"
    if isinstance(loop, ast.While):
        test = loop.test
        if isinstance(test, ast.Constant) or not any(isinstance(n, ast.Compare) for n in ast.walk(test)):
            return "worker"
        return "condition"
    if _is_endless(loop.iter):
        return "worker"
    if is_grouped(node, loop) or _gives_groups(loop):
        return "batches"
    return "items"


def leaves_loop(node: ast.AST, loop: ast.AST, never=nobody) -> bool:
    """Answer whether the loop is left once the node's statement has succeeded (commit, then return or break)."""
    child, parent = node, node.parent_
    while child is not loop:
        if isinstance(child, ast.stmt):
            block = block_of(child)
            rest = block[block.index(child) + 1 :]
            if isinstance(child, ast.Return):
                return True
            if rest or isinstance(parent, TRIES):
                if isinstance(parent, TRIES) and child in parent.body:
                    rest = [*rest, *parent.orelse]
                found = ends(rest, never)
                if NEXT not in found:
                    if CONTINUE in found:
                        return False
                    inner = next((p for p in parents(child) if isinstance(p, LOOPS)), loop)
                    if inner is loop or BREAK not in found:
                        return True
                    child, parent = inner, inner.parent_  # only the inner loop is left
                    continue
        child, parent = parent, parent.parent_
        if parent is None:
            return False
    return False


def _is_endless(node) -> bool:
    return isinstance(node, ast.Call) and (
        dotted(node.func).rpartition(".")[2] in ("count", "repeat", "cycle")
        or (isinstance(node.func, ast.Name) and node.func.id == "iter" and len(node.args) == 2)
    )


def is_grouped(node: ast.AST, loop: ast.AST) -> bool:
    """Answer whether a node in a loop runs only every so often: under a counter, a modulo or a length."""
    child, parent = node, node.parent_
    while parent is not None and parent is not loop:
        if isinstance(parent, ast.If) and child in parent.body and _counts(parent.test):
            return True
        child, parent = parent, parent.parent_
    return False


def _counts(test) -> bool:
    for part in inside(test):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod):
            return True
        if isinstance(part, ast.Compare):
            sides = [part.left, *part.comparators]
            if any(isinstance(s, ast.Call) and dotted(s.func).rpartition(".")[2] == "len" for s in sides):
                return True
            names = [dotted(s).rpartition(".")[2].lower() for s in sides]
            if any(word in name for name in names for word in _COUNTERS):
                return True
            numeric = any(isinstance(op, (ast.Gt, ast.GtE)) for op in part.ops)
            if numeric and any(isinstance(s, ast.Constant) and isinstance(s.value, int) and s.value > 1 for s in sides):
                return True
    return False


def _gives_groups(loop) -> bool:
    source = loop.iter
    if isinstance(source, ast.Call):
        name = dotted(source.func).rpartition(".")[2].lower()
        if name == "range" and len(source.args) == 3:
            return True
        if name == "enumerate" and source.args and isinstance(source.args[0], ast.Call):
            name = dotted(source.args[0].func).rpartition(".")[2].lower()
        if any(word in name for word in _GROUPS):
            return True
    target = loop.target
    names = [n.id.lower() for n in ast.walk(target) if isinstance(n, ast.Name)]
    return any(word in name for name in names for word in _GROUPS)


def inner_loops(loop: ast.AST) -> list:
    """Answer the loops and comprehensions in a loop's own body, those of nested functions left out."""
    found = []
    for statement in loop.body:
        for node in inside(statement):
            if isinstance(node, LOOPS):
                found.append(node)
    return found


__all__ = [
    "BREAK", "CONTINUE", "NEXT", "RAISE", "RETURN", "TRIES", "WITHS", "Guard", "after", "always_raises", "block_of", "caught",
    "ends", "finals", "guards", "handler_of", "inner_loops", "is_broad", "is_grouped", "leaves_loop", "loop_kind", "loops",
    "nobody", "protecting",
]  # fmt: skip
