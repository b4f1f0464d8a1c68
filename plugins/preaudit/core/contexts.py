"""Where code runs: on the event loop, per request, per task, at import, as a script.

One answer for all rules. Each function takes the file's context and an ast node.
"""

from __future__ import annotations

import ast

from preaudit.core.development import FILES, is_development
from preaudit.core.ownloops import CONCURRENT, Coroutines, Elsewhere, is_enqueued, is_run
from preaudit.core.startup import WAITS, follows
from preaudit.core.taskmakers import is_candidate, maker
from preaudit.core.tree import (
    FUNCTIONS,
    def_of,
    dotted,
    function_of,
    is_main_guard,
    parents,
    qualified_scope,
    statement_of,
)

VERBS = frozenset({"get", "post", "put", "delete", "patch", "options", "head", "trace", "api_route", "route",
                   "websocket", "websocket_route"})  # fmt: skip
_ROUTERS = ("fastapi.", "starlette.", "flask.", "quart.", "aiohttp.web", "sanic.", "litestar.", "blacksheep.")
# methods that take a callback of the loop -> the position of the callback
_LOOP_CALLBACKS = {"call_soon": 0, "call_soon_threadsafe": 0, "call_later": 1, "call_at": 1, "add_signal_handler": 1,
                   "add_reader": 1, "add_writer": 1, "add_done_callback": 0}  # fmt: skip
_TASK_NAMES = ("celery.Celery.task", "celery.shared_task", "celery.app.shared_task", "celery.app.base.Celery.task",
               "dramatiq.actor", "rq.decorators.job", "huey.Huey.task", "procrastinate.App.task", "arq.")  # fmt: skip

_PROMPTS = frozenset({"questionary", "inquirer", "InquirerPy", "prompt_toolkit"})
_ALONE_TASKS = ("rq.", "celery.", "huey.")
# Folders and modules of jobs; and the queues whose workers run all coroutines on one loop.
_JOBS = frozenset({"tasks", "jobs", "workers"})
_SHARED_LOOPS = ("arq", "saq", "taskiq", "streaq", "procrastinate", "faststream", "dramatiq")


def on_loop(ctx, node: ast.AST) -> bool:
    """Answer whether a node runs on the event loop: in a coroutine, or in a callback given to the loop.

    A nested `def` or lambda does not: it runs wherever it is handed to (a thread, mostly), and where it
    is called directly the call itself is the place to look at. A lambda that sorted(), min(), map() and
    the like call at once runs where it stands.
    """
    function = function_of(node)
    while isinstance(function, ast.Lambda):
        if function in ctx.loop_callbacks:
            return True
        if not _called_here(function):
            return False
        function = function_of(function)
    if isinstance(function, ast.AsyncFunctionDef):
        return True
    return function is not None and function in ctx.loop_callbacks


def _called_here(function: ast.Lambda) -> bool:
    """Answer whether a lambda is called where it stands: the key of a sort, the function of a map."""
    parent = function.parent_
    keyword = parent if isinstance(parent, ast.keyword) else None
    call = parent.parent_ if keyword is not None else parent
    if not isinstance(call, ast.Call):
        return False
    if call.func is function:
        return True
    name = dotted(call.func).rpartition(".")[2] or getattr(call.func, "attr", "")
    if keyword is not None:
        return keyword.arg == "key" and name in ("sorted", "min", "max", "sort")
    return name in ("map", "filter", "reduce") and isinstance(call.func, ast.Name)


def has_loop(ctx) -> bool:
    """Answer whether anything of the file runs on an event loop."""
    return bool(ctx.nodes(ast.AsyncFunctionDef) or callback_arguments(ctx))


def callback_arguments(ctx) -> list:
    """Answer the arguments that the file gives to the event loop to be called back."""
    found = []
    for call in ctx.nodes(ast.Call):
        if not (isinstance(call.func, ast.Attribute) and call.func.attr in _LOOP_CALLBACKS):
            continue
        index = _LOOP_CALLBACKS[call.func.attr]
        if len(call.args) <= index:
            continue
        if call.func.attr == "add_done_callback" and not ctx.is_a(call.func.value, "asyncio.Future", "asyncio.Task"):
            # a future of an executor calls back in the worker thread
            continue
        found.append(call.args[index])
    return found


def loop_callbacks(ctx) -> frozenset:
    """Answer the plain functions and lambdas of the file that it gives to the event loop as callbacks."""
    arguments = callback_arguments(ctx)
    if not arguments:
        return frozenset()
    found: set = set()
    functions = {f"{ctx.exprs.module}.{qualified_scope(node)}": node for node in ctx.nodes(ast.FunctionDef)}
    for argument in arguments:
        if isinstance(argument, ast.Lambda):
            found.add(argument)
            continue
        for value in ctx.values(argument):
            while value[0] == "partial":
                value = value[1]
            function = functions.get(ctx.types_engine.value_name(value))
            if function is not None:
                found.add(function)
    return frozenset(found)


def alone(ctx, node: ast.AST) -> bool:
    """Answer whether a node runs on a loop that serves nobody else: a script's or a command's only coroutine.

    That is a coroutine which plain code gives to asyncio.run(), and nothing else uses, or that a command-line
    decorator runs, and what only such coroutines await, in other modules too; none of them if the file starts tasks
    that would wait (core/ownloops.py). So is the code of a command line: a package `cli`, or a file of commands. RQ
    runs each job on a loop of its own: tests/oracles/test_rq_jobs.py.
    """
    if ctx.once("command", lambda: is_command_line(ctx)) or ctx.once("rq.jobs", lambda: _holds_rq_jobs(ctx)):
        return True
    function = function_of(node)
    while function is not None and not isinstance(function, ast.AsyncFunctionDef):
        function = function_of(function)
    if function is None:
        return False
    if _is_said_to_block(ctx, function):
        return True
    local = ctx.once("coroutines", lambda: _coroutines(ctx))
    jobs = ctx.once("enqueued", lambda: _of_jobs(local.named, local.uses))
    outer = function
    while outer is not None:
        if outer in jobs:
            return True
        if (
            isinstance(outer, ast.AsyncFunctionDef)
            and (outer is function or not local.starters)
            and not local.is_beside(node)
        ):
            needed = local.needs(outer)
            if needed is not None and ctx.once("elsewhere", lambda: Elsewhere(ctx)).allows(needed):
                return True
        outer = function_of(outer)
    if function not in ctx.once("entries", lambda: _entries(ctx)):
        return False
    return not follows(ctx.nodes, node, function, WAITS) and not _starts_tasks(ctx, node, function)


def _is_said_to_block(ctx, function) -> bool:
    """Answer whether the comment above a coroutine says that it blocks: its author knows."""
    number = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)]) - 2  # from 0
    while number >= 0 and ctx.lines[number].lstrip().startswith("#"):
        if "blocking" in ctx.lines[number].lower():
            return True
        number -= 1
    return False


def _starts_tasks(ctx, node, function) -> bool:
    """Answer whether the function starts a task before this node: it waits for the node."""
    return any(
        (use.lineno, use.col_offset) < (node.lineno, node.col_offset) and function_of(use) is function
        for use in ctx.nodes(ast.Name, ast.Attribute)
        if (use.id if isinstance(use, ast.Name) else use.attr) in CONCURRENT
    )


def _entries(ctx) -> frozenset:
    """Answer the coroutines that plain code of the file gives to asyncio.run(): before they wait, nothing else runs."""
    named = {node.name: node for node in ctx.nodes(ast.AsyncFunctionDef) if not node.decorator_list}
    return frozenset(
        named[use.id] for use in ctx.nodes(ast.Name)
        if use.id in named and is_run(use.parent_) and not isinstance(function_of(use), ast.AsyncFunctionDef)
    )  # fmt: skip


def _holds_rq_jobs(ctx) -> bool:
    """Answer whether a file of jobs, by its place, belongs to a project whose only queue is RQ, and starts nothing else."""
    *folders, name = ctx.path.split("/")
    if _JOBS.isdisjoint((*folders, name.removesuffix(".py"))) or not ctx.demands("rq"):
        return False
    if any(ctx.demands(other) for other in _SHARED_LOOPS):
        return False
    if any(route_of(ctx, node) is not None for node in ctx.nodes(ast.AsyncFunctionDef)):
        return False
    return starts_nothing(ctx)


# What a project demands that runs jobs or commands, and what serves others on its loop.
_SCHEDULERS = ("apache-airflow", "dagster", "prefect", "luigi")
_RUNNERS = ("celery", "rq", "huey", "typer", "click", "fire", "cyclopts")
_SERVERS = (
    *_SHARED_LOOPS, "fastapi", "starlette", "aiohttp", "quart", "sanic", "litestar", "tornado", "falcon", "blacksheep", "robyn",
    "uvicorn", "hypercorn", "daphne", "granian", "channels", "django-ninja", "websockets", "python-socketio", "grpcio", "mcp",
    "fastmcp", "discord-py", "aiogram", "python-telegram-bot", "pyrogram", "telethon", "slack-bolt", "slack-sdk", "aiokafka",
    "aio-pika", "nats-py", "temporalio", "chainlit", "gradio", "textual", "apscheduler", "home-assistant", "homeassistant",
    "sse-starlette", "strawberry-graphql", "ariadne", "twisted", "trio", "flask", "asyncpraw", "aiomqtt",
)  # fmt: skip


def runs_batches(ctx) -> bool:
    """Answer whether a project only runs jobs or commands, by what it demands: none of its loops serves others.

    Celery, RQ and a command line run what a job awaits on a loop made for it; a scheduler's tasks too.
    """
    return ctx.once("batches", lambda: any(map(ctx.demands, _SCHEDULERS)) or _only_runs(ctx))


def _only_runs(ctx) -> bool:
    return any(map(ctx.demands, _RUNNERS)) and not any(map(ctx.demands, _SERVERS))


def starts_nothing(ctx) -> bool:
    """Answer whether a file starts no task that would wait while another blocks."""
    return not any(
        (node.id if isinstance(node, ast.Name) else node.attr) in CONCURRENT
        for node in ctx.nodes(ast.Name, ast.Attribute)
    )


def is_command_line(ctx) -> bool:
    """Answer whether a file is part of a command-line program, by its place or by the commands it defines."""
    *folders, name = ctx.path.split("/")
    if "cli" in folders or name in ("cli.py", "__main__.py") or folders[-2:] == ["management", "commands"]:
        return True
    if _PROMPTS & ctx.names.imports().keys() or "rich.prompt" in ctx.text:
        return True
    if any(isinstance(d, ast.Call) and isinstance(d.func, ast.Attribute) and d.func.attr in VERBS
           for node in ctx.nodes(ast.FunctionDef, ast.AsyncFunctionDef) for d in node.decorator_list):  # fmt: skip
        # an application with a few commands of its own
        return False
    return any(_is_command(node) for node in ctx.nodes(ast.FunctionDef, ast.AsyncFunctionDef))


def _coroutines(ctx) -> Coroutines:
    all_aside = FILES.search(ctx.path)

    def is_aside(use):
        return not all_aside and is_development(ctx, use) and not is_enqueued(use)

    return Coroutines(
        ctx.nodes, ctx.names, is_script=ctx.is_script, is_aside=is_aside,
        is_job=lambda function: _is_command(function) or _is_job(ctx, function),
    )  # fmt: skip


def _of_jobs(coroutines, uses) -> set:
    """Answer the coroutines that are handed to an RQ queue and to nobody else, and those that only they use."""
    if not any(is_enqueued(use) for nodes in uses.values() for use in nodes):
        return set()
    found: set = set()
    changed = True
    while changed:
        changed = False
        for name, nodes in coroutines.items():
            # `job.__name__` asks for the name and runs nothing
            real = [use for use in uses.get(name, ()) if not getattr(use.parent_, "attr", "").startswith("__")]
            if len(nodes) == 1 and nodes[0] not in found and real:
                if all(is_enqueued(use) or _stands_in(use, found) for use in real):
                    found.add(nodes[0])
                    changed = True
    return found


def _stands_in(node, functions) -> bool:
    function = function_of(node)
    while function is not None and function not in functions:
        function = function_of(function)
    return function is not None


def _is_command(function) -> bool:
    """Answer whether a decorator makes a function a command of click, typer and the like."""
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        base = dotted(target.value).rpartition(".")[2].lower() if isinstance(target, ast.Attribute) else ""
        if base and target.attr in ("command", "group") and (
            base in ("click", "typer", "asyncclick", "group") or base.endswith(("app", "cli"))
        ):  # fmt: skip
            return True
    return False


def _is_job(ctx, function) -> bool:
    """Answer whether a coroutine is a task of a queue that runs each task on a loop of its own."""
    return any(
        name.startswith(_ALONE_TASKS)
        for d in function.decorator_list
        for name in ctx.targets(d.func if isinstance(d, ast.Call) else d)
    )


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
            dotted(base).rpartition(".")[2]
            in ("MethodView", "Resource", "HTTPEndpoint", "View", "APIView", "HTTPMethodView")
            for base in owner.bases
        )
    return False


def is_task(ctx, function: ast.AST, own: bool = True) -> bool:
    """Answer whether a function is a task of Celery, RQ, dramatiq, huey or arq, by its decorator.

    A decorator of the project that is made around one of theirs counts as well (core/taskmakers.py), unless `own` is
    false: a fact on this file may not depend on what another one holds.
    """
    for decorator in getattr(function, "decorator_list", ()):
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        names = ctx.targets(target)
        if any(name.startswith(_TASK_NAMES) for name in names):
            return True
        if own and any(is_candidate(name) and ctx.is_own(name) and _makes_tasks(ctx, name) for name in names):
            return True
        spelled = dotted(target)
        if not names and (spelled == "shared_task" or spelled.endswith((".task", ".periodic_task")) and "." in spelled):
            return True
    return False


def _makes_tasks(ctx, name: str) -> bool:
    return ctx.once(("task maker", name), lambda: maker(ctx.project, name, ctx.path)) is not None


def enclosing_function(ctx, node: ast.AST):
    """Answer the outermost-but-nested-free `def` in which a node runs, skipping lambdas; None at module level."""
    return def_of(node)


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


# What an imported module cannot do at its top.
_ENDS_OR_ASKS = ("parse_args", "exit")


def is_script(ctx) -> bool:
    """Answer whether a file is run and not imported: a main guard, a shebang, or it parses arguments or exits at its top."""
    if ctx.text.startswith("#!"):
        return True
    if any(is_main_guard(node) for node in ctx.nodes(ast.If) if isinstance(node.parent_, ast.Module)):
        return True
    if not any(word in ctx.text for word in _ENDS_OR_ASKS):
        return False
    return any(
        dotted(call.func).rpartition(".")[2] in _ENDS_OR_ASKS and function_of(call) is None
        for call in ctx.nodes(ast.Call)
    )


def is_type_checking(node: ast.AST) -> bool:
    """Answer whether a node stands under `if TYPE_CHECKING:`."""
    return any(isinstance(p, ast.If) and dotted(p.test).rpartition(".")[2] == "TYPE_CHECKING" for p in parents(node))


__all__ = [
    "alone", "at_import", "callback_arguments", "enclosing_function", "has_loop", "in_main", "is_handler", "is_script", "is_task",
    "is_type_checking", "loop_callbacks", "on_loop", "per_call", "route_of", "statement_of",
]  # fmt: skip
