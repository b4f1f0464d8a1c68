"""Which bindings of a function's name can have made its value where it is used."""

from __future__ import annotations

import ast

from preaudit.core.tree import COMPREHENSIONS, FUNCTIONS, function_of, statement_of


def reaching(bindings: list, use: ast.AST, scope) -> list:
    """Answer the bindings of a function's name that can have made its value at `use`.

    The last binding that certainly runs before hides the earlier ones; a later one counts only in a
    common loop; the other branch of an `if` does not count. All of them, for a name of an outer function.
    """
    if len(bindings) == 1:
        return bindings
    owner = function_of(use)
    comprehension = isinstance(scope.node, COMPREHENSIONS)
    if comprehension or (owner is not scope.node):
        return bindings
    position = (use.lineno, use.col_offset)
    chain = []
    node = use
    while node is not None and node is not owner:
        chain.append(node)
        node = node.parent_
    spine = set(chain)
    loops = [n for n in chain if isinstance(n, (ast.For, ast.AsyncFor, ast.While))]
    certain, before, after = None, [], []
    for binding in sorted(bindings, key=_binding_place):
        node = binding.node
        if binding.kind == "param":
            certain, before = binding, []
            continue
        statement = statement_of(node)
        if statement in spine and not _bound_for_body(binding, statement, use, chain):
            # `x = f(x)`: the use stands inside the binding statement itself
            if any(loop for loop in loops if loop is not statement):
                after.append(binding)
            continue
        if _excluded(statement, spine):
            if loops and any(_below(statement, loop) for loop in loops):
                after.append(binding)
            continue
        if (statement.lineno, statement.col_offset) < position:
            if statement.parent_ in spine or statement.parent_ is owner or statement in spine:
                if _same_block(statement, chain, owner):
                    certain, before = binding, []
                    continue
            before.append(binding)
        elif loops and any(_below(statement, loop) for loop in loops):
            after.append(binding)
    found = ([certain] if certain is not None else []) + before
    if certain is not None and loops and not any(_below(certain.node, loop) for loop in loops) or certain is None:
        found += after
    elif loops:
        inner = [loop for loop in loops if not _below(certain.node, loop)]
        found += [b for b in after if any(_below(b.node, loop) for loop in inner)]
    return found or bindings


def _binding_place(binding):
    node = binding.node
    while not hasattr(node, "lineno"):
        node = getattr(node, "optional_vars", None) or getattr(node, "target", None) or node.parent_
    return (node.lineno, node.col_offset)


def _bound_for_body(binding, statement, use, chain) -> bool:
    """Answer whether a for/with/except statement binds the name for the body that holds the use."""
    if binding.kind in ("for", "async for", "with", "async with", "except"):
        below = chain[chain.index(statement) - 1] if statement in chain and chain.index(statement) else None
        return isinstance(below, (ast.stmt, ast.ExceptHandler)) and below in getattr(statement, "body", ())
    return binding.kind == "assign" and isinstance(binding.node, ast.NamedExpr) and _binding_place(binding) < (
        use.lineno, use.col_offset)  # fmt: skip


def _excluded(statement, spine) -> bool:
    """Answer whether a statement stands in another branch of an `if` or `match` than the spine."""
    child, parent = statement, statement.parent_
    while parent is not None and parent not in spine:
        if isinstance(parent, FUNCTIONS):
            return False
        child, parent = parent, parent.parent_
    if isinstance(parent, ast.If) and child is not parent.test:
        mine = child in parent.body
        other = next((c for c in (*parent.body, *parent.orelse) if c in spine), None)
        return other is not None and other is not child and (other in parent.body) != mine
    if isinstance(parent, ast.Match):
        return isinstance(child, ast.match_case) and any(case in spine and case is not child for case in parent.cases)
    return False


def _same_block(statement, chain, owner) -> bool:
    """Answer whether a statement and the spine stand in one and the same list of statements."""
    if statement in chain:
        return True
    parent = statement.parent_
    for field in ("body", "orelse", "finalbody", "handlers"):
        block = getattr(parent, field, None)
        if isinstance(block, list) and statement in block:
            return any(node in block for node in chain)
    return False


def _below(node, ancestor) -> bool:
    while node is not None:
        if node is ancestor:
            return True
        node = node.parent_
    return False
