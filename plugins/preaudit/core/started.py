"""Which functions run when an application starts: at import, in its factory, in start-up and worker hooks.

For plain functions; what a lifespan awaits is core/startup.py's. One call is followed, into another module
as well: the summary holds the calls that start-up code makes (see core/shapes.py).
"""

from __future__ import annotations

import ast

from preaudit.core import startup
from preaudit.core.tree import FUNCTIONS, dotted, function_of, is_main_guard, parents, qualified_scope, statement_of

_APPS = frozenset({"FastAPI", "Flask", "Starlette", "Quart", "Sanic", "Litestar", "Celery", "APIFlask"})
_FACTORIES = frozenset(
    {
        "create_app",
        "make_app",
        "app_factory",
        "build_app",
        "get_app",
        "create_application",
        "get_application",
        "init_app",
    }
)
_HOOKS = frozenset({
    "on_event", "before_first_request", "before_serving", "before_server_start", "on_startup", "worker_init",
    "worker_process_init", "worker_ready", "beat_init", "celeryd_init", "main_process_start", "setup", "record_once",
})  # fmt: skip
_SIGNALS = frozenset({"worker_init", "worker_process_init", "worker_ready", "celeryd_init", "beat_init", "on_after_configure",
                      "on_after_finalize", "setup_logging", "celeryd_after_setup"})  # fmt: skip
_GUNICORN = frozenset({"on_starting", "when_ready", "post_fork", "pre_fork", "post_worker_init"})
IMPORT = "import"
_MANY = 60


def kind(function: ast.AST, get, makers=None) -> str:
    """Answer what makes a function start-up code: "factory", "lifespan", "hook"; '' if nothing does.

    `get`: function of a node type to the nodes of the file; `makers`: what `_makers` answered, if known.
    """
    if not isinstance(function, FUNCTIONS):
        return ""
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        parts = dotted(target).split(".")
        if parts[-1] in _HOOKS or parts[-1] == "connect" and len(parts) > 1 and parts[-2] in _SIGNALS:
            closing = isinstance(decorator, ast.Call) and any(
                isinstance(a, ast.Constant) and a.value == "shutdown" for a in decorator.args
            )
            if not closing:
                return "hook"
    if startup.is_startup(lambda *types: [n for t in types for n in get(t, ())], function):
        return "lifespan"
    if function.name in _FACTORIES or function.name in _GUNICORN:
        return "factory" if function.name in _FACTORIES else "hook"
    return "factory" if function in (_makers(get) if makers is None else makers) else ""


def _makers(get) -> set:
    """Answer the functions that make an application and keep or return it."""
    found = set()
    for call in get(ast.Call, ()):
        if isinstance(call.parent_, (ast.Assign, ast.AnnAssign, ast.Return)):
            if dotted(call.func).rpartition(".")[2] in _APPS:
                found.add(function_of(call))
    return found


def calls(get) -> list:
    """Answer [(call, where)] of the plain calls that a module makes at import or in its start-up code."""
    found: list = []
    kinds: dict = {}
    makers = _makers(get)
    for call in get(ast.Call, ()):
        function = function_of(call)
        if kinds.get(function) == "" or isinstance(call.parent_, ast.Attribute):
            continue
        if not isinstance(statement_of(call), ast.Expr):
            continue
        if function is None:
            if not any(is_main_guard(p) or isinstance(p, ast.ClassDef) for p in parents(call)):
                found.append((call, IMPORT))
        elif isinstance(function, FUNCTIONS):
            if function not in kinds:
                kinds[function] = kind(function, get, makers)
            if kinds[function]:
                found.append((call, function.name))
        if len(found) >= _MANY:
            break
    return found


def runs_at(function: ast.AST, ctx) -> str:
    """Answer when a function runs that start-up code runs: words such as "in create_app()"; '' if it is none."""
    if kind(function, ctx.by_type.get):
        return f"in {function.name}()"
    if not isinstance(function, FUNCTIONS):
        return ""
    full = f"{ctx.exprs.module}.{qualified_scope(function)}"
    for path, callee, where in ctx.project.outside(f"starts:{function.name}"):
        if ctx.settings.is_test(path) or ctx.settings.is_migration(path):
            continue
        if full in ctx.types_engine.callee_names(callee, path):
            return "when its module is imported" if where == IMPORT else f"in {where}()"
    return ""
