"""How a piece of code ends: whether every path of it raises, whether a function only raises or logs.

Works on the syntax tree and a function that names things (`qualname`), so that a module's summary can
hold the answer for other modules.
"""

from __future__ import annotations

import ast
import re

from preaudit.core.tree import FUNCTION_LIKE, FUNCTIONS, LOOPS, children, dotted

RAISING = frozenset({
    "sys.exit", "os._exit", "os.abort", "builtins.exit", "builtins.quit", "flask.abort", "quart.abort", "werkzeug.abort",
    "werkzeug.exceptions.abort", "bottle.abort", "flask_restful.abort", "flask_smorest.abort", "six.reraise",
    "six.raise_from", "pytest.fail", "pytest.skip", "pytest.xfail", "pytest.exit", "typing.assert_never",
    "django.http.Http404", "_thread.interrupt_main", "celery.app.task.Task.retry",
})  # fmt: skip
# What a method of this name does, whoever has it: argparse and click end the program, Celery's retry raises Retry.
RAISING_METHODS = frozenset({"abort", "reraise", "raise_for_exception", "exit_with_error"})
OWN_RAISING_METHODS = frozenset({"retry", "fail", "skipTest"})  # of self or of a task
NEVER = ("NoReturn", "Never")
RERAISING_MANAGERS = ("save_and_reraise_exception",)

LOG_METHODS = frozenset({
    "debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log", "msg", "notice", "trace",
    "success", "failure", "adebug", "ainfo", "awarning", "aerror", "aexception", "acritical", "alog",
})  # fmt: skip
LOGGER = re.compile(r"(?:^|_)(?:log|logs|logger|logging|loguru|structlog|syslog)(?:_|$)|logger$", re.I)


def is_logger_call(call: ast.Call, name: str) -> bool:
    """Answer whether a call is one of a logger's methods; `name` is its dotted origin, '' if unknown."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in LOG_METHODS:
        return False
    if name.startswith(("logging.", "structlog.", "loguru.", "absl.logging.", "twisted.logger.")):
        return True
    receiver = function.value
    while isinstance(receiver, ast.Call):  # log.bind(...).error, getLogger(...).error, log.opt(exception=True).error
        spelled = dotted(receiver.func)
        if spelled.rpartition(".")[2] in ("getLogger", "get_logger", "getChild", "get_task_logger"):
            return True
        receiver = receiver.func.value if isinstance(receiver.func, ast.Attribute) else receiver.func
    spelled = dotted(receiver)
    parts = [*spelled.split("."), *name.split(".")[:-1]]
    return any(LOGGER.search(part) for part in parts if part)


def raises_always(statements, raising, counts=None) -> bool:
    """Answer whether every path through these statements ends in a raise (or ends the program).

    `raising`: function(call) -> whether a call never returns. `counts`: function(raise statement) ->
    whether this one is meant; all of them where left out.
    """
    for statement in statements:
        if isinstance(statement, ast.Raise):
            return counts is None or counts(statement)
        if _raises(statement, raising, counts):
            return True
        if leaves(statement):
            return False
    return False


def _raises(statement, raising, counts):
    if isinstance(statement, (ast.Expr, ast.Return, ast.Assign)):
        value = statement.value
        value = value.value if isinstance(value, ast.Await) else value
        return isinstance(value, ast.Call) and raising(value)
    if isinstance(statement, ast.If):
        return raises_always(statement.body, raising, counts) and raises_always(statement.orelse, raising, counts)
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        for item in statement.items:
            if isinstance(item.context_expr, ast.Call):
                if dotted(item.context_expr.func).rpartition(".")[2] in RERAISING_MANAGERS:
                    return True
        return raises_always(statement.body, raising, counts)
    if isinstance(statement, (ast.Try, ast.TryStar)):
        if raises_always(statement.finalbody, raising, counts):
            return True
        normal = raises_always(statement.body, raising, counts) or raises_always(statement.orelse, raising, counts)
        return normal and all(raises_always(handler.body, raising, counts) for handler in statement.handlers)
    if isinstance(statement, ast.Match):
        last = statement.cases[-1].pattern
        whole = isinstance(last, ast.MatchAs) and last.pattern is None and statement.cases[-1].guard is None
        return whole and all(raises_always(case.body, raising, counts) for case in statement.cases)
    if isinstance(statement, ast.While):
        endless = isinstance(statement.test, ast.Constant) and bool(statement.test.value)
        return endless and not _breaks(statement)
    return False


def _breaks(loop):
    """Answer whether an endless loop can be left other than by a raise."""
    return any(leaves(statement, in_loop=True) or _has_break(statement) for statement in loop.body)


def _has_break(statement):
    stack = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Break):
            return True
        if not isinstance(node, (*LOOPS, *FUNCTION_LIKE, ast.ClassDef)):
            stack.extend(children(node))
    return False


def leaves(statement, in_loop=False) -> bool:
    """Answer whether some path through a statement leaves the block around it other than by a raise."""
    stack = [(statement, in_loop)]
    while stack:
        node, looped = stack.pop()
        if isinstance(node, ast.Return):
            return True
        if isinstance(node, (ast.Break, ast.Continue)) and not looped:
            return True
        if isinstance(node, (*FUNCTION_LIKE, ast.ClassDef)):
            continue
        inner = looped or isinstance(node, LOOPS)
        stack.extend((child, inner) for child in children(node) if isinstance(child, _BLOCKS))
    return False


_BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)


def never_returns(function, raising) -> bool:
    """Answer whether calling a function always raises: by its annotation, or by its body."""
    annotation = getattr(function, "returns", None)
    if annotation is not None and dotted(annotation).rpartition(".")[2] in NEVER:
        return True
    if not isinstance(function, FUNCTIONS):
        return False
    body = function.body
    if is_stub(body):  # an abstract method says nothing of the ones that take its place
        return False
    return raises_always(body, raising)


def is_stub(body) -> bool:
    """Answer whether a function's body only says that something else is meant to stand there."""
    rest = [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if len(rest) > 1:
        return False
    if not rest or isinstance(rest[0], ast.Pass):
        return True
    raised = rest[0].exc if isinstance(rest[0], ast.Raise) else None
    raised = raised.func if isinstance(raised, ast.Call) else raised
    return dotted(raised).rpartition(".")[2] == "NotImplementedError" if raised is not None else False


def is_raising_call(call: ast.Call, name: str) -> bool:
    """Answer whether a call of a library never returns; `name` is its dotted origin, '' if unknown."""
    if name in RAISING:
        return True
    function = call.func
    if isinstance(function, ast.Attribute):
        if function.attr in RAISING_METHODS:
            return True
        if function.attr in OWN_RAISING_METHODS and isinstance(function.value, ast.Name):
            if function.value.id in ("self", "task", "cls") or function.value.id.endswith("_task"):
                return not any(k.arg == "throw" for k in call.keywords)
        if function.attr in ("error", "exit", "fail"):
            return dotted(function.value).rpartition(".")[2] in ("parser", "argparser", "ctx", "arg_parser")
    return isinstance(function, ast.Name) and function.id == "abort"
