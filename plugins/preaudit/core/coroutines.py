"""What makes a coroutine, and what becomes of the result of a call."""

from __future__ import annotations

import ast

from preaudit.core import specs
from preaudit.core.tree import FUNCTION_LIKE, dotted, function_of, never_runs

# These start what they are given: dropping the future is another matter than never awaiting a coroutine.
_FUTURES = frozenset({
    "asyncio.gather", "asyncio.shield", "asyncio.wrap_future", "asyncio.ensure_future", "asyncio.create_task",
    "asyncio.AbstractEventLoop.run_in_executor",
})  # fmt: skip
_KEEPS_ASYNC = (
    "functools.",
    "typing.",
    "typing_extensions.",
    "abc.",
    "builtins.",
    "tenacity.",
    "backoff.",
    "fastapi.",
    "starlette.",
    "pydantic.",
)
_KEEPS_ASYNC_NAMES = frozenset({"staticmethod", "classmethod", "abstractmethod", "override", "overload", "property"})
# Functions that need the value itself: a coroutine in its place is a mistake.
_TAKES_VALUE = frozenset({
    "builtins.len", "builtins.int", "builtins.float", "builtins.str", "builtins.bool", "builtins.list", "builtins.dict",
    "builtins.set", "builtins.tuple", "builtins.sorted", "builtins.sum", "builtins.min", "builtins.max", "builtins.any",
    "builtins.all", "builtins.enumerate", "json.loads", "json.dumps", "builtins.bytes",
})  # fmt: skip
_ASKS = frozenset({"isinstance", "iscoroutinefunction", "isawaitable", "iscoroutine", "is_async_callable"})
_NESTED = "nested"
# What a coroutine object has itself.
_OWN = frozenset({"close", "send", "throw", "cr_frame", "cr_code", "cr_running", "cr_await", "__await__"})


def makes_coroutine(ctx, call: ast.Call) -> str:
    """Answer the name of the coroutine function or awaitable method that a call certainly calls, '' otherwise."""
    engine = ctx.types_engine
    names = set()
    for value in ctx.values(call.func):
        name = engine.value_name(value)
        if value == ("v", None):
            continue
        if not name or name in _FUTURES:
            return ""
        spec = specs.of_value(engine, value, ctx.path)
        if spec is not None:
            if not spec.is_async:
                return ""
        elif not _is_coroutine_function(ctx, value, name):
            return ""
        names.add(name)
    return min(names) if names and not _ruled_out(call) else ""


def _ruled_out(call) -> bool:
    """Answer whether a call never runs, or stands in the other branch of `isinstance(x, Async)` and the like."""
    if never_runs(call):
        return True
    subject = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    child, parent = call, call.parent_
    while parent is not None and not isinstance(parent, FUNCTION_LIKE):
        if isinstance(parent, (ast.If, ast.IfExp)) and child is not parent.test:
            body = parent.body if isinstance(parent.body, list) else [parent.body]
            if child not in body and any(
                isinstance(test, ast.Call) and test.args and dotted(test.func).rpartition(".")[2] in _ASKS
                and ast.dump(test.args[0]) in (ast.dump(subject), ast.dump(call.func))
                for test in ast.walk(parent.test)
            ):  # fmt: skip
                return True
        child, parent = parent, parent.parent_
    return False


def _is_coroutine_function(ctx, value, name) -> bool:
    if value[0] not in ("f", "m"):
        return False
    engine = ctx.types_engine
    record = engine.function_record(name, ctx.path)
    if record is None or not record[2].get("async") or record[2].get("gen"):
        return False
    for decorator in engine.decorators(name, ctx.path):
        if decorator.startswith(_KEEPS_ASYNC) or decorator.rpartition(".")[2] in _KEEPS_ASYNC_NAMES:
            continue
        wrapper = engine.function_record(decorator, record[0])
        if wrapper is None or not _wraps_async(engine, wrapper):
            return False
    return True


def _wraps_async(engine, wrapper) -> bool:
    """Answer whether all functions inside a decorator of the project that take the call are coroutines."""
    path, qualified, _ = wrapper
    functions = engine.project.summary(path)["functions"]
    inner = [q for q in functions if q.startswith(qualified + ".")]
    leaves = [q for q in inner if not any(other.startswith(q + ".") for other in inner)]
    return bool(leaves) and all(functions[q].get("async") for q in leaves)


def consumer(node: ast.AST) -> tuple:
    """Answer (what takes the value of an expression, its child on the way): through `a or b`, `x if y else z`, `:=`."""
    child, parent = node, node.parent_
    while True:
        passed = isinstance(parent, ast.IfExp) and child is not parent.test
        if not passed and not (isinstance(parent, ast.BoolOp) and child is parent.values[-1]):
            return parent, child
        child, parent = parent, parent.parent_


def may_be_misused(ctx, node: ast.AST) -> bool:
    """Answer whether an expression stands where `misuse` can answer anything: a quick look, before its types are asked for."""
    parent, child = consumer(node)
    cls = parent.__class__
    return cls is ast.Expr or cls is ast.Assign or is_value_use(ctx, parent, child)


def misuse(ctx, node: ast.AST) -> str:
    """Answer "dropped" or "used as a value" of what an expression gives, '' where it may be awaited later."""
    parent, child = consumer(node)
    if isinstance(parent, ast.Expr):
        return "dropped"
    if is_value_use(ctx, parent, child):
        return "used as a value"
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        return _misused_name(ctx, parent)
    return ""


def is_value_use(ctx, parent, child) -> bool:
    """Answer whether an expression's value itself is needed where it stands."""
    if isinstance(parent, ast.Attribute):
        return parent.attr not in _OWN
    if isinstance(parent, (ast.Compare, ast.BinOp, ast.UnaryOp, ast.FormattedValue)):
        return not (isinstance(parent, ast.Compare) and any(isinstance(op, (ast.Is, ast.IsNot)) for op in parent.ops))
    if isinstance(parent, ast.Subscript):
        return child is parent.value
    if isinstance(parent, (ast.If, ast.While, ast.IfExp, ast.Assert)):
        return child is parent.test
    if isinstance(parent, ast.BoolOp):
        return child is not parent.values[-1]
    if isinstance(parent, (ast.For, ast.comprehension)):
        return child is parent.iter and not getattr(parent, "is_async", 0)
    if isinstance(parent, ast.Call) and child in parent.args:
        return ctx.qualname(parent.func) in _TAKES_VALUE
    return False


def _misused_name(ctx, assign) -> str:
    """Answer what becomes of a coroutine kept in a local name that is bound once and seen only in its function."""
    name = assign.targets[0].id
    function = function_of(assign)
    if function is None or isinstance(function, ast.Lambda):
        return ""
    uses = []
    owners = ctx.once("names by function", lambda: _by_function(ctx))[name]
    for node in owners[function]:
        if node is not assign.targets[0]:
            if not isinstance(node.ctx, ast.Load):
                return ""
            uses.append(node)
    # only a function that stands in another one can be inside this one
    if any(owner is not function and _inside(owner, function) for owner in owners[_NESTED]):
        return ""
    if any(name in statement.names for statement in ctx.nodes(ast.Global, ast.Nonlocal)):
        return ""
    if not uses:
        return "dropped"
    return "used as a value" if all(is_value_use(ctx, *consumer(use)) for use in uses) else ""


def _by_function(ctx) -> dict:
    """Answer {name: {function: its nodes in it, _NESTED: the functions among them that stand in others}}."""
    found: dict = {}
    for node in ctx.nodes(ast.Name):
        owners = found.setdefault(node.id, {_NESTED: []})
        function = function_of(node)
        nodes = owners.get(function)
        if nodes is None:
            nodes = owners[function] = []
            if function is not None and function_of(function) is not None:
                owners[_NESTED].append(function)
        nodes.append(node)
    return found


def _inside(owner, function) -> bool:
    while owner is not None:
        if owner is function:
            return True
        owner = function_of(owner)
    return False


def is_task_maker(ctx, call: ast.Call) -> bool:
    """Answer whether a call starts a task that only its result keeps alive: not one of a task group."""
    names = ctx.targets(call)
    spelled = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if spelled == "ensure_future" and not (call.args and isinstance(call.args[0], ast.Call)):
        # given a task or future it only answers it: whoever made it may keep it
        return False
    if names:
        return all(
            name in ("asyncio.create_task", "asyncio.ensure_future", "asyncio.AbstractEventLoop.create_task",
                     "asyncio.tasks.create_task", "asyncio.tasks.ensure_future")
            for name in names
        )  # fmt: skip
    # an untyped loop: its name and a coroutine being called for it are the evidence
    return (
        isinstance(call.func, ast.Attribute) and call.func.attr == "create_task" and len(call.args) > 0
        and dotted(call.func.value).rpartition(".")[2] in ("loop", "_loop", "event_loop") and isinstance(call.args[0], ast.Call)
    )  # fmt: skip


__all__ = ["consumer", "is_task_maker", "is_value_use", "makes_coroutine", "misuse"]
