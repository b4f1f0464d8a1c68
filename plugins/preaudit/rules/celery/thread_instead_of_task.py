"""A request starts work in a thread of the web server

## What it does
In a project that uses Celery, RQ, arq or dramatiq: reports work that a request handler starts in a thread
(`threading.Thread(...).start()`), hands to an executor whose future it drops, or runs through `asyncio.run` in a
thread, and does not wait for.

## Why it matters
Such work belongs to the web process: it is lost when the process is restarted or scaled down, nothing limits how
much of it runs, nothing retries it, and when it fails nobody is told. The project has a queue that does all that.

## Bad
```python
import threading

from celery import Celery
from fastapi import FastAPI

app = FastAPI()
celery = Celery("app", broker="redis://redis")


def send_mail(order):
    ...


@app.post("/orders")
def order(number: int):
    threading.Thread(target=send_mail, args=(number,)).start()  # AUD218
    return {"ok": True}
```

## Good
```python
from celery import Celery
from fastapi import FastAPI

app = FastAPI()
celery = Celery("app", broker="redis://redis")


@celery.task
def send_mail(order):
    ...


@app.post("/orders")
def order(number: int):
    send_mail.delay(number)
    return {"ok": True}
```

## Fixed
No automatic fix: what runs in a thread may need what only the web process has.

## Options
None.

## Limits
Silent where the handler joins the thread or waits for the future, and where what is started handles its own errors
with a `try` around everything. Helpers that a handler calls are not followed.

## Origin
Audit E, finding 11: reports were made in threads of the API and vanished with every deployment.
"""

from __future__ import annotations

import ast

from preaudit.core.finding import Severity
from preaudit.core.rule import Rule
from preaudit.core.tree import FUNCTIONS, body_of, dotted, function_of, parents, statement_of

RULE = Rule(
    code="AUD218",
    name="thread-instead-of-task",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="types",
    words=("Thread", "submit", "run_in_executor", "Process("),
    audits=("E 11",),
    message="{what} runs in the web process: it is lost on a restart, unlimited and never retried; make it a task and send "
    "it to the queue",
)
_THREADS = frozenset({"threading.Thread", "threading.Timer", "multiprocessing.Process"})
_SUBMITS = frozenset({
    "concurrent.futures.ThreadPoolExecutor.submit", "concurrent.futures.ProcessPoolExecutor.submit",
    "concurrent.futures.Executor.submit", "asyncio.AbstractEventLoop.run_in_executor",
})  # fmt: skip
_QUEUES = ("celery", "rq", "arq", "dramatiq", "django-rq", "huey")


@RULE.on(ast.Call)
def check(node, ctx):
    """Report work that a request handler starts and leaves."""
    last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if last not in ("Thread", "Timer", "Process", "submit", "run_in_executor") or ctx.per_call(node) != "request":
        return
    targets = ctx.targets(node)
    if targets & _THREADS:
        if _joined(node) or not _started(node):
            return
        target = _target(node, 1 if last == "Timer" else None)
    elif targets & _SUBMITS:
        if not isinstance(node.parent_, ast.Expr) or _bounded(ctx, node):
            return
        target = node.args[1 if last == "run_in_executor" else 0] if node.args else None
    else:
        return
    if not _has_queue(ctx) or _handles_errors(ctx, target):
        return
    name = dotted(target) if target is not None else ""
    yield RULE.at(node, what=f"{name}()" if name else "this work")


def _target(node, position):
    for keyword in node.keywords:
        if keyword.arg in ("target", "function"):
            return keyword.value
    return node.args[position] if position is not None and len(node.args) > position else None


def _has_queue(ctx) -> bool:
    """Answer whether the project has a task queue: by its requirements, or by what this file imports."""
    if any(name in ctx.names.imports() for name in ("celery", "rq", "arq", "dramatiq", "django_rq", "huey")):
        return True
    wanted = ctx.project.requirements
    return any(wanted.version_bounds(name) is not None for name in _QUEUES)


def _name_of(node) -> str:
    statement = statement_of(node)
    if isinstance(statement, ast.Assign) and statement.value is node and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return ""


def _uses(node, *attributes) -> bool:
    """Answer whether the function calls one of these methods on the value, directly or through its local name."""
    direct = node.parent_
    if isinstance(direct, ast.Attribute) and direct.attr in attributes:
        return True
    name, function = _name_of(node), function_of(node)
    if function is None:
        return False
    for one in body_of(function):
        if isinstance(one, ast.Attribute) and one.attr in attributes:
            if name and dotted(one.value) == name:
                return True
            if _in_collection(node) and isinstance(one.value, ast.Name):
                return True
    return False


def _in_collection(node) -> bool:
    """Answer whether the thread is put in a list with others: `threads.append(Thread(...))`, a comprehension."""
    return any(
        isinstance(parent, (ast.ListComp, ast.List, ast.Tuple, ast.GeneratorExp)) or (
            isinstance(parent, ast.Call) and dotted(parent.func).rpartition(".")[2] in ("append", "add")
        )
        for parent in parents(node) if not isinstance(parent, FUNCTIONS)
    )  # fmt: skip


def _started(node) -> bool:
    return _uses(node, "start")


def _joined(node) -> bool:
    return _uses(node, "join") or _kept_in_collection(node)


def _kept_in_collection(node) -> bool:
    """Answer whether a named thread goes into a list: somebody may join it later."""
    name, function = _name_of(node), function_of(node)
    if not name or function is None:
        return False
    return any(
        isinstance(one, ast.Call) and dotted(one.func).rpartition(".")[2] in ("append", "add")
        and any(dotted(arg) == name for arg in one.args)
        for one in body_of(function)
    )  # fmt: skip


def _bounded(ctx, node) -> bool:
    """Answer whether the executor is one of a `with` in the handler, which waits at its end."""
    name = dotted(node.func.value)
    for parent in parents(node):
        if isinstance(parent, (ast.With, ast.AsyncWith)):
            for item in parent.items:
                if item.optional_vars is not None and dotted(item.optional_vars) == name:
                    return True
    return False


def _handles_errors(ctx, target) -> bool:
    """Answer whether what is started is a function of this file whose whole body stands in a `try` with a handler."""
    if not isinstance(target, ast.Name):
        return False
    _, bindings = ctx.names.lookup(target, target.id)
    for binding in bindings or ():
        if binding.kind == "def":
            body = [
                one
                for one in binding.node.body
                if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
            ]
            return len(body) == 1 and isinstance(body[0], ast.Try) and bool(body[0].handlers)
    return False
