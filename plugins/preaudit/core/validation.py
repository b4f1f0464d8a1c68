"""What counts as a check of what came from outside: catching the error, looking first, a schema, a validator.

Asked by the rules on requests. Nothing here judges whether the check is a good one.
"""

from __future__ import annotations

import ast
import re

from preaudit.core import dataflow, errorhandlers, flow, handlers
from preaudit.core.patterns import lazy
from preaudit.core.tree import FUNCTIONS, dotted, function_of

# Words in the name of a function that is handed a body and looks at it.
_CHECKS = lazy(
    r"valid|schema|verify|verif|check|clean|sanit|parse|require[ds]?_|_require[ds]?|ensure|assert|expect|load|deserial|structure|"
    r"from_dict|from_json|parse_obj|construct_event|signature|bind|adapt|convert|coerce|decode|unpack|extract_",
    re.I,
)
_DECORATORS = lazy(
    r"valid|schema|expects?(?:_|$)|use_args|use_kwargs|arguments|parse_args|require[ds]?_(?:json|field|param|arg|key|body|data)|"
    r"json_(?:required|schema|body)|body(?:_|$)|payload|marshal|input(?:_|$)|parser|accepts|params|convert",
    re.I,
)
_SIGNED = lazy(
    r"(?i)signature|compare_digest|construct_event|verify_webhook|webhook_verif|hmac|verify_slack|verify_request"
)
_TESTS = frozenset({"isdigit", "isnumeric", "isdecimal", "match", "fullmatch", "isinstance", "is_integer", "search"})
_FAMILY = {
    "KeyError": ("KeyError", "LookupError"), "IndexError": ("IndexError", "LookupError"), "LookupError": ("LookupError",),
    "ValueError": ("ValueError",), "TypeError": ("TypeError",), "AttributeError": ("AttributeError",),
}  # fmt: skip


def catches(ctx, node: ast.AST, errors: tuple) -> bool:
    """Answer whether one of these errors is caught where it can happen: around the node, or by an error handler of the app."""
    wanted = {name for error in errors for name in _FAMILY.get(error, (error,))}
    for guard in flow.guards(node):
        if guard.part != "body":
            continue
        for handler in guard.statement.handlers:
            if _reraises(handler):
                continue
            caught = handlers.caught_names(ctx, handler)
            if not caught or any(name.rpartition(".")[2] in wanted or name in handlers.BROAD for name in caught):
                return True
    for parent in ctx.parents(node):
        if isinstance(parent, (ast.With, ast.AsyncWith)):
            for item in parent.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and any(dotted(one).rpartition(".")[2] in wanted for one in call.args):
                    return True  # contextlib.suppress(KeyError), a manager that translates errors
        if isinstance(parent, FUNCTIONS):
            break
    return bool(wanted & errorhandlers.handled(ctx))


def _reraises(handler) -> bool:
    """Answer whether a handler only passes the error on: its last word is a plain `raise`."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def has_validator(ctx, function: ast.AST) -> bool:
    """Answer whether a decorator of a function, or of the class around it, is named after what checks a request."""
    owner = function.parent_
    places = [*function.decorator_list, *(owner.decorator_list if isinstance(owner, ast.ClassDef) else ())]
    for decorator in places:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        last = target.attr if isinstance(target, ast.Attribute) else dotted(target)
        if _DECORATORS.search(last):
            return True
        if isinstance(decorator, ast.Call) and any(
            _DECORATORS.search(dotted(one).rpartition(".")[2]) for one in decorator.args if dotted(one)
        ):
            return True
    return False


def is_tested(ctx, node: ast.AST, value: ast.AST) -> bool:
    """Answer whether a condition around a node, or before it in the function, asks for the form of a value."""
    spelled = {dotted(value), ast.unparse(value)} - {""}
    function = function_of(node)
    for one in ctx.once(("tests", function), lambda: _tests(ctx, function)):
        if one.lineno > node.lineno:
            continue
        base = one.func.value if isinstance(one.func, ast.Attribute) else None
        if any(ast.unparse(part) in spelled for part in (base, *one.args) if part is not None):
            return True
    return False


def _tests(ctx, function) -> list:
    return [
        call for call in ctx.nodes(ast.Call)
        if function_of(call) is function
        and (call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)) in _TESTS
    ]  # fmt: skip


def looked_at(ctx, uses: list) -> tuple:
    """Answer (whether the function looks at a body as a whole, the keys that it looks for); `uses` are what the body is.

    A look is a schema or a check that is given the body, `"key" in data`, and a field whose value is tested.
    """
    keys: set = set()
    for use in uses:
        found = _looks(ctx, use)
        if found is True:
            return True, frozenset()
        if found:
            keys.add(found)
    return False, frozenset(keys)


def _looks(ctx, use):
    """Answer True for a look at the whole body, the key for a look at one field, "" for none."""
    parent = use.parent_
    if isinstance(parent, ast.Compare):
        if (
            parent.left is not use
            and isinstance(parent.left, ast.Constant)
            and isinstance(parent.ops[0], (ast.In, ast.NotIn))
        ):
            return str(parent.left.value)
        # key in data, required <= data
        return any(isinstance(op, (ast.In, ast.NotIn, ast.LtE, ast.GtE, ast.Lt, ast.Gt)) for op in parent.ops)
    if isinstance(parent, (ast.For, ast.AsyncFor, ast.comprehension)):
        return parent.iter is use
    if isinstance(parent, ast.Match):
        return True
    if isinstance(parent, ast.Attribute):
        return _asks(ctx, parent)
    if isinstance(parent, ast.Subscript) and parent.value is use:
        return _key(parent.slice) if _is_tested(ctx, parent) else ""
    if isinstance(parent, (ast.keyword, ast.Starred)) and isinstance(parent.parent_, ast.Call):
        call = parent.parent_
        # Model(**data): the constructor looks, or says what is missing
        spread = isinstance(parent, ast.Starred) or parent.arg is None
        return spread or _is_check(ctx, call)
    return isinstance(parent, ast.Call) and parent.func is not use and _is_check(ctx, parent)


def _key(node) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _asks(ctx, attribute):
    """Answer what a method of the body looks at: `data.get("x")` that is then tested, `data.keys() >= wanted`; as `_looks`."""
    call = attribute.parent_
    if not (isinstance(call, ast.Call) and call.func is attribute):
        return ""
    if attribute.attr in ("keys", "items", "values"):
        return not isinstance(call.parent_, ast.Expr)
    if attribute.attr not in ("get", "pop", "setdefault") or not call.args:
        return ""
    if attribute.attr == "setdefault" or _is_tested(ctx, call):
        return _key(call.args[0])
    return ""


def _is_tested(ctx, value) -> bool:
    """Answer whether a value, or the variable that it is given to, is part of a condition."""
    return _in_test(value) or any(_in_test(use) for use in dataflow.uses(ctx, value))


def _in_test(node) -> bool:
    """Answer whether an expression is part of a condition: of `if`, `assert`, `while`, a conditional expression, `match`."""
    child, parent = node, node.parent_
    while parent is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.IfExp) and parent.test is child:
            return True
        child, parent = parent, parent.parent_
    if isinstance(parent, (ast.If, ast.While, ast.Assert)):
        return parent.test is child
    return isinstance(parent, ast.Match) and parent.subject is child


def _is_check(ctx, call) -> bool:
    """Answer whether a call that is given the body looks at it: by its name, or because it makes an object of it."""
    last = call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func).rpartition(".")[2]
    if last == "isinstance":
        return False
    if _CHECKS.search(last):
        return True
    if last.lstrip("_")[:1].isupper():
        return not last.endswith("Response")
    # all(key in data for key in ...), set(data), sorted(data), len(data)
    return last in ("set", "frozenset", "sorted", "all", "any", "issubset", "issuperset", "difference")


def refuses(test: ast.AST) -> bool:
    """Answer whether a chain of `if` and `elif` that a comparison is the test of ends in an `else` that refuses the rest."""
    statement = test.parent_
    while isinstance(statement, (ast.BoolOp, ast.UnaryOp)):
        statement = statement.parent_
    if not isinstance(statement, ast.If):
        return False
    while len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.If):
        statement = statement.orelse[0]
    return bool(statement.orelse) and flow.always_raises(statement.orelse)


def is_signed(function: ast.AST) -> bool:
    """Answer whether a function takes only what somebody known has signed: it compares a digest, or has a signature checked."""
    return any(
        isinstance(node, ast.Call)
        and _SIGNED.search(node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func))
        for node in ast.walk(function)
    )


__all__ = ["catches", "has_validator", "is_signed", "is_tested", "looked_at", "refuses"]
