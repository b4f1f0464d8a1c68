"""What the code around a call says of it: that it runs only once, only where a flag is set, or does not wait."""

from __future__ import annotations

import ast

from preaudit.core.tree import FUNCTIONS, LOOPS, dotted, inside

_NO_WAIT = frozenset({"blocking", "block", "timeout"})


def runs_once(node: ast.AST, function: ast.AST) -> bool:
    """Answer whether a node only makes what is then kept: under `if self.x is None:`, or after `if self.x: return`.

    `self.x` (or a global) is set in the same function.
    """
    if not _kept(function):
        return False
    child, parent = node, node.parent_
    while child is not function:
        if isinstance(child, ast.stmt) and _returns_before(child, getattr(parent, "body", ()), function):
            return True
        if isinstance(parent, ast.If) and parent is not function:
            if child in parent.body and _sets(_missing(parent.test), parent.body, function):
                return True
            if child in parent.orelse and _sets(_present(parent.test), parent.orelse, function):
                return True
        child, parent = parent, parent.parent_
    return False


def _returns_before(child, block, function) -> bool:
    """Answer whether `if self.x: return` stands in a block before a statement, and the function sets `self.x`."""
    if child not in block:
        return False
    for statement in block:
        if statement is child:
            return False
        if isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Return) and not statement.orelse:
            if _present(statement.test) in _kept(function):
                return True
    return False


def keep_all(attributes, declarations, functions) -> None:
    """Tell every function which names it sets and keeps, in one pass: asking each by a walk of its own is slow.

    `attributes`: the module's ast.Attribute nodes, `declarations` its ast.Global nodes, `functions` its functions.
    """
    kept: dict = {}
    for node in attributes:
        if node.ctx.__class__ is ast.Store and (name := dotted(node)):
            _keep(kept, node, (name,))
    for node in declarations:
        _keep(kept, node, node.names)
    for function in functions:
        # kept on the node, as the parents are
        function.kept_ = frozenset(kept.get(function, ()))


def _keep(kept, node, names) -> None:
    parent = node.parent_
    while parent is not None:
        if isinstance(parent, FUNCTIONS):
            kept.setdefault(parent, set()).update(names)
        parent = parent.parent_


def _kept(function) -> frozenset:
    """Answer the dotted names that a function sets and that outlive it: attributes, and names it declares global."""
    found = getattr(function, "kept_", None)
    if found is None:
        nodes = list(inside(function, into_functions=True))
        keep_all((node for node in nodes if isinstance(node, ast.Attribute)),
                 (node for node in nodes if isinstance(node, ast.Global)), [function])  # fmt: skip
        found = function.kept_
    return found


def _missing(test) -> str:
    """Answer `self.x` of `not self.x`, `self.x is None` and `not hasattr(self, "x")`, '' for other tests."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return _missing(test.values[0])
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _present(test.operand)
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is) and _is_none(test.comparators[0]):
        return dotted(test.left)
    return ""


def _present(test) -> str:
    """Answer `self.x` of `self.x`, `self.x is not None` and `hasattr(self, "x")`, '' for other tests."""
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot) and _is_none(test.comparators[0]):
        return dotted(test.left)
    if isinstance(test, ast.Call) and dotted(test.func) == "hasattr" and len(test.args) == 2:
        name = test.args[1]
        return f"{dotted(test.args[0])}.{name.value}" if isinstance(name, ast.Constant) else ""
    return dotted(test)


def _is_none(node) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _sets(name: str, body: list, function) -> bool:
    """Answer whether these statements of a function set a dotted name that outlives it."""
    return name in _kept(function) and any(
        isinstance(node, (ast.Attribute, ast.Name)) and isinstance(node.ctx, ast.Store) and dotted(node) == name
        for statement in body
        for node in ast.walk(statement)
    )


def _would_block(kinds) -> bool:
    parts = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds] if kinds is not None else []
    return any(dotted(part).rpartition(".")[2] in ("BlockingIOError", "SSLWantReadError") for part in parts)


def guarded_by(node: ast.AST, function: ast.AST) -> list:
    """Answer what parameters must say for a function to get to a node, at most three of them.

    Each is [name, position or None, truth, default or None, of what]: the truth that `of what` must have, "it" (the
    value's own) or "given" (that it is not None). `self.x` stands for the parameter it was set to in the same function.
    """
    positional = [*function.args.posonlyargs, *function.args.args]
    found: list = []
    child, parent = node, node.parent_
    while parent is not function:
        if isinstance(parent, ast.If) and child is not parent.test:
            for test, truth in _needed(parent.test, child in parent.body):
                guard = _of_parameter(test, truth, function, positional)
                if guard is not None and len(found) < 3:
                    found.append(guard)
        child, parent = parent, parent.parent_
    return found


def _needed(test, truth: bool):
    """Give (condition, truth) of each part of a test that must have this truth."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _needed(test.operand, not truth)
    elif isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And) == truth:
            for part in test.values:
                yield from _needed(part, truth)
    else:
        yield test, truth


def _of_parameter(test, truth, function, positional):
    """Answer the guard that a condition on a parameter makes, None if it is on something else."""
    kind = "it"
    if isinstance(test, ast.Compare):
        if not (isinstance(test.ops[0], (ast.Is, ast.IsNot)) and _is_none(test.comparators[0])):
            return None
        kind, truth = "given", isinstance(test.ops[0], ast.IsNot) == truth
        test = test.left
    name = test.id if isinstance(test, ast.Name) else _set_from(dotted(test), function)
    for index, argument in enumerate(positional):
        if argument.arg == name:
            offset = index - (len(positional) - len(function.args.defaults))
            default = function.args.defaults[offset] if offset >= 0 else None
            return [name, index, truth, truth_of(default, kind), kind]
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if argument.arg == name:
            return [name, None, truth, truth_of(default, kind), kind]
    return None


def _set_from(attribute: str, function) -> str:
    """Answer the name `x` of the one `self.x = x` of a function's own body, '' if it is set otherwise."""
    if attribute not in _kept(function):
        return ""
    found = [
        statement.value.id if isinstance(statement.value, ast.Name) else ""
        for statement in function.body
        if isinstance(statement, ast.Assign) and attribute in map(dotted, statement.targets)
    ]
    sets = [n for n in ast.walk(function) if n.__class__ is ast.Attribute and n.ctx.__class__ is ast.Store]
    return found[0] if len(found) == sum(dotted(node) == attribute for node in sets) == 1 else ""


def truth_of(node, kind: str):
    """Answer the truth of a constant ("it"), or that it is not None ("given"); None for anything else."""
    if not isinstance(node, ast.Constant):
        return None
    return bool(node.value) if kind == "it" else node.value is not None


def waits_briefly(call: ast.Call, function: ast.AST) -> bool:
    """Answer whether a call sleeps for less than a hundredth of a second, and not in a loop."""
    if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant) or dotted(call.func)[-5:] != "sleep":
        return False
    seconds = call.args[0].value
    if seconds.__class__ not in (int, float) or not 0 < seconds < 0.01:
        return False
    parent = call.parent_
    while parent is not function and parent is not None:
        if isinstance(parent, LOOPS):
            return False
        parent = parent.parent_
    return True


def waits_not(call: ast.Call) -> bool:
    """Answer whether the code says that a call does not wait: `blocking=False`, `timeout=0`, `except BlockingIOError`."""
    parent = call.parent_
    while parent is not None and not isinstance(parent, FUNCTIONS):
        if isinstance(parent, ast.Try) and any(_would_block(handler.type) for handler in parent.handlers):
            return True
        parent = parent.parent_
    for keyword in call.keywords:
        if keyword.arg in _NO_WAIT and isinstance(keyword.value, ast.Constant) and keyword.value.value in (False, 0):
            return True
    if len(call.args) == 1 and isinstance(call.args[0], ast.Constant):
        name = getattr(call.func, "attr", "")
        value = call.args[0].value
        return (value is False and name in ("acquire", "get")) or (value == 0 and name in ("wait", "join", "sleep"))
    return False
