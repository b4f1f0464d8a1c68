"""Where code runs: on the event loop, per request, per task, at import, as a script.

One answer for all rules. Each function takes the file's context and an ast node.
"""

from __future__ import annotations

import ast

from preaudit.core.tree import FUNCTIONS, dotted, function_of, is_main_guard, parents, statement_of

VERBS = frozenset({"get", "post", "put", "delete", "patch", "options", "head", "trace", "api_route", "route",
                   "websocket", "websocket_route"})  # fmt: skip
_ROUTERS = ("fastapi.", "starlette.", "flask.", "quart.", "aiohttp.web", "sanic.", "litestar.", "blacksheep.")
_LOOP_CALLBACKS = frozenset({"call_soon", "call_later", "call_at", "call_soon_threadsafe", "add_signal_handler",
                             "add_reader", "add_writer", "add_done_callback"})  # fmt: skip
_TASK_NAMES = ("celery.Celery.task", "celery.shared_task", "celery.app.shared_task", "celery.app.base.Celery.task",
               "dramatiq.actor", "rq.decorators.job", "huey.Huey.task", "procrastinate.App.task", "arq.")  # fmt: skip


def on_loop(ctx, node: ast.AST) -> bool:
    """Answer whether a node runs on the event loop: in a coroutine, or in a callback given to the loop.

    A nested `def` or lambda does not: it runs wherever it is handed to (a thread, mostly), and where it
    is called directly the call itself is the place to look at.
    """
    function = function_of(node)
    if isinstance(function, ast.AsyncFunctionDef):
        return True
    if isinstance(function, ast.Lambda):
        return _is_callback(function)
    if isinstance(function, ast.FunctionDef):
        return function.name in ctx.loop_callbacks
    return False


def _is_callback(node: ast.AST) -> bool:
    call = node.parent_
    return (
        isinstance(call, ast.Call)
        and node in call.args
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in _LOOP_CALLBACKS
    )


def loop_callbacks(ctx) -> frozenset:
    """Answer the names of functions that the file gives to the loop as callbacks."""
    found = set()
    for call in ctx.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _LOOP_CALLBACKS:
            for arg in call.args[:2]:
                name = dotted(arg)
                if name:
                    found.add(name.rpartition(".")[2])
    return frozenset(found)


def route_of(ctx, function: ast.AST) -> ast.expr | None:
    """Answer the decorator that makes a function a request handler, None if it is none."""
    for decorator in getattr(function, "decorator_list", ()):
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not isinstance(target, ast.Attribute) or target.attr not in VERBS:
            continue
        names = ctx.targets(target)
        if names:
            if any(name.startswith(_ROUTERS) for name in names):
                return decorator
            if all("." in name for name in names) and not any(name.startswith(("mod:", "app.")) for name in names):
                if not any(ctx.is_own(name) for name in names):
                    continue
        if isinstance(decorator, ast.Call) and decorator.args:
            first = decorator.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value[:1] in ("/", ""):
                return decorator
    return None


def is_handler(ctx, function: ast.AST) -> bool:
    """Answer whether a function answers requests: a route, or a method of a view class named after a verb."""
    if not isinstance(function, FUNCTIONS):
        return False
    if route_of(ctx, function) is not None:
        return True
    owner = function.parent_
    if isinstance(owner, ast.ClassDef) and function.name in VERBS:
        return any(
            dotted(base).rpartition(".")[2] in ("MethodView", "Resource", "HTTPEndpoint", "View", "APIView", "HTTPMethodView")
            for base in owner.bases
        )
    return False


def is_task(ctx, function: ast.AST) -> bool:
    """Answer whether a function is a task of Celery, RQ, dramatiq, huey or arq, by its decorator."""
    for decorator in getattr(function, "decorator_list", ()):
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        names = ctx.targets(target)
        if any(name.startswith(_TASK_NAMES) for name in names):
            return True
        spelled = dotted(target)
        if not names and (spelled == "shared_task" or spelled.endswith((".task", ".periodic_task")) and "." in spelled):
            return True
    return False


def enclosing_function(ctx, node: ast.AST):
    """Answer the outermost-but-nested-free `def` in which a node runs, skipping lambdas; None at module level."""
    function = function_of(node)
    while isinstance(function, ast.Lambda):
        function = function_of(function)
    return function


def per_call(ctx, node: ast.AST) -> str:
    """Answer how often a node runs: "request", "task", "call" (in some other function) or "" (at import)."""
    function = enclosing_function(ctx, node)
    kind = ""
    while function is not None:
        kind = "call"
        if is_handler(ctx, function):
            return "request"
        if is_task(ctx, function):
            return "task"
        outer = enclosing_function(ctx, function)
        if outer is None:
            break
        function = outer
    return kind


def at_import(ctx, node: ast.AST) -> bool:
    """Answer whether a node runs when the module is imported (class bodies and decorators included)."""
    return function_of(node) is None and not in_main(node)


def in_main(node: ast.AST) -> bool:
    """Answer whether a node stands under `if __name__ == "__main__":`."""
    return any(is_main_guard(parent) for parent in parents(node))


def is_script(ctx) -> bool:
    """Answer whether a file is run and not imported: it has a main guard, or a shebang."""
    if ctx.text.startswith("#!"):
        return True
    return any(is_main_guard(node) for node in ctx.nodes(ast.If) if isinstance(node.parent_, ast.Module))


def is_type_checking(node: ast.AST) -> bool:
    """Answer whether a node stands under `if TYPE_CHECKING:`."""
    return any(isinstance(p, ast.If) and dotted(p.test).rpartition(".")[2] == "TYPE_CHECKING" for p in parents(node))


__all__ = [
    "at_import", "enclosing_function", "in_main", "is_handler", "is_script", "is_task", "is_type_checking", "loop_callbacks",
    "on_loop", "per_call", "route_of", "statement_of",
]  # fmt: skip
